using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using RateLimit = Maru.Server.Platform.Limits.RateLimit;

namespace Maru.Server.Platform.Http;

/// <summary>
/// The pages that browsers let use the server from another origin, named exactly. A browser asks before requests (CORS) but not before
/// sockets: those carry their page's origin, and the server decides. An origin grants no right: that takes a token, which a page must have;
/// the one cookie gives such a token to the server's own pages alone. So without the setting sockets are open to every page, and a list
/// keeps other pages from trying. Any thread.
/// </summary>
internal sealed class Origins(HttpOptions options)
{
    private const string FetchSite = "Sec-Fetch-Site";

    private readonly string[] _allowed = options.ListOrigins();

    public bool IsAny => _allowed.Length == 0;

    /// <summary>
    /// Returns whether a socket may be opened: by a program, which sends no origin, by the server's own pages, or by the allowed ones.
    /// </summary>
    public bool MayConnect(IHeaderDictionary request) =>
        IsAny || request.Origin.Count == 0
        || (request.Origin is [{ } origin]
            && (_allowed.Contains(origin, StringComparer.Ordinal) || IsOwn(origin, request.Host.ToString())));

    /// <summary>
    /// Returns whether a page of this server sent the request, and no program or other page. A browser names the origin, which no script
    /// can change; one that leaves it out says so in its own field (Fetch Metadata).
    /// </summary>
    public static bool IsOwnPage(HttpRequest request) => request.Headers.Origin.Count == 0
        ? request.Headers[FetchSite] is ["same-origin"]
        : request.Headers.Origin is [{ } origin] && IsOwn(origin, request.Host.ToString());

    /// <summary>
    /// Returns whether the page came from the host that its request goes to. A proxy that does TLS keeps the host, not the scheme.
    /// </summary>
    private static bool IsOwn(string origin, string host) =>
        host.Length > 0 && (origin == $"https://{host}" || origin == $"http://{host}");

    /// <summary>
    /// Adds the policy for requests (the Fetch standard, 3.2): tokens come in a header, so browsers need send no credentials.
    /// </summary>
    public void AddTo(CorsOptions cors) => cors.AddDefaultPolicy(policy => policy
        .WithOrigins(_allowed)
        .AllowAnyMethod()
        .AllowAnyHeader()
        .WithExposedHeaders(
            HeaderNames.Location, HeaderNames.RetryAfter, HeaderNames.ETag, HeaderNames.WWWAuthenticate, RateLimit.Header,
            RateLimit.PolicyHeader, "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Upload-Offset", "Upload-Length",
            "Upload-Metadata", "Upload-Expires")
        .SetPreflightMaxAge(TimeSpan.FromHours(1)));
}

/// <summary>Puts <see cref="Origins"/> into the pipeline.</summary>
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
        if (app.Services.GetRequiredService<Origins>().IsAny) return;
        app.UseWhen(context => !AsksForSocket(context.Features), branch =>
        {
            branch.Use(next => context =>
            {
                context.Response.OnStarting(VaryAsync, context.Response.Headers);
                return next(context);
            });
            branch.UseCors();
        });
    }

    /// <summary>
    /// Tells caches that a response depends on who asks, also where nobody said so (the Fetch standard, "CORS protocol and HTTP caches"):
    /// the framework does for some requests only.
    /// </summary>
    private static Task VaryAsync(object state)
    {
        var headers = (IHeaderDictionary)state;
        if (!headers.Vary.Contains(HeaderNames.Origin)) headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        return Task.CompletedTask;
    }

    /// <summary>The response to a handshake is no page's to read: CORS has nothing to add.</summary>
    private static bool AsksForSocket(IFeatureCollection features) =>
        features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        || features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
}
