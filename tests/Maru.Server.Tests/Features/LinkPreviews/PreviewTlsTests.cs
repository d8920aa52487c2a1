using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Maru.Server.Features.Messages;

namespace Maru.Server.Tests.Features.LinkPreviews;

/// <summary>
/// Sites that speak TLS, to a server whose system trusts an authority of the test's: as a process of its own, since a process reads once
/// whom its system trusts.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class PreviewTlsTests
{
    [Fact]
    public async Task A_certificate_that_nobody_trusts_or_of_another_host_is_refused_and_no_request_is_sent()
    {
        using var folder = new Folder();
        using var authority = new Authority();
        using var stranger = new Authority();
        using var right = authority.Sign(IPAddress.Loopback);
        using var wrong = authority.Sign(IPAddress.Parse("127.0.0.2"));
        using var untrusted = stranger.Sign(IPAddress.Loopback);
        await using var rightSite = Site(right);
        await using var wrongSite = Site(wrong);
        await using var untrustedSite = Site(untrusted);

        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1);
        await using var server = await MaruProcess.StartPublishedAsync(
            authority.TrustingProgram(folder), folder,
            ["--Maru:LinkPreviews:AllowedNetworks=127.0.0.1", "--Maru:LinkPreviews:Workers=1"]);
        using var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[0]);
        List<Message> sent = [];
        foreach (var site in (WebSite[])[untrustedSite, wrongSite, rightSite])
        {
            sent.Add(await http.SendAsync($"POST /api/rooms/{rooms[0]}/messages", new { text = $"{site.At("/")}" }).Read<Message>(201));
        }

        // One worker: what came before it is done.
        await Deadline.Until(async () => (await SeeAsync(sent[2])).Previews?.Count == 1, "the preview of the site that is right");
        (await SeeAsync(sent[0])).Previews.ShouldBeNull();
        (await SeeAsync(sent[1])).Previews.ShouldBeNull();
        (untrustedSite.Connections, wrongSite.Connections).ShouldBe((1, 1));
        (untrustedSite.Requests.Count, wrongSite.Requests.Count, rightSite.Requests.Count).ShouldBe((0, 0, 1));

        Task<Message> SeeAsync(Message message) => http.SendAsync($"GET /api/rooms/{rooms[0]}/messages/{message.Seq}").Read<Message>();
    }

    private static WebSite Site(X509Certificate2 certificate)
    {
        var site = new WebSite(certificate: certificate);
        site.Serve("/", "<title>Secret</title>");
        return site;
    }

    /// <summary>An authority that signs certificates of hosts.</summary>
    private sealed class Authority : IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly X509Certificate2 _root;
        private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

        public Authority()
        {
            var request = new CertificateRequest($"CN=Authority {Guid.NewGuid()}", _key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            _root = request.CreateSelfSigned(_now.AddDays(-2), _now.AddDays(2));
        }

        public X509Certificate2 Sign(IPAddress host)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(host);
            request.CertificateExtensions.Add(names.Build());
            using var signed = request.Create(_root, _now.AddDays(-1), _now.AddDays(1), RandomNumberGenerator.GetBytes(8));
            return signed.CopyWithPrivateKey(key);
        }

        /// <summary>Writes a program that is the server, on a system that trusts this authority.</summary>
        public string TrustingProgram(string folder)
        {
            var (program, certificates) = (Path.Combine(folder, "maru-trusting"), Path.Combine(folder, "authority.crt"));
            File.WriteAllText(certificates, _root.ExportCertificatePem());
            File.WriteAllText(
                program, $"#!/bin/sh\nSSL_CERT_FILE='{certificates}' exec '{Path.Combine(AppContext.BaseDirectory, "maru")}' \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return program;
        }

        public void Dispose()
        {
            _root.Dispose();
            _key.Dispose();
        }
    }
}
