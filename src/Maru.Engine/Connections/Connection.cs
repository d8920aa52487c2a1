using Maru.Engine.Log;

using Maru.Engine.Output;
namespace Maru.Engine.Connections;

/// <summary>One client's connection, whatever its protocol: what waits for it, whose it is, and when it must end.</summary>
internal abstract class Connection(ByteSink sink, ChatEngine engine)
{
    private long _endsAt = long.MaxValue;

    protected ChatEngine Engine => engine;

    public Outbox Outbox { get; } = new(sink, engine.Options.OutboxBytes, engine.Clock);

    /// <summary>Who it is, once it said so and was believed.</summary>
    public Identity? Identity { get; protected set; }

    public ConnectedUser? User { get; protected set; }

    /// <summary>Position in the table; the table's own.</summary>
    public int Slot { get; set; } = -1;

    protected long OpenedAt { get; } = engine.Clock.Now;

    /// <summary>By the engine's clock, when the token is no longer good.</summary>
    protected long ExpiresAt { get; set; } = long.MaxValue;

    /// <summary>When something last came from the client.</summary>
    protected long LastReceived { get; set; } = engine.Clock.Now;

    /// <summary>True once the last words are in the outbox: whatever still comes in is ignored.</summary>
    public bool IsEnding => Volatile.Read(ref _endsAt) != long.MaxValue;

    /// <summary>Answers a frame that asked for it. Any thread.</summary>
    public abstract void Acknowledge(byte[] receipt, FlushList flush);

    /// <summary>Refuses a frame, in the protocol's own way; null: it asked for no receipt. Any thread.</summary>
    public abstract void Refuse(byte[]? receipt, Problem problem, string? detail, FlushList flush);

    /// <summary>A lane has done what this connection posted there: its bytes are no longer under way. Any thread.</summary>
    public abstract void Landed(int bytes);

    /// <summary>Passes on an event that concerns the user, if the client wants those. Any thread.</summary>
    public abstract void SendUserEvent(ReadOnlySpan<byte> json, FlushList flush);

    /// <summary>Says why in the protocol's own way and ends the connection. Any thread.</summary>
    public abstract void Fail(Problem problem, string? detail, FlushList flush);

    /// <summary>The server goes down: takes no more from the client, answers what it sent before, tells it to come back, and ends. Any thread.</summary>
    public abstract void Drain();

    public void Fail(Problem problem, string? detail = null)
    {
        var flush = new FlushList();
        Fail(problem, detail, flush);
        flush.Flush();
    }

    /// <summary>The sweeper, about once a second.</summary>
    public void Tick(long now, FlushList flush)
    {
        var options = engine.Options;
        if (now >= Volatile.Read(ref _endsAt)) Outbox.Abort();
        else if (IsEnding) return;
        else if (Identity is null && now - OpenedAt > (long)options.ConnectTimeout.TotalMilliseconds) Fail(Problem.ConnectFirst, "CONNECT did not come in time.", flush);
        else if (now >= ExpiresAt) Fail(Problem.Unauthenticated, "The access token has expired.", flush);
        else if (Outbox.IsStuck(now, (long)options.SlowClientTimeout.TotalMilliseconds)) FailSlow();
        else KeepAlive(now, flush);
    }

    /// <summary>Heart-beats, both ways.</summary>
    protected abstract void KeepAlive(long now, FlushList flush);

    /// <summary>The first caller ends it; false for the others.</summary>
    protected bool TryEnd()
    {
        var deadline = engine.Clock.Now + (long)engine.Options.CloseTimeout.TotalMilliseconds;
        return Interlocked.CompareExchange(ref _endsAt, deadline, long.MaxValue) == long.MaxValue;
    }

    private void FailSlow()
    {
        // Its window is full: last words would wait behind everything else.
        engine.Metrics.SlowClients.Add(1);
        Outbox.Abort();
    }
}
