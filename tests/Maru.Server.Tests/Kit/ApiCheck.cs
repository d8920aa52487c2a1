namespace Maru.Server.Tests.Kit;

/// <summary>
/// Compares every response that a test gets with the API document; a test that gets another one fails. A stream's content is not checked.
/// </summary>
internal sealed class ApiCheck(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    public static HttpClient Client(Uri address, HttpMessageHandler? inner = null) =>
        new(new ApiCheck(inner ?? new SocketsHttpHandler())) { BaseAddress = address };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (method, path) = (request.Method.Method, request.RequestUri!.AbsolutePath);
        var response = await base.SendAsync(request, cancellationToken);
        byte[]? body = null;
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }

        if (DocumentedApi.Instance.Check(method, path, response, body) is { } deviation)
            Assert.Fail($"{method} {path} → {(int)response.StatusCode}: {deviation}");
        return response;
    }
}
