using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Maru.Server.Platform;

namespace Maru.Server.Features.LinkPreviews.Fetching;

/// <summary>Finds the addresses of a host.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken ct);

/// <summary>
/// Makes requests to addresses that somebody wrote into a message. Each connection is new, and goes to the very address that the policy
/// allowed, so neither a second answer of DNS nor a redirect leads elsewhere: what resolves and what connects are one step. It has no
/// cookies, no credentials and no proxy, and does not look for certificates or revocations at places that the other side names. Any thread.
/// </summary>
internal sealed class OutwardClient : IDisposable
{
    private const int Redirects = 5;
    private const int AddressesTried = 3;
    private const int LongestAddress = 2048;

    private readonly AddressPolicy _policy;
    private readonly ResolveHost _resolve;
    private readonly HttpMessageInvoker _invoker;

    public OutwardClient(AddressPolicy policy, ResolveHost resolve)
    {
        (_policy, _resolve) = (policy, resolve);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = 32,      // KiB
            PooledConnectionLifetime = TimeSpan.Zero,
            PreAuthenticate = false,
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    // A certificate names addresses for its issuer's: .NET would fetch them, wherever they are.
                    DisableCertificateDownloads = true,
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>
    /// Returns the answer to a GET, its body unread, and where it was after redirects; or why there is none. Dispose of the response.
    /// </summary>
    /// <param name="accept">the media types, as of the header</param>
    public async Task<(HttpResponseMessage? Response, Uri Address, FetchOutcome Outcome)> GetAsync(
        Uri address, string accept, bool compressed, CancellationToken ct)
    {
        for (var redirects = 0; redirects <= Redirects; redirects++)
        {
            if (!IsFit(address)) return (null, address, FetchOutcome.Refused);
            var (response, outcome) = await SendAsync(address, accept, compressed, ct);
            if (response is null) return (null, address, outcome);
            if (response.StatusCode == HttpStatusCode.OK) return (response, address, FetchOutcome.Fetched);
            var location = response.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
                ? Location(response)
                : null;
            response.Dispose();
            if (location is null || !Uri.TryCreate(address, location, out var next)) return (null, address, FetchOutcome.Status);
            address = next;
        }

        return (null, address, FetchOutcome.Redirects);
    }

    public void Dispose() => _invoker.Dispose();

    /// <summary>Returns whether it is an address of the web, without a user, of a bounded length, at a port that may be.</summary>
    private bool IsFit(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.UserInfo.Length == 0 && address.Host.Length > 0 && address.AbsoluteUri.Length <= LongestAddress
        && _policy.AllowsPort(address.Port);

    private async Task<(HttpResponseMessage? Response, FetchOutcome Outcome)> SendAsync(
        Uri address, string accept, bool compressed, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Maru", Product.Version));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("(link preview)"));
        request.Headers.Accept.ParseAdd(accept);
        if (compressed) request.Headers.AcceptEncoding.ParseAdd("gzip, br");
        try
        {
            return (await _invoker.SendAsync(request, ct), FetchOutcome.Fetched);
        }
        catch (HttpRequestException e)
        {
            return (null, e.InnerException is AddressRefusedException ? FetchOutcome.Refused : FetchOutcome.Unreachable);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return (null, FetchOutcome.Unreachable);        // the time to connect is over
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, ct);
        var allowed = found.Select(address => _policy.Allow(address, port)).OfType<IPAddress>().Distinct().Take(AddressesTried).ToArray();
        if (allowed.Length == 0) throw new AddressRefusedException();
        for (var i = 0; ; i++)
        {
            var socket = new Socket(allowed[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(allowed[i], port), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i < allowed.Length - 1)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>Returns where it leads; null: nowhere that can be read.</summary>
    private static string? Location(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Location", out var values) && values.Count == 1 ? values.First() : null;

    private sealed class AddressRefusedException() : IOException("None of the host's addresses is allowed.");
}

/// <summary>How a fetch ended.</summary>
internal enum FetchOutcome
{
    Fetched,

    /// <summary>It has no title.</summary>
    Empty,

    /// <summary>Its address, or one that it led to, is not allowed.</summary>
    Refused,

    /// <summary>No connection, or one that broke, or no HTTP.</summary>
    Unreachable,

    /// <summary>Too many of them.</summary>
    Redirects,

    /// <summary>Another status than 200.</summary>
    Status,

    /// <summary>It is of a type, or packed in a way, that is not read.</summary>
    Type,

    TooLarge,

    /// <summary>The time was over.</summary>
    Late,
}
