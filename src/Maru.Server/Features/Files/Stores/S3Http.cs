using Amazon.Runtime;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files.Stores;

/// <summary>
/// HTTP as the library should have it: it reads what a store says by calls that wait, where it has come to by the response, which would be
/// an event loop that everybody's sockets share. So it goes on where it may wait, and words are all there before it reads them; only a
/// file's bytes are read as they come.
/// </summary>
/// <param name="timeout">for a connection, and for a response without a file's bytes</param>
internal sealed class S3Http(TimeSpan timeout) : HttpClientFactory, IDisposable
{
    private readonly HttpClient _client = new(new Words()) { Timeout = timeout };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => _client.Dispose();

    private sealed class Words() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        private const long MostBytes = 1024 * 1024;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                var isOfFile = request.Method == HttpMethod.Head || (request.Method == HttpMethod.Get && response.IsSuccessStatusCode);
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
    }
}
