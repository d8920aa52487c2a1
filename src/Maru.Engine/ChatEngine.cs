using Maru.Engine.Bus;
using Maru.Engine.Clients;
using Maru.Engine.Commit;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.People;
using Maru.Engine.Queues;
using Maru.Engine.Rooms;
using Microsoft.Extensions.Logging;

namespace Maru.Engine;

/// <summary>
/// The live core of one node. A message's way through it: session → <see cref="CommitQueue"/> → <see cref="CommitLoop"/> →
/// <see cref="Lane"/> →
/// <see cref="Room"/> → <see cref="Hub"/> → <see cref="Outbox"/>. Knows no socket, no SQL and no configuration.
/// </summary>
public sealed class ChatEngine : IDisposable
{
    private static readonly TimeSpan DrainStep = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan DrainTick = TimeSpan.FromMilliseconds(10);

    private readonly IRoomLog _log;
    private readonly IBus _bus;
    private readonly RoomChannels _channels;
    private readonly Lanes _lanes;
    private readonly PageReader _pages;
    private readonly ByteBudget _budget;
    private readonly CancellationTokenSource _stopping = new();
    private Sweeper? _sweeper;
    private TailWatch? _tails;

    public ChatEngine(
        EngineOptions options, IRoomLog log, IBus bus, Authenticator authenticator, TimeProvider time, ILogger<ChatEngine> logger)
    {
        Options = options;
        Time = time;
        Clock = new EngineClock(time);
        Log = new EngineLog(logger);
        _log = log;
        _bus = bus;
        _channels =
            new RoomChannels(bus, time) { Committed = Receive, CommittedUpTo = ReceiveHead, Signalled = Receive, Listening = CheckTail };
        MessageRate = new Gcra(options.MessageBurst, options.MessagesPerSecond, TimeSpan.FromSeconds(1), time);
        Connections = new ConnectionTable(options, Clock);
        Metrics = new EngineMetrics(() => Connections.Count, () => Rooms!.Count);
        UserEvents = new UserEvents(Connections, bus, options, Metrics, time);
        _pages = new PageReader(log, bus, options, Metrics, Log, time);
        _budget = new ByteBudget(options.ReceiveBytes);
        _lanes = new Lanes(options.Lanes > 0 ? options.Lanes : Environment.ProcessorCount, Log);
        Rooms = new RoomTable(log, _channels, _lanes, _pages, options, Clock, Metrics);
        var parts = new CommitParts(log, _channels, _lanes, Rooms, room => Committed?.Invoke(room), options, Metrics, Log, time);
        Commits = new CommitLoops(log, options.CommitQueueBytes, (queue, number) => new CommitLoop(queue, number, parts));
        Clients = new ClientParts(
            options, Clock, Metrics, Log, authenticator, MessageRate, Connections, Rooms, Commits, _channels, Stopping);
    }

    public EngineOptions Options { get; }

    public ConnectionTable Connections { get; }

    /// <summary>What concerns people: to their connections, on every node.</summary>
    public UserEvents UserEvents { get; }

    /// <summary>This node committed entries of the room. On the commit loop's thread: handlers are short and do not throw.</summary>
    public event Action<RoomId>? Committed;

    public EngineMetrics Metrics { get; }

    /// <summary>How much each user may send, over all of that user's connections and requests.</summary>
    public Gcra MessageRate { get; }

    internal TimeProvider Time { get; }

    internal EngineClock Clock { get; }

    internal EngineLog Log { get; }

    internal RoomTable Rooms { get; }

    /// <summary>What a protocol's session makes its client of.</summary>
    internal ClientParts Clients { get; }

    internal CommitLoops Commits { get; }

    internal CancellationToken Stopping => _stopping.Token;

    public void Start()
    {
        _lanes.Start();
        Commits.Start();
        _tails = new TailWatch(Rooms, _log, _bus, Options, Log, Time);
        _sweeper = new Sweeper(Connections, MessageRate, Clock, Log, Time);
    }

    /// <summary>The server is about to go down: nobody comes in any longer.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Why a connection finds no place.</summary>
    internal Problem NoRoom => IsDraining || Stopping.IsCancellationRequested ? Problem.ShuttingDown : Problem.TooManyConnections;

    /// <summary>Lets nobody in any longer; who is here stays. For a balancer to notice before <see cref="DrainAsync"/>.</summary>
    public void CloseDoors()
    {
        IsDraining = true;
        Connections.CloseDoors();
    }

    /// <summary>
    /// Tells each client to come back, at its own moment, so that other nodes are not stormed: <see cref="EngineOptions.DrainWindow"/> at
    /// most, less for few. What a client sent before is answered first.
    /// </summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        CloseDoors();
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
    /// Ends every connection with <see cref="Problem.ShuttingDown"/> after everything queued is committed, delivered and answered. The
    /// sweeper goes on: who does not fetch its last words is cut off after <see cref="EngineOptions.CloseTimeout"/>.
    /// </summary>
    public void Stop()
    {
        Commits.Stop();
        _lanes.Stop();
        foreach (var connection in Connections.Shut()) connection.End(Problem.ShuttingDown);
        _stopping.Cancel();
    }

    /// <summary>Appends to a room's log from outside a session; waits while the queue is full. The owner is told the outcome.</summary>
    public ValueTask AppendAsync(Draft draft) => Commits.AddAsync(draft);

    /// <summary>
    /// Another node committed these, in seq order. Rights that they end are gone when it returns. Beyond what may wait they are dropped:
    /// the log has them.
    /// </summary>
    public void Receive(RoomId room, List<Entry> run)
    {
        if (run.Count == 0 || !Rooms.TryGet(room, out var here)) return;
        here.Revoke(run);
        var bytes = 0;
        foreach (var entry in run) bytes += entry.Body.Length + 64;
        if (!_budget.TryTake(bytes)) return;
        here.Expect(run[^1].Seq);
        here.Lane.Post(new ReceivedRun(here, run, _budget, bytes));
    }

    /// <summary>Another node committed more than it could tell: the room's log goes so far.</summary>
    public void ReceiveHead(RoomId room, long head)
    {
        if (Rooms.TryGet(room, out var here)) here.Lane.Post(new ReceivedHead(here, head));
    }

    /// <summary>A signal that a member sent on another node.</summary>
    public void Receive(RoomId room, Signal signal)
    {
        if (Rooms.TryGet(room, out var here) && _budget.TryTake(signal.Bytes)) here.Lane.Post(new ReceivedSignal(here, signal, _budget));
    }

    /// <summary>Somebody's name or picture is another one now, whichever node that was decided on: what is sent again says so.</summary>
    public void NamesChanged() => Rooms.NamesChanged();

    /// <summary>The bus listens to this room from now on, and may have missed something: the log is asked soon.</summary>
    public void CheckTail(RoomId room) => _tails?.Ask(room);

    public void Dispose()
    {
        _channels.Dispose();
        UserEvents.Dispose();
        _sweeper?.Dispose();
        _tails?.Dispose();
        _stopping.Dispose();
        _pages.Dispose();
        Metrics.Dispose();
    }
}
