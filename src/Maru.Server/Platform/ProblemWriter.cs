using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Problems;

namespace Maru.Server.Platform;

/// <summary>
/// Writes every refusal over HTTP, whatever the request's Accept says: a refusal that cannot be read helps nobody. A 401 always names the
/// way to sign in (RFC 9110, 15.5.2).
/// </summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public const string MediaType = "application/problem+json";

    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (details, http) = (context.ProblemDetails, context.HttpContext);
        http.RequestServices.GetService<ChatEngine>()?.Metrics.CountRefusal(details.Type ?? Problem.Internal.Slug, "http");
        details.Extensions["traceId"] = RequestScope.IdOf(http);
        if (details.Status == StatusCodes.Status401Unauthorized && http.Response.Headers.WWWAuthenticate.Count == 0)
            http.Response.Headers.WWWAuthenticate = Caller.Scheme;
        return new ValueTask(
            http.Response.WriteAsJsonAsync(details, details.GetType(), (JsonSerializerOptions?)null, MediaType, http.RequestAborted));
    }
}
