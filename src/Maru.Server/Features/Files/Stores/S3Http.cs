using Amazon.Runtime;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files.Stores;

/// <summary>
/// HTTP as the library should have it: it reads what a store says by calls that wait, where it has come to by the response, which would be
/// an event loop that everybody's sockets share. So it goes on where it may wait, and words are all there before it reads them; only a
/// file's bytes are read as they come.
/// </summary>
/// <param name="timeout">within which a response begins, also to 8 MiB that are sent</param>
internal sealed class S3Http(TimeSpan timeout) : HttpClientFactory, IDisposable
{
    private const double SentBytes = 8 * 1024 * 1024;

    private readonly HttpClient _client = new(new Words(timeout)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Returns within what time a response begins to so many bytes.</summary>
    public static TimeSpan TimeFor(long bytes, TimeSpan timeout) => timeout * Math.Max(1, bytes / SentBytes);

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => _client.Dispose();

    private sealed class Words(TimeSpan timeout)
        : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        private const long MostBytes = 4 * 1024 * 1024;     // a list of 1,000 names of 1,024 bytes, each with its facts

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await BeginAsync(request, cancellationToken);
            try
            {
                var isList = request.RequestUri?.Query.Contains("list-type=", StringComparison.Ordinal) is true;
                var isOfFile = request.Method == HttpMethod.Head
                    || (request.Method == HttpMethod.Get && !isList && response.IsSuccessStatusCode);
                if (!isOfFile) await response.Content.LoadIntoBufferAsync(MostBytes, cancellationToken);
                await EventLoop.LeaveAsync();
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }

        private async Task<HttpResponseMessage> BeginAsync(HttpRequestMessage request, CancellationToken ct)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeFor(request.Content?.Headers.ContentLength ?? 0, timeout));
            try
            {
                return await base.SendAsync(request, limit.Token);
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                throw new TaskCanceledException($"No response began within {timeout}.", new TimeoutException(e.Message, e));
            }
        }
    }
}
