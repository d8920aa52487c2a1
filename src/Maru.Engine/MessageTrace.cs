using System.Diagnostics;

namespace Maru.Engine;

/// <summary>
/// A message or a change that is followed on its way: a span from its arrival to its outcome, and below it one for its way into the store
/// and one a node for its delivery. Few are, and the server's dice say which: not the sender, who could choose a trace that is followed in
/// any case. Nobody listens to <see cref="SourceName"/>: nothing is done.
/// </summary>
public sealed class MessageTrace
{
    public const string SourceName = "Maru.Engine";

    /// <summary>Name of the span of the whole: there is one for messages alone that are followed.</summary>
    public const string Name = "send";

    private static readonly ActivitySource Source = new(SourceName);

    // Clocks of nodes differ: what seems to have come from further back, or from the future, has not.
    private static readonly TimeSpan LongestWay = TimeSpan.FromMinutes(1);

    private readonly Activity? _span;   // null: it arrived on another node

    private MessageTrace(ActivityContext context, Activity? span) => (Context, _span) = (context, span);

    private static bool IsOn => Source.HasListeners();

    /// <summary>The trace and the span that stands for the message.</summary>
    public ActivityContext Context { get; }

    /// <summary>The trace's number.</summary>
    internal Guid Number
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Context.TraceId.CopyTo(bytes);
            return new Guid(bytes, bigEndian: true);
        }
    }

    /// <summary>Returns whether the next message of a client is followed.</summary>
    /// <param name="ratio">the share of them that are</param>
    internal static bool IsNext(double ratio) => IsOn && Random.Shared.NextDouble() < ratio;

    /// <summary>Begins to follow a message of a client, in the client's own trace where it gives one.</summary>
    /// <param name="transport">over which it came</param>
    /// <param name="traceparent">as the sender wrote it (W3C); what is none counts as none</param>
    /// <param name="time">for its beginning</param>
    internal static MessageTrace? Begin(string transport, string? traceparent, TimeProvider time) =>
        Begin(transport, ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent) ? parent : default, time);

    /// <summary>
    /// Begins to follow what the present request, or other work of the server, appends; null: it is not followed. What was decided of a
    /// request holds for all of it.
    /// </summary>
    /// <inheritdoc cref="Begin(string, string, TimeProvider)"/>
    /// <param name="ratio">the share that is followed where there is no request</param>
    internal static MessageTrace? Begin(string transport, double ratio, TimeProvider time)
    {
        if (!IsOn) return null;
        // A request's flags say what its client wants, if it is not followed.
        if (Activity.Current is { } request)
            return request is { IsAllDataRequested: true, Recorded: true } ? Begin(transport, request.Context, time) : null;
        return IsNext(ratio) ? Begin(transport, default(ActivityContext), time) : null;
    }

    /// <summary>Goes on with a message that arrived from another node, and adds its way over the bus.</summary>
    /// <param name="context">its trace and span</param>
    /// <param name="sent">when the other node sent it, by that node's clock: ticks of UTC</param>
    internal static MessageTrace? Continue(ActivityContext context, long sent)
    {
        if (!IsOn) return null;
        var now = TimeProvider.System.GetUtcNow();
        var start = new DateTimeOffset(Math.Clamp(sent, now.UtcTicks - LongestWay.Ticks, now.UtcTicks), TimeSpan.Zero);
        var way = Source.StartActivity("bus", ActivityKind.Consumer, context, startTime: start);
        if (way is not null) Stop(way);
        return new MessageTrace(context, null);
    }

    /// <summary>Ends the whole, on the node where it arrived.</summary>
    /// <param name="refusal">the problem's slug; null: it is durable</param>
    internal void End(RoomId room, UserId actor, long seq, string? refusal, TimeProvider time)
    {
        if (_span is null) return;
        _span.SetTag("maru.room.id", room.Value).SetTag("user.id", actor.Value);
        if (refusal is null) _span.SetTag("maru.seq", seq);
        else _span.SetTag("error.type", refusal).SetStatus(ActivityStatusCode.Error);
        _span.SetEndTime(time.GetUtcNow().UtcDateTime);
        Stop(_span);
    }

    /// <summary>Adds a part of the way.</summary>
    /// <param name="name">what was done</param>
    /// <param name="from">timestamp of its beginning</param>
    /// <param name="to">timestamp of its end</param>
    internal void Add(string name, long from, long to, TimeProvider time)
    {
        var end = time.GetUtcNow() - time.GetElapsedTime(to);
        var kind = _span is null ? ActivityKind.Consumer : ActivityKind.Internal;
        var part = Source.StartActivity(name, kind, Context, startTime: end - time.GetElapsedTime(from, to));
        if (part is null) return;
        part.SetEndTime(end.UtcDateTime);
        Stop(part);
    }

    private static MessageTrace? Begin(string transport, ActivityContext parent, TimeProvider time)
    {
        var around = Activity.Current;
        Activity.Current = null;    // the request that opened the socket is not its parent
        var span = Source.StartActivity(Name, ActivityKind.Server, parent, startTime: time.GetUtcNow());
        Activity.Current = around;
        if (span is not { Recorded: true }) return null;
        span.SetTag("maru.transport", transport);
        return new MessageTrace(span.Context, span);
    }

    /// <summary>Ends a span; what this thread does next is no part of it.</summary>
    private static void Stop(Activity span)
    {
        span.Dispose();
        Activity.Current = null;
    }
}
