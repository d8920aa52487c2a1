using Maru.Engine.Bus;
using Maru.Engine.Clients;
using Maru.Engine.Commit;
using Maru.Engine.Connections;
using Maru.Engine.Discover;
using Maru.Engine.Lanes;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Engine.Queues;
using Maru.Engine.Rooms;
using Maru.Engine.Telemetry;
using Microsoft.Extensions.Logging;

namespace Maru.Engine;

/// <summary>
/// The live core of one node. The path of a message: session → <see cref="CommitQueue"/> → <see cref="CommitLoop"/> → <see cref="Lane"/> →
/// <see cref="Room"/> → <see cref="Hub"/> → <see cref="Outbox"/>. Knows no socket, no SQL and no configuration.
/// </summary>
public sealed class ChatEngine : IDisposable
{
    private static readonly TimeSpan DrainStep = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan DrainTick = TimeSpan.FromMilliseconds(10);

    private readonly IRoomLog _log;
    private readonly IBus _bus;
    private readonly RoomChannels _channels;
    private readonly LaneTable _lanes;
    private readonly LogPageReader _pages;
    private readonly RoomRounds _rounds;
    private readonly ReadRounds _reads;
    private readonly ByteBudget _budget;
    private readonly CancellationTokenSource _stopping = new();
    private readonly MemoryGuard _guard;
    private readonly Floods _floods;
    private BusyRooms? _busyRooms;
    private Sweeper? _sweeper;
    private TailWatch? _tails;

    public ChatEngine(
        EngineOptions options, IRoomLog log, IBus bus, Authenticator authenticator, UserSnapshot snapshot, TimeProvider time,
        ILogger<ChatEngine> logger)
    {
        Options = options;
        Time = time;
        Clock = new EngineClock(time);
        Log = new EngineLog(logger);
        _log = log;
        _bus = bus;
        _channels =
            new RoomChannels(bus, time)
            {
                Committed = Receive,
                CommittedUpTo = ReceiveHead,
                Signalled = Receive,
                Typed = Receive,
                Read = Receive,
                Listening = CheckTail,
            };
        MessageRate = new Gcra(options.MessageBurst, options.MessagesPerSecond, TimeSpan.FromSeconds(1), time);
        var memory = new MemoryBudget(MemoryBudget.BytesOf(options));
        Connections = new ConnectionTable(options, memory, Clock)
        {
            Displaced = new BoundLog(time, Log.StrangersDisplaced, Log.StrangersFit).Hit,
        };
        Metrics = new EngineMetrics();
        Requests = new RequestTable(memory, Clock);
        UserEvents = new UserEvents(Connections, snapshot, bus, options, Metrics, time);
        Presence = new Presence(Connections, bus, options.Presence, Clock, Metrics, Log, time);
        PublicRooms = new PublicRooms(bus, log.IsShared, options, Metrics, Log);
        _rounds = new RoomRounds(time);
        _pages = new LogPageReader(log, bus, options, Metrics, Log, time);
        _budget = new ByteBudget(options.ReceiveBytes);
        _lanes = new LaneTable(options.Lanes > 0 ? options.Lanes : Environment.ProcessorCount, Log, time);
        SignalRate = new Gcra(options.SignalDeliveryBurst, options.SignalDeliveriesPerSecond, TimeSpan.FromSeconds(1), time);
        var rooms = new RoomParts(_pages, _channels, _rounds, options, Clock, Metrics, SignalRate, memory);
        Rooms = new RoomTable(log, _channels, _lanes, rooms);
        _reads = new ReadRounds(Rooms, _channels, Metrics, time);
        var parts = new CommitParts(
            log, _channels, _lanes, Rooms, OnCommitted, options, Metrics, Log, time, () => Environment.CpuUsage.TotalTime - UsedBeside());
        Commits = new CommitLoops(log, options.CommitQueueBytes, time, (queue, number) => new CommitLoop(queue, number, parts));
        _floods = new Floods(time, Log);
        Clients = new ClientParts(
            options, Clock, time, Metrics, Log, authenticator, MessageRate, _floods, Connections, UserEvents, Rooms, Commits, _channels,
            Presence, PublicRooms, (room, user, mark) => MarkRead(room, user, mark), (user, forward) => ReadForward(user, forward), memory,
            Stopping);
        _guard = new MemoryGuard(memory, Connections, Requests, Rooms.Trim, Clock, Metrics, Log);
        EngineGauges.AddTo(Metrics.Meter, Connections, Rooms, Commits, Presence, memory, options, () => IsDraining);
    }

    public EngineOptions Options { get; }

    public ConnectionTable Connections { get; }

    /// <summary>The requests over HTTP that have not arrived as a whole.</summary>
    internal RequestTable Requests { get; }

