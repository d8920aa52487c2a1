using System.Globalization;
using Maru.Engine.Problems;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Uploads;
using Maru.Server.Platform;

namespace Maru.Server.Tests.Features.Files;

/// <summary>Uploads in parts on the local disk, and the protocol's own rules.</summary>
public sealed class TusTests : TusContract
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_says_what_it_speaks_to_everybody()
    {
        using var response = await Server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/api/uploads"), Ct);
        ((int)response.StatusCode).ShouldBe(204);
        Header(response, "Tus-Version").ShouldBe("1.0.0");
        Header(response, "Tus-Resumable").ShouldBe("1.0.0");
        Header(response, "Tus-Extension").ShouldBe("creation,expiration,termination");
        Header(response, "Tus-Max-Size").ShouldBe($"{new FilesOptions().VideoBytes}");
    }

    [Fact]
    public async Task Head_tells_how_far_it_is_and_what_was_said()
    {
        var ann = await Server.SignUpAsync();
        var metadata = TusClient.Metadata(("filename", "a.pdf"), ("other", "x"));
        using var begun = await ann.Http.TryBeginAsync(1000, metadata);
        var path = begun.Headers.Location!.ToString();
        Header(begun, "Upload-Expires").ShouldBe(Time.GetUtcNow().AddDays(1).ToString("R", CultureInfo.InvariantCulture));
        using var head = await ann.Http.SendAsync(TusClient.Request("HEAD", path), Ct);
        ((int)head.StatusCode).ShouldBe(200);
        Header(head, "Upload-Offset").ShouldBe("0");
        Header(head, "Upload-Length").ShouldBe("1000");
        Header(head, "Upload-Metadata").ShouldBe(metadata);
        Header(head, "Tus-Resumable").ShouldBe("1.0.0");
        head.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Another_version_is_refused()
    {
        var ann = await Server.SignUpAsync();
        var upload = await ann.BeginAsync(1000);
        foreach (var (method, path) in ((string, string)[])[
            ("POST", "/api/uploads"), ("HEAD", $"/api/uploads/{upload.Id}"), ("DELETE", $"/api/uploads/{upload.Id}"),
        ])
        {
            foreach (var version in (string?[])[null, "0.2.2"])
            {
                var request = new HttpRequestMessage(new HttpMethod(method), path);
                if (version is not null) request.Headers.Add("Tus-Resumable", version);
                using var response = await ann.Http.SendAsync(request, Ct);
                var isRead = method == "HEAD" && version is null;      // GET without a body
                ((int)response.StatusCode).ShouldBe(isRead ? 200 : 412, method);
                Header(response, isRead ? "Tus-Resumable" : "Tus-Version").ShouldBe("1.0.0");
            }
        }
    }

    [Fact]
    public async Task A_part_must_begin_where_the_last_one_ended_and_be_one()
    {
        var ann = await Server.SignUpAsync();
        var upload = await ann.BeginAsync(1000);
        await ann.AppendAsync(upload, 0, TusClient.Content(100));
        foreach (var offset in (long[])[0, 99, 101, 2000])
        {
            using var response = await ann.Http.TryAppendAsync(upload, offset, new byte[10]);
            ((int)response.StatusCode).ShouldBe(409);
            TusClient.OffsetOf(response).ShouldBe(100);
        }

        await ann.Http.TryAppendAsync(upload, 100, new byte[901]).ShouldRefuse(Problem.TooLarge);
        var request = TusClient.Request("PATCH", $"/api/uploads/{upload.Id}", ("Upload-Offset", "100"));
        request.Content = new ByteArrayContent(new byte[10]);
        request.Content.Headers.ContentType = new("application/octet-stream");
        await ann.Http.SendAsync(request, Ct).ShouldRefuse(Problems.UnsupportedMediaType);
        (await ann.Http.TryAppendAsync(upload, -1, new byte[10]).ShouldRefuseFields()).ShouldBe(["Upload-Offset"]);
        (await ann.AppendAsync(upload, 100, [])).ShouldBe(100, "nothing is no part");
        (await ann.SeeAsync(upload)).Offset.ShouldBe(100);
    }

    [Fact]
    public async Task An_upload_needs_a_length_within_the_limits_and_readable_metadata()
    {
        var ann = await Server.SignUpAsync();
        (await BeginAsync(("Upload-Defer-Length", 1)).ShouldRefuseFields()).ShouldBe(["Upload-Defer-Length"]);
        foreach (var length in (string[])["", "-1", "1.5", "ten", "99999999999999999999", "0"])
            (await BeginAsync(("Upload-Length", length)).ShouldRefuseFields()).ShouldBe(["Upload-Length"], length);
        await BeginAsync(("Upload-Length", new FilesOptions().VideoBytes + 1)).ShouldRefuse(Problem.TooLarge);
        foreach (var metadata in (string[])[
            "filename !!!", "filename YQ==,filename YQ==", $"filename {Convert.ToBase64String([0xFF])}",
            TusClient.Metadata(("duration", "long")), TusClient.Metadata(("waveform", "[101]")), new string('a', 5000),
        ])
            (await ann.Http.TryBeginAsync(10, metadata).ShouldRefuseFields()).ShouldBe(["Upload-Metadata"], metadata);

        Task<HttpResponseMessage> BeginAsync(params (string, object)[] headers) =>
            ann.Http.SendAsync(TusClient.Request("POST", "/api/uploads", headers), Ct);
    }

    [Fact]
    public async Task A_kind_of_which_so_many_bytes_are_not_taken_is_refused_with_its_first_bytes()
    {
        var ann = await Server.SignUpAsync();
        var upload = await ann.BeginAsync(new FilesOptions().DocumentBytes + 1);
        await ann.Http.TryAppendAsync(upload, 0, TusClient.Content(10_000)).ShouldRefuse(Problem.TooLarge);
        (await ann.SeeAsync(upload)).Offset.ShouldBe(0);
    }

    [Fact]
    public async Task An_upload_is_its_users_alone()
    {
        var (ann, ben) = (await Server.SignUpAsync(), await Server.SignUpAsync("ben"));
        var upload = await ann.BeginAsync(1000);
        await ben.Http.SendAsync($"GET /api/uploads/{upload.Id}").ShouldRefuse(Problem.NotFound);
        await ben.Http.TryAppendAsync(upload, 0, new byte[10]).ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync(TusClient.Request("DELETE", $"/api/uploads/{upload.Id}"), Ct).ShouldRefuse(Problem.NotFound);
        (await ann.SeeAsync(upload)).Offset.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_announced_counts_against_the_quota_until_it_is_given_up()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Files:BytesPerUser=10000", "--Maru:Files:OpenUploadsPerUser=3");
        var ann = await server.SignUpAsync();
        var upload = await ann.BeginAsync(6000);
        await ann.Http.TryBeginAsync(4001).ShouldRefuse(FileProblems.QuotaExceeded);
        await ann.TryUploadAsync(Uploads.Pdf(4001)).ShouldRefuse(FileProblems.QuotaExceeded);
        await ann.UploadAsync(Uploads.Pdf(3000));
        await ann.AppendAsync(upload, 0, TusClient.Content(6000));
        (await ann.SeeAsync(upload)).File.ShouldNotBeNull("what it announced is its own");
        await ann.BeginAsync(10);
        await ann.BeginAsync(10);
        var last = await ann.BeginAsync(10);
        await ann.Http.TryBeginAsync(10).ShouldRefuse(FileProblems.QuotaExceeded);
        using (await ann.Http.SendAsync(TusClient.Request("DELETE", $"/api/uploads/{last.Id}"), Ct)) await ann.BeginAsync(10);
    }

    [Fact]
    public async Task An_upload_that_nobody_put_together_is_when_somebody_looks()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Files:UploadsPerUser=1", "--Maru:RateLimits:Enabled=true");
        var ann = await server.SignUpAsync();
        var content = TusClient.Content(10_000);
        var upload = await ann.BeginAsync(content.Length);
        var user = new Maru.Engine.UserId(ann.Id);
        await ann.AppendAsync(upload, 0, content[..5000]);
        var records = server.Service<UploadRecords>();
        var parts = server.Service<UploadParts>();
        var path = Path.Combine(server.Folder, "part");
        await File.WriteAllBytesAsync(path, content[5000..], Ct);
        // as a server does that dies before it goes on
        (await parts.AddAsync((await records.FindAsync(upload.Id, user, Ct))!, path, 5000)).IsAdded.ShouldBeTrue();
        using (server.Service<Arrivals>().Begin(user))
            (await ann.SeeAsync(upload)).File.ShouldBeNull("there is no turn");
        (await ann.Http.OffsetAsync(upload)).ShouldBe(10_000);
        var file = (await ann.SeeAsync(upload)).File.ShouldNotBeNull();
        (await ann.DownloadAsync(file)).SequenceEqual(content).ShouldBeTrue();
    }

    private protected override Task<string[]> SettingsAsync() => Task.FromResult<string[]>([]);

    private protected override Task<int> LeftAsync()
    {
        var folder = Path.Combine(Server.Folder, "files", "uploads");
        return Task.FromResult(Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length : 0);
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values)
        ? values.Single()
        : response.Content.Headers.GetValues(name).Single();
}
