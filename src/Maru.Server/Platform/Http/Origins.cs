using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;
using RateLimit = Maru.Server.Platform.Limits.RateLimit;

namespace Maru.Server.Platform.Http;

/// <summary>
/// The pages that browsers let use the server from another origin, named exactly. A browser asks before requests (CORS), not before
/// sockets: those name their page's origin, and the server judges. Nothing here is a right: that comes from a token, which a page must
/// have, as the server sets no cookie. So without the setting sockets are open to every page, and a list keeps strange pages from trying.
/// Any thread.
/// </summary>
internal sealed class Origins(HttpOptions options)
{
    private readonly string[] _allowed = options.ListOrigins();

    public bool IsAny => _allowed.Length == 0;

    /// <summary>
    /// Whether a socket may be opened: by a program, which names no origin, by the server's own pages, or by those allowed.
    /// </summary>
    public bool MayConnect(IHeaderDictionary request) =>
        IsAny || request.Origin.Count == 0
        || (request.Origin is [{ } origin]
            && (_allowed.Contains(origin, StringComparer.Ordinal) || IsOwn(origin, request.Host.ToString())));

    /// <summary>
    /// Whether the page came from where its socket goes. A proxy that does TLS leaves the host as it was, not the scheme.
    /// </summary>
    private static bool IsOwn(string origin, string host) =>
        host.Length > 0 && (origin == $"https://{host}" || origin == $"http://{host}");

    /// <summary>For requests (the Fetch standard, 3.2): tokens come in a header, so no credentials of the browser's.</summary>
    public void AddTo(CorsOptions cors) => cors.AddDefaultPolicy(policy => policy
        .WithOrigins(_allowed)
        .AllowAnyMethod()
        .AllowAnyHeader()
        .WithExposedHeaders(
            HeaderNames.Location, HeaderNames.RetryAfter, HeaderNames.ETag, HeaderNames.WWWAuthenticate, RateLimit.Header,
            RateLimit.PolicyHeader)
        .SetPreflightMaxAge(TimeSpan.FromHours(1)));
}

/// <summary>Where a request meets <see cref="Origins"/>.</summary>
internal static class OriginExtensions
{
    public static void AddOrigins(this IServiceCollection services)
    {
        services.AddSingleton<Origins>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<Origins>((cors, origins) => origins.AddTo(cors));
    }

    public static void UseOrigins(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<Origins>().IsAny) app.UseCors();
    }
}
