using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Server.Followers;

/// <summary>
/// Runs the registered followers, and wakes them: at once for entries that this node commits, and for those of other nodes when these tell.
/// A room of which no node told is found by a search of the store. Without followers it does nothing. Nodes tell each other of rooms alone:
/// <code>
/// grown = 1 count { room }
/// </code>
/// </summary>
internal sealed class FollowerService(
    IEnumerable<LogFollower> followers, IServiceProvider services, ChatEngine engine, IRoomLog log, IBus bus, TimeProvider time)
    : BackgroundService
{
    private const byte Grown = 1;
    private const int RoomsInFrame = 100;
    private const int MostTold = 10_000;        // the rooms beyond are found by a search

    private static readonly BusChannel Channel = new("followers", Travel.Any);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(250);

    private readonly FollowerRun[] _runs = [.. followers.Select(x => ActivatorUtilities.CreateInstance<FollowerRun>(services, x))];
    private readonly HashSet<RoomId> _grown = [];       // rooms that grew here, and of which other nodes were not told yet; its own lock

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (followers.GroupBy(x => x.Name).FirstOrDefault(x => x.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two followers are called {twice.Key}.");
        if (_runs.Length == 0) return Task.CompletedTask;
        var thread = services.GetRequiredService<FollowerThread>();
        engine.UsedBeside = () => thread.Used;
        engine.Committed += (room, _) => Commit(room);
        if (log.IsShared) bus.Subscribe(Channel, Hear);
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var runs = Task.WhenAll(_runs.Select(x => Task.Run(() => x.RunAsync(stoppingToken), CancellationToken.None)));
        return log.IsShared ? Task.WhenAll(runs, TellAsync(stoppingToken)) : runs;
    }

    private void Commit(RoomId room)
    {
        Wake(room);
        if (!log.IsShared) return;
        lock (_grown)
        {
            if (_grown.Count < MostTold) _grown.Add(room);
        }
    }

    private void Wake(RoomId room)
    {
        foreach (var run in _runs) run.Wake(room);
    }

    private async Task TellAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TellEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                foreach (var rooms in TakeGrown().Chunk(RoomsInFrame)) Tell(rooms);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the node stops
        }
    }

    private RoomId[] TakeGrown()
    {
        lock (_grown)
        {
            RoomId[] taken = [.. _grown];
            _grown.Clear();
            return taken;
        }
    }

    private void Tell(RoomId[] rooms)
    {
        var frame = FrameWriter.Begin(Grown);
        frame.Number(rooms.Length);
        foreach (var room in rooms) frame.Number(room.Value);
        bus.Publish(Channel, frame.Written);
    }

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        if (reader.Byte() != Grown) return;
        for (var left = reader.Count(); left > 0; left--) Wake(new RoomId(reader.Number()));
    }
}
