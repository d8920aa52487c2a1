using Microsoft.AspNetCore.HttpOverrides;

namespace Maru.Server.Platform.Http;

/// <summary>
/// Believes the proxies of <see cref="LimitOptions.Proxies"/>; any other peer could name any address and path. The client is the first word
/// of <c>X-Forwarded-For</c>, from the right, that is no such proxy: each proxy appends whom it heard, so what is left of that word is the
/// client's own invention.
/// </summary>
internal static class Proxies
{
    private static readonly string For = ForwardedHeadersDefaults.XForwardedForHeaderName;
    private static readonly string Prefix = ForwardedHeadersDefaults.XForwardedPrefixHeaderName;

    public static void UseProxies(this WebApplication app)
    {
        var networks = app.Services.GetRequiredService<ProxyNetworks>().All;
        if (networks.Count == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedPrefix,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks) options.KnownIPNetworks.Add(network);
        app.Use(next => context =>
        {
            TidyFor(context.Request.Headers);
            TidyPrefix(context.Request.Headers);
            return next(context);
        });
        app.UseForwardedHeaders(options);
    }

    /// <summary>
    /// Removes quotes from the forwarded addresses: for the framework a comma within them parts no words, so a client's own quote would
    /// swallow the word that the proxy appends.
    /// </summary>
    private static void TidyFor(IHeaderDictionary headers)
    {
        var words = headers[For];
        if (words.ToString().Contains('"')) headers[For] = Array.ConvertAll(words.ToArray(), word => word?.Replace("\"", ""));
    }

    /// <summary>Removes a forwarded prefix that could not be <see cref="HttpOptions.BasePath"/>, but for a slash at its end.</summary>
    private static void TidyPrefix(IHeaderDictionary headers)
    {
        if (headers[Prefix] is not { Count: > 0 } prefix) return;
        var path = prefix.ToString();
        if (path.EndsWith('/')) path = path[..^1];
        if (path.Length > 0 && BasePath.IsValid(path)) headers[Prefix] = path;
        else headers.Remove(Prefix);
    }
}