    /// <summary>The events that concern users, sent to their connections on every node.</summary>
    public UserEvents UserEvents { get; }

    /// <summary>Who is there, on every node.</summary>
    public Presence Presence { get; }

    /// <summary>Tells those who look at the list of public rooms what changes in it, on every node.</summary>
    public PublicRooms PublicRooms { get; }

    /// <summary>
    /// Raised when this node has committed these entries of the room, in order. Called on the commit loop's thread: handlers are short and
    /// do not throw.
    /// </summary>
    public event Action<RoomId, IReadOnlyList<Entry>>? Committed;

    /// <summary>Tells people what they have not read; null until <see cref="TellUnread"/>.</summary>
    public UnreadFeed? Unread { get; private set; }

    /// <summary>Moves users' positions in rooms. Set before the first client comes.</summary>
    public ReadMarker MarkRead { get; set; } = (_, _, _) => Task.FromResult<Problem?>(Problem.Unavailable);

    /// <summary>Reads the messages that users forward. Set before the first client comes.</summary>
    public ForwardReader ReadForward { get; set; } = (_, _) => Task.FromResult<Forwarded?>(null);

    /// <summary>
    /// The CPU time that this process has used for what gives way to the path of messages: that the cores are busy with it is no reason for
    /// commits to wait for more. Set before the first client comes.
    /// </summary>
    public Func<TimeSpan> UsedBeside { get; set; } = () => TimeSpan.Zero;

    public EngineMetrics Metrics { get; }

    /// <summary>The limit on each user's messages and signals, over all of that user's connections and requests.</summary>
    public Gcra MessageRate { get; }

    /// <summary>The limit on the listeners on this node that each user's signals reach.</summary>
    internal Gcra SignalRate { get; }

    internal TimeProvider Time { get; }

    internal EngineClock Clock { get; }

    internal EngineLog Log { get; }

    internal RoomTable Rooms { get; }

    /// <summary>The parts from which a protocol's session makes its client.</summary>
    internal ClientParts Clients { get; }

    internal CommitLoops Commits { get; }

    internal CancellationToken Stopping => _stopping.Token;

    public void Start()
    {
        _lanes.Start();
        Commits.Start();
        _tails = new TailWatch(Rooms, _log, _bus, Options, Log, Time);
        _guard.Start();
        _busyRooms = new BusyRooms(Rooms, Metrics.Meter, Log, Time);
        _sweeper = new Sweeper(Connections, [MessageRate, SignalRate, Presence.Rate], Clock, Log, Time);
        Presence.Start();       // behind the sweeper, which positions the clock
    }

    /// <summary>Makes the engine tell people what they have not read. Called before the first client comes.</summary>
    public void TellUnread(UnreadReader reader)
    {
        Unread = new UnreadFeed(
            reader with { Heads = _log.IsShared ? _log.ReadHeadsAsync : null }, _bus, Options.FeedBytes, UserEvents.Deliver, Log, Time);
        (UserEvents.Moved, UserEvents.Doubted, UserEvents.Ended) = (Unread.Refresh, Unread.Refresh, Unread.Unfollow);
        _ = Unread.RunAsync(Time, Stopping);
    }

    /// <summary>Makes the engine tell what changes in the list of public rooms. Called before the first client comes.</summary>
    public void TellPublicRooms(PublicRoomReader reader) => _ = PublicRooms.RunAsync(reader, Time, Stopping);

    private void OnCommitted(RoomId room, IReadOnlyList<Entry> entries)
    {
        Committed?.Invoke(room, entries);
        Unread?.Committed(room, entries);
        PublicRooms.Committed(room, entries);
    }

    /// <summary>True once new connections are refused, because the server is about to stop.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>The reason why a new connection is refused.</summary>
    internal Problem NoRoom => IsDraining || Stopping.IsCancellationRequested ? Problem.ShuttingDown : Problem.TooManyConnections;

    /// <summary>Refuses new connections and keeps the open ones, so that a balancer notices before <see cref="DrainAsync"/>.</summary>
    public void BeginDrain()
    {
        IsDraining = true;
        Connections.RefuseNew();
    }

