using System.Diagnostics;
using Maru.Engine;

namespace Maru.Server.Platform;

/// <summary>
/// What the log knows of a request in all lines that are written while it runs: a scope of the log, from the request's log to its end.
/// It keeps no <see cref="HttpContext"/>: work that a request began may log after its end. One request writes, any thread reads.
/// </summary>
internal sealed class RequestScope(HttpContext context)
{
    private readonly Activity? _activity = Activity.Current;
    private volatile bool _isOver;
    private long _user;

    /// <summary>The id that a refusal of the request carries as <c>traceId</c>.</summary>
    public string RequestId { get; } = Activity.Current?.Id ?? context.TraceIdentifier;

    /// <summary>The span of the request as a whole, in hexadecimal; null where nothing is traced.</summary>
    public string? TransactionId => _activity?.SpanId.ToHexString();

    /// <summary>Whose token the request came with; null: it has none, or its token is not looked at yet.</summary>
    public long? User => Interlocked.Read(ref _user) is var user and not 0 ? user : null;

    /// <summary>Set at the request's end: what it began and left behind is not part of it.</summary>
    public bool IsOver => _isOver;

    public static RequestScope Begin(HttpContext context)
    {
        var scope = new RequestScope(context);
        context.Features.Set(scope);
        return scope;
    }

    /// <inheritdoc cref="RequestId"/>
    public static string IdOf(HttpContext context) =>
        context.Features.Get<RequestScope>()?.RequestId ?? Activity.Current?.Id ?? context.TraceIdentifier;

    /// <summary>Tells the log who makes the request.</summary>
    public static void Know(HttpContext context, UserId user)
    {
        if (context.Features.Get<RequestScope>() is { } scope) Interlocked.Exchange(ref scope._user, user.Value);
    }

    public void End() => _isOver = true;

    /// <summary>For formatters that write scopes as text.</summary>
    public override string ToString() => $"request {RequestId}";
}
