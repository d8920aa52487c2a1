using System.Diagnostics;
using System.Globalization;
using System.Net;
using Maru.Server.Platform.Security;

namespace Maru.Server.Platform;

/// <summary>
/// Makes security events of requests, at their end: of every request of an endpoint that is <see cref="Audited"/>, and of all others those
/// that were not allowed, beyond a limit, or came with a bad token.
/// </summary>
internal static class SecurityAudit
{
    public static void UseSecurityAudit(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<SecurityLog>();
        app.Use(next => async context =>
        {
            await next(context);
            var kind = context.GetEndpoint()?.Metadata.GetMetadata<Audited>()?.Kind;
            if (kind is not null || context.Response.StatusCode >= StatusCodes.Status400BadRequest) Hear(log, context, kind);
        });
    }

    private static void Hear(SecurityLog log, HttpContext context, string? kind)
    {
        var (status, note) = (context.Response.StatusCode, context.Features.Get<SecurityNote>());
        kind ??= status switch
        {
            StatusCodes.Status401Unauthorized when note?.Outcome is not null => SecurityKind.AccessToken,
            StatusCodes.Status403Forbidden => SecurityKind.Authorization,
            StatusCodes.Status429TooManyRequests => SecurityKind.RateLimit,
            _ => null,
        };
        if (kind is null) return;
        var caller = context.User as Caller;
        log.Write(new SecurityEvent(kind, note?.Outcome ?? OutcomeOf(status))
        {
            User = caller?.UserId.Value,
            Subject = note?.Subject ?? Number(context, "userId"),
            Room = Number(context, "roomId"),
            Session = caller is { IsForeign: false } ? caller.SessionId : null,
            Address = Text(context.Connection.RemoteIpAddress),
            Detail = note?.Detail,
            Request = string.Create(CultureInfo.InvariantCulture, $"{MethodOf(context)} {Problems.Route(context)} {status}"),
            Trace = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
        });
    }

    /// <summary>An address in its usual form: one of IPv4 that came by IPv6 is one of IPv4.</summary>
    public static string? Text(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();

    private static string OutcomeOf(int status) => status switch
    {
        < StatusCodes.Status400BadRequest => SecurityOutcome.Success,
        StatusCodes.Status403Forbidden => SecurityOutcome.Denied,
        StatusCodes.Status429TooManyRequests => SecurityOutcome.Limited,
        >= StatusCodes.Status500InternalServerError => SecurityOutcome.Error,
        _ => SecurityOutcome.Failure,
    };

    /// <summary>A client may send any word as its method.</summary>
    private static string MethodOf(HttpContext context) => context.GetEndpoint() is null ? "" : context.Request.Method;

    private static long? Number(HttpContext context, string name) =>
        long.TryParse(context.Request.RouteValues[name] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
