using System.Diagnostics.Metrics;
using Maru.Engine.Rooms;

namespace Maru.Engine.Telemetry;

/// <summary>
/// Looks every ten seconds for the room with the most new entries: how many they are is a metric, and the log names a room that has more
/// than half of a busy node's. Costs nothing on a message's way: rooms know their newest entry anyway.
/// </summary>
internal sealed class BusyRooms : IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    // Entries a second of all rooms, below which none is a burden.
    private const int BusyFrom = 200;

    private readonly RoomTable _rooms;
    private readonly EngineLog _log;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _at;
    private double _entries;
    private double _busiest;

    public BusyRooms(RoomTable rooms, Meter meter, EngineLog log, TimeProvider time)
    {
        (_rooms, _log, _time, _at) = (rooms, log, time, time.GetTimestamp());
        meter.CreateObservableGauge(
            "maru.rooms.entries", Measure, "{entry}",
            "New entries of the rooms that are in use here within ten seconds: of all, and of the one that had the most (busiest).");
        _timer = time.CreateTimer(_ => Look(), null, Every, Every);
    }

    public void Dispose() => _timer.Dispose();

    private IEnumerable<Measurement<double>> Measure() =>
    [
        new(Volatile.Read(ref _entries), new KeyValuePair<string, object?>("room", "all")),
        new(Volatile.Read(ref _busiest), new KeyValuePair<string, object?>("room", "busiest")),
    ];

    private void Look()
    {
        var now = _time.GetTimestamp();
        var seconds = Math.Max(1, _time.GetElapsedTime(_at, now).TotalSeconds);
        _at = now;
        var (all, most, busiest) = (0L, 0L, default(RoomId));
        foreach (var room in _rooms.All())
        {
            var (newest, last) = (room.Expected, room.LookedAt);
            room.LookedAt = newest;
            if (last < 0) continue;     // it came into use meanwhile
            all += newest - last;
            if (newest - last <= most) continue;
            (most, busiest) = (newest - last, room.Id);
        }

        Volatile.Write(ref _entries, all * Every.TotalSeconds / seconds);
        Volatile.Write(ref _busiest, most * Every.TotalSeconds / seconds);
        if (all / seconds >= BusyFrom && 2 * most > all) _log.RoomIsHot(busiest.Value, most, all, (int)seconds);
    }
}
