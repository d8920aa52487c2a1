using System.Net;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;
using Maru.Engine.Queues;

namespace Maru.Engine.Connections;

/// <summary>
/// One client's connection, whatever its protocol: its user, its outbox, the bytes that are under way, and the times at which it must end.
/// Any thread, unless a member says otherwise. Its responses are in <c>Connection.Answers.cs</c>.
/// </summary>
internal sealed partial class Connection(
    ByteSink sink, Wire wire, EngineOptions options, EngineClock clock, EngineMetrics metrics, MemoryShare memory) : IMemoryHolder
{
    private const int StrangerFrames = 64;  // a few heart-beats

    private readonly long _openedAt = clock.Now;
    private long _expiresAt = long.MaxValue;        // by the engine's clock, when the token is no longer good
    private long _endsAt = long.MaxValue;           // when it is cut off, once its last words are queued
    private long _lastReceived = clock.Now;
    private long _actedAt = ConnectedUser.NeverActed;
    private int _strangerBytes;     // reader only, until they sign in
    private int _strangerFrames;
    private bool _isClosing;
    private bool _pinged;

    public Outbox Outbox { get; } = new(sink, options.OutboxBytes, clock, memory);

    /// <summary>The memory that the client makes this process keep.</summary>
    public MemoryShare Memory => memory;

    /// <summary>The protocol's encoder. Changed once, when the peers agree on a version.</summary>
    public Wire Wire { get; set; } = wire;

    /// <summary>The heart-beats that the peers agreed on. Set by the protocol, with the version.</summary>
    public KeepAlive KeepAlive { get; set; }

    /// <summary>The identity of the client; null until their token was accepted.</summary>
    public Identity? Identity { get; private set; }

    public ConnectedUser? User { get; private set; }

    /// <inheritdoc cref="ByteSink.Address"/>
    public IPAddress? Address => sink.Address;

    /// <summary>When the person did something here, by the engine's clock.</summary>
    public long ActedAt { get => Volatile.Read(ref _actedAt); set => Volatile.Write(ref _actedAt, value); }

    /// <summary>The position in the table, which alone uses it.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>True when nothing more is taken from the client: the connection is about to end, or has ended.</summary>
    public bool IsClosing => Volatile.Read(ref _isClosing);

    /// <summary>The reason why the server ends the connection; null while it does not, or where the client asked for it.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Bytes under way to the store or to a lane: it bounds what one client can pile up there.</summary>
    public ByteBudget InFlight { get; } = new(options.InFlightBytes, memory);

    bool IMemoryHolder.IsCut => Outbox.IsClosed;

    /// <summary>Called by the protocol when the token was accepted.</summary>
    public void SignIn(Identity identity, ConnectedUser user)
    {
        (User, Identity) = (user, identity);
        _expiresAt = clock.Now + (long)identity.ExpiresIn.TotalMilliseconds;
        sink.SignedIn(identity.User);
    }

    /// <summary>Called by the protocol when bytes came from the client.</summary>
    public void Heard() => _lastReceived = clock.Now;

    /// <summary>
    /// Called by the reader with what it took, for clients who have not said who they are: they may send what a CONNECT needs, no more.
    /// </summary>
    /// <param name="bytes">on the wire</param>
    /// <param name="frames">that carry nothing for the protocol: pings, pongs, empty messages, blank lines</param>
    public void Count(int bytes, int frames)
    {
        if (Identity is not null) return;
        _strangerBytes += bytes;
        _strangerFrames += frames;
        if (IsBeyond(1)) Close(new Refusal(Problem.ConnectFirst, "CONNECT did not come among the first bytes."));
    }

    /// <summary>
    /// True when not even the bytes behind the last words are worth reading: a client who did not say who they are sends on. Bytes that are
    /// left unread may cost them the last words.
    /// </summary>
    public bool HasHeardEnough => IsClosing && Identity is null && IsBeyond(2);

    /// <summary>Called by the sweeper, about once a second.</summary>
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

    /// <summary>Sends the last words at once, whatever is under way: for rights that end and for a server that stops.</summary>
    public void End(Refusal refusal, FlushList flush)
    {
        Refusal = refusal;
        Volatile.Write(ref _isClosing, true);
        EndWith(Wire.Farewell(refusal, default), refusal, flush);
    }

    /// <summary>Ends a connection of somebody who has not said who they are, so that another one finds room.</summary>
    public void MakeRoom()
    {
        End(new Refusal(Problem.TooManyConnections, "Others wait, and CONNECT did not come."));
        if (Outbox.IsClosed) Outbox.Abort();    // the last words are written: it does not wait until they are read
    }

    /// <inheritdoc cref="End(Refusal, FlushList)"/>
    public void End(Refusal refusal)
    {
        using var flush = new FlushList();
        End(refusal, flush);
    }

    /// <summary>
    /// Closes gracefully: takes nothing more from the client, completes what it sent before, sends the last words and ends.
    /// </summary>
    /// <param name="refusal">the reason; null: the client asked for it</param>
    /// <param name="ticket">the client's name for the request that led to it</param>
    public void Close(Refusal? refusal, Ticket ticket = default) => CloseWith(() => Wire.Farewell(refusal, ticket), refusal);

    /// <inheritdoc cref="Close(Refusal, Ticket)"/>
    /// <param name="lastWords">the transport's own</param>
    public void Close(ReadOnlyMemory<byte> lastWords) => CloseWith(() => lastWords, null);

    /// <summary>Returns the time for which the client has taken nothing of what waits for it.</summary>
    long IMemoryHolder.StuckFor(long now) => Outbox.Bytes > 0 ? Math.Max(0, now - Outbox.LastProgress) : 0;

    void IMemoryHolder.Cut() => Outbox.Abort();

    /// <summary>Completes when the last words of a closing connection are written or cannot be.</summary>
    public async Task WhenClosedAsync()
    {
        if (!IsClosing) return;
        await InFlight.WhenEmptyAsync().ConfigureAwait(false);
        await Outbox.EndedAsync().ConfigureAwait(false);
    }

    /// <summary>CONNECT has headers of at most <c>MaxHeaderBytes</c>; the rest is for how a transport cuts it up.</summary>
    private bool IsBeyond(int budgets) =>
        _strangerBytes > budgets * 2 * options.MaxHeaderBytes || _strangerFrames > budgets * StrangerFrames;

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

    /// <summary>Ends the connection; only the first call counts.</summary>
    private void EndWith(ReadOnlyMemory<byte> lastWords, Refusal? refusal, FlushList flush)
    {
        var deadline = clock.Now + (long)options.CloseTimeout.TotalMilliseconds;
        if (Interlocked.CompareExchange(ref _endsAt, deadline, long.MaxValue) != long.MaxValue) return;
        if (refusal is not null) metrics.Ended.Add(1, new KeyValuePair<string, object?>("reason", refusal.Problem.Slug));
        Outbox.End(lastWords, flush);
    }

    /// <summary>Sends and expects heart-beats.</summary>
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
