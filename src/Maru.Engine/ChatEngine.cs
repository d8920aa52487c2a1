using Maru.Engine.Commit;
using Maru.Engine.Fanout;
using Maru.Engine.Rooms;
using Maru.Engine.Sessions;
using Microsoft.Extensions.Logging;

namespace Maru.Engine;

/// <summary>
/// The live core of one node. A message's way through it: session → <see cref="CommitQueue"/> → <see cref="CommitLoop"/> → <see cref="Lane"/> →
/// <see cref="Room"/> → <see cref="Hub"/> → <see cref="Outbox"/>. Knows no socket, no SQL and no configuration.
/// </summary>
public sealed class ChatEngine : IDisposable
{
    private readonly Authenticator _authenticator;
    private readonly CommitLoop _commitLoop;
    private readonly Lanes _lanes;
    private readonly PageReader _pages;
    private readonly CancellationTokenSource _stopping = new();
    private Sweeper? _sweeper;
    private long _signals;

    public ChatEngine(EngineOptions options, IRoomLog log, IBackplane backplane, Authenticator authenticator, TimeProvider time, ILogger<ChatEngine> logger)
    {
        Options = options;
        Time = time;
        Clock = new EngineClock(time);
        Log = new EngineLog(logger);
        _authenticator = authenticator;
        Allowances = new SendAllowances(options, time);
        Connections = new ConnectionTable(options, Clock);
        Rooms = new RoomTable(log) { Make = (id, table) => new Room(id, _lanes!.For(id), table, _pages!, options, Clock, Metrics!) };
        Metrics = new EngineMetrics(() => Connections.Count, () => Rooms.Count);
        _pages = new PageReader(log, options, Metrics, Log, time);
        Commits = new CommitQueue(options.CommitQueueBytes);
        _lanes = new Lanes(options.Lanes > 0 ? options.Lanes : Environment.ProcessorCount, Rooms, Log);
        _commitLoop = new CommitLoop(Commits, log, backplane, _lanes, Rooms, this);
    }

    public EngineOptions Options { get; }

    public ConnectionTable Connections { get; }

    public EngineMetrics Metrics { get; }

    internal TimeProvider Time { get; }

    internal EngineClock Clock { get; }

    internal EngineLog Log { get; }

    internal SendAllowances Allowances { get; }

    internal RoomTable Rooms { get; }

    internal CommitQueue Commits { get; }

    internal CancellationToken Stopping => _stopping.Token;

    public void Start()
    {
        _lanes.Start();
        _commitLoop.Start();
        _sweeper = new Sweeper(Connections, Allowances, Clock, Log, Time);
    }

    /// <summary>
    /// Ends every connection with <see cref="Problem.ShuttingDown"/> after everything queued is committed, delivered and answered. The sweeper goes on: who does not
    /// fetch its last words is cut off after <see cref="EngineOptions.CloseTimeout"/>.
    /// </summary>
    public void Stop()
    {
        _commitLoop.Stop();
        _lanes.Stop();
        foreach (var connection in Connections.Shut()) connection.Fail(Problem.ShuttingDown);
        _stopping.Cancel();
    }

    /// <summary>Appends to a room's log from outside a session; waits while the queue is full. The owner is told the outcome.</summary>
    public ValueTask AppendAsync(Draft draft) => Commits.AddAsync(new[] { draft });

    public void Dispose()
    {
        _sweeper?.Dispose();
        _stopping.Dispose();
        _pages.Dispose();
        Metrics.Dispose();
    }

    internal ValueTask<Identity?> AuthenticateAsync(string token) => _authenticator(token, Stopping);

    internal long NextSignal() => Interlocked.Increment(ref _signals);
}
