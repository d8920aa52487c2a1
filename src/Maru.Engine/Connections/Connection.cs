using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Queues;

namespace Maru.Engine.Connections;

/// <summary>
/// One client's connection, whatever its protocol: whose it is, what waits for it, what of it is under way, and when it must end. Any
/// thread, but for what says otherwise. Its answers are <c>Connection.Answers.cs</c>.
/// </summary>
internal sealed partial class Connection(ByteSink sink, Wire wire, EngineOptions options, EngineClock clock, EngineMetrics metrics)
{
    private readonly long _openedAt = clock.Now;
    private long _expiresAt = long.MaxValue;        // by the engine's clock, when the token is no longer good
    private long _endsAt = long.MaxValue;           // when it is cut off, once its last words are queued
    private long _lastReceived = clock.Now;
    private bool _isClosing;
    private bool _pinged;

    public Outbox Outbox { get; } = new(sink, options.OutboxBytes, clock);

    /// <summary>Changed once, when the peers agree on a version.</summary>
    public Wire Wire { get; set; } = wire;

    /// <summary>Set with the version, by the session.</summary>
    public KeepAlive KeepAlive { get; set; }

    /// <summary>Who the client is; null until their token was accepted.</summary>
    public Identity? Identity { get; private set; }

    public ConnectedUser? User { get; private set; }

    /// <summary>Position in the table; the table's own.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Nothing more is taken from the client: it is about to end, or has.</summary>
    public bool IsClosing => Volatile.Read(ref _isClosing);

    /// <summary>Why the server ends the connection; null while it does not, or where the client wished it.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Bytes on the way to the store or to a lane: what a client can pile up there is bounded.</summary>
    public ByteBudget InFlight { get; } = new(options.InFlightBytes);

    /// <summary>The session, when the token was accepted.</summary>
    public void SignIn(Identity identity, ConnectedUser user)
    {
        (User, Identity) = (user, identity);
        _expiresAt = clock.Now + (long)identity.ExpiresIn.TotalMilliseconds;
    }

    /// <summary>The session: something came from the client.</summary>
    public void Heard() => _lastReceived = clock.Now;

    /// <summary>The sweeper, about once a second.</summary>
    public void Tick(long now, FlushList flush)
    {
        if (now >= Volatile.Read(ref _endsAt)) Outbox.Abort();
        else if (Volatile.Read(ref _endsAt) != long.MaxValue) return;
        else if (Identity is null && now - _openedAt > (long)options.ConnectTimeout.TotalMilliseconds)
            End(new Refusal(Problem.ConnectFirst, "CONNECT did not come in time."), flush);
        else if (now >= _expiresAt) End(new Refusal(Problem.Unauthenticated, "The access token has expired."), flush);
        else if (Outbox.IsStuck(now, (long)options.SlowClientTimeout.TotalMilliseconds)) AbortSlow();
        else Watch(now, flush);
    }

    /// <summary>Says goodbye at once, whatever is under way: for rights that end and for a server that stops.</summary>
    public void End(Refusal refusal, FlushList flush)
    {
        Refusal = refusal;
        Volatile.Write(ref _isClosing, true);
        EndWith(Wire.Farewell(refusal, default), refusal, flush);
    }

    /// <inheritdoc cref="End(Refusal, FlushList)"/>
    public void End(Refusal refusal)
    {
        using var flush = new FlushList();
        End(refusal, flush);
    }

    /// <summary>Takes nothing more from the client, answers what it sent before, says goodbye and ends.</summary>
    /// <param name="refusal">why; null: the client wished it</param>
    /// <param name="ticket">what the client named the request that led to it</param>
    public void Close(Refusal? refusal, Ticket ticket = default) => CloseWith(() => Wire.Farewell(refusal, ticket), refusal);

    /// <inheritdoc cref="Close(Refusal, Ticket)"/>
    /// <param name="lastWords">the transport's own</param>
    public void Close(ReadOnlyMemory<byte> lastWords) => CloseWith(() => lastWords, null);

    /// <summary>Ends when the last words, if it is closing, are written or cannot be.</summary>
    public async Task WhenClosedAsync()
    {
        if (!IsClosing) return;
        await InFlight.WhenEmptyAsync().ConfigureAwait(false);
        await Outbox.EndedAsync().ConfigureAwait(false);
    }

    private void CloseWith(Func<ReadOnlyMemory<byte>> lastWords, Refusal? refusal)
    {
        if (Interlocked.Exchange(ref _isClosing, true)) return;
        Refusal = refusal;
        var answered = InFlight.WhenEmptyAsync();
        if (answered.IsCompleted) EndNow();
        else _ = EndLaterAsync();

        async Task EndLaterAsync()
        {
            await answered.ConfigureAwait(false);
            EndNow();
        }

        void EndNow()
        {
            using var flush = new FlushList();
            EndWith(lastWords(), refusal, flush);
        }
    }

    /// <summary>The first caller ends it.</summary>
    private void EndWith(ReadOnlyMemory<byte> lastWords, Refusal? refusal, FlushList flush)
    {
        var deadline = clock.Now + (long)options.CloseTimeout.TotalMilliseconds;
        if (Interlocked.CompareExchange(ref _endsAt, deadline, long.MaxValue) != long.MaxValue) return;
        if (refusal is not null) metrics.Ended.Add(1, new KeyValuePair<string, object?>("reason", refusal.Problem.Slug));
        Outbox.End(lastWords, flush);
    }

    /// <summary>Heart-beats, both ways.</summary>
    private void Watch(long now, FlushList flush)
    {
        var silence = now - _lastReceived;
        var pingAfter = (long)options.PingAfter.TotalMilliseconds;
        var pings = KeepAlive.ExpectEvery == 0 && !Wire.Ping.IsEmpty;
        var isSilent = KeepAlive.ExpectEvery > 0
            ? silence > (2 * KeepAlive.ExpectEvery) + 2000
            : pings && silence > 3 * pingAfter && Outbox.Bytes == 0;     // else the ping waits behind what it reads slowly
        if (isSilent)
        {
            End(Problem.Silent, flush);
            return;
        }

        if (silence < pingAfter) _pinged = false;
        else if (!_pinged && pings)
        {
            _pinged = true;
            Outbox.Add(Wire.Ping, flush);
        }

        // Two rounds early, so that a late sweep does not miss the client's deadline.
        if (KeepAlive.SendEvery > 0
            && now - Outbox.LastProgress >= KeepAlive.SendEvery - (2 * (long)EngineOptions.SweepEvery.TotalMilliseconds))
            Outbox.Add(Wire.HeartBeat, flush);
    }

    private void AbortSlow()
    {
        // Its window is full: last words would wait behind everything else.
        metrics.SlowClients.Add(1);
        Outbox.Abort();
    }
}
