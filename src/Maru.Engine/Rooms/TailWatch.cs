using System.Collections.Concurrent;
using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>
/// Finds entries that other nodes committed and of which no frame reached this one: reads the heads of the rooms in use now and then, and
/// posts those that are further than known to the lanes, which read the missing entries. Often while there is no bus; seldom, and waiting
/// for entries on their way, while there is one.
/// </summary>
internal sealed class TailWatch : IDisposable
{
    private const int RoomsAtOnce = 1000;

    private readonly RoomTable _rooms;
    private readonly IRoomLog _log;
    private readonly IBus _bus;
    private readonly EngineOptions _options;
    private readonly EngineLog _diagnostics;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private readonly ConcurrentQueue<RoomId> _asked = new();    // as often as the bus listened to a room anew, emptied at every tick
    private bool _failed;

    public TailWatch(RoomTable rooms, IRoomLog log, IBus bus, EngineOptions options, EngineLog diagnostics, TimeProvider time)
    {
        (_rooms, _log, _bus, _options, _diagnostics, _time) = (rooms, log, bus, options, diagnostics, time);
        _loop = log.IsShared ? RunAsync() : Task.CompletedTask;
    }

    /// <summary>
    /// Asks for a check at the next tick, without waiting for entries on their way: the bus has just begun to listen, and frames that it
    /// missed will not come.
    /// </summary>
    public void Ask(RoomId room)
    {
        if (_log.IsShared) _asked.Enqueue(room);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _loop.Wait();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_options.TailCheckAlone, _time);
        var last = _time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                var asked = TakeAsked();
                var isAlone = !_bus.IsConnected;
                if (asked.Length > 0 && !isAlone) await CheckAsync(asked, isAlone: true).ConfigureAwait(false);
                if (!isAlone && _time.GetElapsedTime(last) < _options.TailCheck) continue;
                last = _time.GetTimestamp();
                await CheckAsync(_rooms.All(), isAlone).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // the engine stops
        }
    }

    private Room[] TakeAsked()
    {
        HashSet<Room> rooms = [];
        while (_asked.TryDequeue(out var id))
        {
            if (_rooms.TryGet(id, out var room)) rooms.Add(room);
        }

        return [.. rooms];
    }

    private async Task CheckAsync(Room[] all, bool isAlone)
    {
        try
        {
            foreach (var rooms in all.Chunk(RoomsAtOnce))
            {
                var heads = await _log.ReadHeadsAsync(Array.ConvertAll(rooms, x => x.Id), _stopping.Token).ConfigureAwait(false);
                foreach (var room in rooms)
                {
                    if (heads.TryGetValue(room.Id, out var head) && room.IsBehind(head.Seq, isAlone))
                        room.Lane.Post(new ReceivedHead(room, head.Seq));
                }
            }

            _failed = false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (!_failed) _diagnostics.TailCheckFailed(e);
            _failed = true;
        }
    }
}
