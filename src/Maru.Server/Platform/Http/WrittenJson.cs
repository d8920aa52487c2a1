namespace Maru.Server.Platform.Http;

/// <summary>A response whose JSON is written already.</summary>
internal sealed class WrittenJson(ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = (status, "application/json; charset=utf-8", json.Length);
        await response.Body.WriteAsync(json, httpContext.RequestAborted);
    }
}
