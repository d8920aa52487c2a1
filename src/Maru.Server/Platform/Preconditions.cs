using Microsoft.Net.Http.Headers;

namespace Maru.Server.Platform;

/// <summary>The conditions that a request to read something may set (RFC 9110, 13.1).</summary>
internal static class Preconditions
{
    /// <summary>
    /// Returns the status of the response: 200; 304 when the client has this version; 412 when it wants another one. <c>If-Match</c>
    /// compares strongly, <c>If-None-Match</c> weakly.
    /// </summary>
    /// <param name="request">a GET or HEAD</param>
    /// <param name="tag">of the version that there is</param>
    public static int StatusOf(HttpRequest request, EntityTagHeaderValue tag)
    {
        var headers = request.GetTypedHeaders();
        if (headers.IfMatch is { Count: > 0 } wanted && !wanted.Any(x => Fits(x, tag, isStrong: true)))
            return StatusCodes.Status412PreconditionFailed;
        return headers.IfNoneMatch.Any(x => Fits(x, tag, isStrong: false)) ? StatusCodes.Status304NotModified : StatusCodes.Status200OK;
    }

    private static bool Fits(EntityTagHeaderValue condition, EntityTagHeaderValue tag, bool isStrong) =>
        condition.Equals(EntityTagHeaderValue.Any) || condition.Compare(tag, isStrong);
}
