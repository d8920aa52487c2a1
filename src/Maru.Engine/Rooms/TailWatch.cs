using Maru.Engine.Commit;
using Maru.Engine.Fanout;

namespace Maru.Engine.Rooms;

/// <summary>
/// Finds entries that other nodes committed and that nobody told this one of: asks the log now and then for the ends of the rooms in use, and brings what is news to
/// their lanes, which read what they miss. Often while there is no bus; seldom, and with patience for what is on its way, while there is one.
/// </summary>
internal sealed class TailWatch : IDisposable
{
    private const int RoomsAtOnce = 1000;

    private readonly RoomTable _rooms;
    private readonly IRoomLog _log;
    private readonly IBackplane _backplane;
    private readonly EngineOptions _options;
    private readonly EngineLog _diagnostics;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private volatile bool _asked;
    private bool _failed;

    public TailWatch(RoomTable rooms, IRoomLog log, IBackplane backplane, EngineOptions options, EngineLog diagnostics, TimeProvider time)
    {
        (_rooms, _log, _backplane, _options, _diagnostics, _time) = (rooms, log, backplane, options, diagnostics, time);
        _loop = log.IsShared ? Task.Run(RunAsync) : Task.CompletedTask;
    }

    /// <summary>At the next tick, whatever the bus says: it has just begun to listen, and may have missed something before.</summary>
    public void Ask() => _asked = true;

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
                var isAlone = !_backplane.IsConnected;
                if (!isAlone && !_asked && _time.GetElapsedTime(last) < _options.TailCheck) continue;
                _asked = false;
                last = _time.GetTimestamp();
                await CheckAsync(isAlone).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // the engine stops
        }
    }

    private async Task CheckAsync(bool isAlone)
    {
        try
        {
            foreach (var rooms in _rooms.All().Chunk(RoomsAtOnce))
            {
                var heads = await _log.ReadHeadsAsync(Array.ConvertAll(rooms, x => x.Id), _stopping.Token).ConfigureAwait(false);
                foreach (var room in rooms)
                {
                    if (heads.TryGetValue(room.Id, out var head) && room.IsBehind(head, isAlone)) room.Lane.Post(new LaneItem(LaneVerb.Head, room, head));
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