    /// <summary>
    /// Closes each connection at its own moment, so that clients do not storm the other nodes: within <see
    /// cref="EngineOptions.DrainWindow"/>, or less for few connections. Requests that a client sent before are completed first.
    /// </summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        BeginDrain();
        var connections = Connections.All();
        Random.Shared.Shuffle(connections);
        var window = TimeSpan.FromTicks(Math.Min(Options.DrainWindow.Ticks, connections.Length * DrainStep.Ticks));
        var started = Time.GetTimestamp();
        for (var told = 0; told < connections.Length;)
        {
            var share = window == TimeSpan.Zero ? 1 : Time.GetElapsedTime(started) / window;
            var due = Math.Min(connections.Length, (int)(connections.Length * share) + 1);
            while (told < due) connections[told++].Close(Problem.ShuttingDown);
            if (told < connections.Length) await Task.Delay(DrainTick, Time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ends every connection with <see cref="Problem.ShuttingDown"/> after everything queued is committed, delivered and acknowledged. The
    /// sweeper goes on: a client that does not read its last words is cut off after <see cref="EngineOptions.CloseTimeout"/>.
    /// </summary>
    public void Stop()
    {
        Commits.Stop();
        PublicRooms.TellNodes();
        _lanes.Stop();
        Connections.RefuseNew();
        foreach (var connection in Connections.All()) connection.End(Problem.ShuttingDown);
        _stopping.Cancel();
    }

    /// <summary>Appends to a room's log from outside a connection; waits while the queue is full. The owner learns the outcome.</summary>
    public ValueTask AppendAsync(Draft draft)
    {
        draft.Trace = MessageTrace.Begin(draft.Owner.Transport, Options.TraceRatio, Time);
        return Commits.AddAsync(draft);
    }

    /// <summary>
    /// Receives entries that another node committed, in seq order. The rights that they end are gone when it returns. Entries beyond the
    /// bound are dropped: the log has them.
    /// </summary>
    public void Receive(RoomId room, List<Entry> run)
    {
        if (run.Count == 0 || !Rooms.TryGet(room, out var here)) return;
        here.Revoke(run);
        var bytes = 0;
        foreach (var entry in run) bytes += entry.Body.Length + 64;
        if (!_budget.TryTake(bytes)) return;
        here.Expect(run[^1].Seq);
        here.Lane.Post(new ReceivedRun(here, run, _budget, bytes, Time.GetTimestamp()));
    }

    /// <summary>Receives the head of a room's log from another node, whose entries did not fit into a frame.</summary>
    public void ReceiveHead(RoomId room, long head)
    {
        if (Rooms.TryGet(room, out var here)) here.Lane.Post(new ReceivedHead(here, head));
    }

    /// <summary>Receives a signal that a member sent on another node.</summary>
    public void Receive(RoomId room, Signal signal)
    {
        if (Rooms.TryGet(room, out var here) && _budget.TryTake(signal.Bytes)) here.Lane.Post(new ReceivedSignal(here, signal, _budget));
    }

    /// <summary>Receives that a member types on another node, or no longer.</summary>
    public void Receive(RoomId room, UserId user, bool types)
    {
        if (Rooms.TryGet(room, out var here) && _budget.TryTake(ReceivedTyping.Bytes))
            here.Lane.Post(new ReceivedTyping(here, user, types, _budget));
    }

    /// <summary>
    /// Takes, on every node, that who may write in a direct room has changed. Commits know it by themselves; this is for what is not
    /// stored: typing and signals.
    /// </summary>
    public void Bar(RoomId room, Bar bar)
    {
        if (Rooms.TryGet(room, out var here)) here.Lane.Post(new Barring(here, bar));
    }

    /// <summary>Receives how far members have read, from another node.</summary>
    public void Receive(RoomId room, ReaderPositions positions)
    {
        if (Rooms.TryGet(room, out var here) && _budget.TryTake(positions.Bytes))
            here.Lane.Post(new ReceivedReads(here, positions, _budget));
    }

    /// <summary>
    /// Tells the room's subscribers, on every node, that a member's read position has moved; called once that is durable. An event may be
    /// lost, and of a room with very many readers most are.
    /// </summary>
    public void TellRead(RoomId room, in ReaderPosition position) => _reads.Add(room, position);

    /// <summary>The same of a member who does not show it: an event about another one says that there are more.</summary>
    public void TellUnnamedRead(RoomId room) => _reads.AddUnnamed(room);

    /// <summary>Notes that a user's name or picture changed, on whichever node: entries that are sent again carry the new one.</summary>
    public void NamesChanged() => Rooms.NamesChanged();

    /// <summary>Called when the bus begins to listen to the room and may have missed entries: the log is checked soon.</summary>
    public void CheckTail(RoomId room) => _tails?.Ask(room);

    public void Dispose()
    {
        _channels.Dispose();
        UserEvents.Dispose();
        Unread?.Dispose();
        Presence.Dispose();
        PublicRooms.Dispose();
        _rounds.Dispose();
        _reads.Dispose();
        _sweeper?.Dispose();
        _guard.Dispose();
        _floods.Dispose();
        _busyRooms?.Dispose();
        _tails?.Dispose();
        _stopping.Dispose();
        _pages.Dispose();
        Metrics.Dispose();
    }
}
