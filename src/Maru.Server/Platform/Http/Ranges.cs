using Microsoft.Net.Http.Headers;

namespace Maru.Server.Platform.Http;

/// <summary>Sends content whole, in ranges, or not again, as RFC 9110 has it: where the framework has it otherwise. Any thread.</summary>
internal static class Ranges
{
    private const string Bytes = "bytes=";

    /// <param name="result">a file or a stream of the framework's</param>
    public static async Task SendAsync(HttpContext context, IResult result)
    {
        Tidy(context.Request.Headers);
        await result.ExecuteAsync(context);
        var response = context.Response;
        if (response.StatusCode < StatusCodes.Status400BadRequest || response.HasStarted) return;
        (response.ContentType, response.ContentLength) = (null, null);      // Problems says the rest
        (response.Headers.ETag, response.Headers.ContentDisposition) = (default, default);
    }

    private static void Tidy(IHeaderDictionary headers)
    {
        // If-None-Match compares weakly (RFC 9110, 13.1.2): W/"x" means "x". The framework would compare strongly.
        if (headers.IfNoneMatch.Count > 0)
            headers.IfNoneMatch = headers.IfNoneMatch.ToString().Replace("W/\"", "\"", StringComparison.Ordinal);
        // Other units than bytes are ignored (RFC 9110, 14.2). The framework would take any for bytes.
        if (headers.Range.Count > 0 && !headers.Range.ToString().StartsWith(Bytes, StringComparison.OrdinalIgnoreCase))
            headers.Remove(HeaderNames.Range);
    }
}
