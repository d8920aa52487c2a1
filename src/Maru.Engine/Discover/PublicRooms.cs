using Maru.Engine.Bus;
using Maru.Engine.Connections;
using Maru.Engine.Log;

namespace Maru.Engine.Discover;

/// <summary>
/// Tells those who look at the list of public rooms what changes in it, on every node. A commit costs it one mark of its room; in rounds
/// the rooms that are marked are read from the store as they are then, and told once for all who look. So a room is told of once a round,
/// whatever happens in it, and what is not public is not told of. Nodes without a client that looks read nothing. Any thread.
/// </summary>
public sealed class PublicRooms : IDisposable
{
    private const int Batch = 200;              // rooms of one statement
    private const int MostBatches = 20;         // of one round: rooms that are not public are marked too
    private const int MostBusy = 10_000;        // rooms of which is told when they become quiet
    private const long Unknown = -1;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly PublicRoomChannel? _channel;       // null: no other node uses the store
    private readonly EngineOptions _options;
    private readonly EngineMetrics _metrics;
    private readonly EngineLog _diagnostics;
    private readonly PublicRoomDelivery _delivery;
    private readonly Lock _gate = new();
    private readonly HashSet<PublicRoomWatch> _watches = [];    // under the gate, and so the next three
    private readonly PublicRoomMarks _due = new();
    private volatile bool _isWatched;
    private bool _begins;

    private readonly Dictionary<RoomId, long> _busy = [];       // what was told of rooms that are not quiet; the loop's, and so the next
    private readonly Queue<RoomId> _looks = new();
    private long _toldAt;
    private long _lookedAt;
    private bool _readFailed;

    /// <param name="bus">the bus</param>
    /// <param name="isShared">true where other nodes may use the same store</param>
    internal PublicRooms(IBus bus, bool isShared, EngineOptions options, EngineMetrics metrics, EngineLog diagnostics)
    {
        (_options, _metrics, _diagnostics) = (options, metrics, diagnostics);
        _delivery = new PublicRoomDelivery(metrics, diagnostics);
        if (isShared) _channel = new PublicRoomChannel(bus, MarkHere, ReadAnew);
    }

    /// <summary>Notes that a room was made, or changed in a way that its log does not tell.</summary>
    public void Change(RoomId room) => Mark(new PublicRoomMark(room, IsUnlisted: false));

    /// <summary>Notes that a room that was public is no longer: those who look are told that it is gone, and nothing else of it.</summary>
    public void Unlist(RoomId room)
    {
        Mark(new PublicRoomMark(room, IsUnlisted: true));
        TellNodes();    // now: what happens in the room later never says so again, if this node dies
    }

    public void Dispose() => _channel?.Dispose();

    /// <summary>Notes that this node has committed entries of a room.</summary>
    internal void Committed(RoomId room, IReadOnlyList<Entry> entries)
    {
        if (!_isWatched && _channel is null) return;
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Kind is { Shown: Shown.Never, Rights: not RightsChange.EndAll }) continue;
            Change(room);
            return;
        }
    }

    /// <summary>Tells the connection from now on what changes: first that it must read the list.</summary>
    internal PublicRoomWatch Watch(Connection connection, WireSubscription subscription)
    {
        var watch = new PublicRoomWatch(connection, subscription);
        connection.Memory.Take(PublicRoomWatch.Bytes);
        _metrics.PublicRoomWatches.Add(1);
        lock (_gate)
        {
            _begins |= _watches.Count == 0;
            _watches.Add(watch);
            _isWatched = true;
        }

        _delivery.Begin(watch);
        return watch;
    }

    internal void End(PublicRoomWatch watch)
    {
        lock (_gate)
        {
            if (!_watches.Remove(watch)) return;
            _isWatched = _watches.Count > 0;
            if (!_isWatched) _due.Clear();
        }

        _metrics.PublicRoomWatches.Add(-1);
        watch.Connection.Memory.Return(PublicRoomWatch.Bytes);
    }

    /// <summary>Tells until cancelled.</summary>
    internal async Task RunAsync(PublicRoomReader reader, TimeProvider time, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
            {
                TellNodes();
                if (!_isWatched || time.GetElapsedTime(_toldAt) < _options.DiscoverEvery) continue;
                _toldAt = time.GetTimestamp();
                await RunOnceAsync(reader, time, ct).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the node stops
        }
    }

    /// <summary>Tells the other nodes which rooms were marked here.</summary>
    internal void TellNodes() => _channel?.Tell();

    private void Mark(PublicRoomMark mark)
    {
        MarkHere(mark);
        _channel?.Add(mark);
    }

    private void MarkHere(PublicRoomMark mark)
    {
        if (!_isWatched) return;
        lock (_gate)
        {
            if (_isWatched) _due.Add(mark);
        }
    }

    /// <summary>One round: a failure of the store leaves for the next one what could not be read.</summary>
    internal async Task RunOnceAsync(PublicRoomReader reader, TimeProvider time, CancellationToken ct)
    {
        Dictionary<RoomId, byte[]> events = [];
        try
        {
            if (TakeBegins()) await BeginAsync(reader, ct).ConfigureAwait(false);
            if (time.GetElapsedTime(_lookedAt) >= LookEvery) LookAgain(time);
            // Rooms that become quiet have a share, however many others change.
            var most = _options.DiscoverEvents;
            await LookAsync(reader, Math.Max(1, most / 4), events, ct).ConfigureAwait(false);
            // What is marked meanwhile is for the next round.
            int left;
            lock (_gate) left = _due.Count;
            for (var batches = 0; batches < MostBatches && left > 0 && events.Count < most; batches++)
                left -= await ReadMarkedAsync(reader, Math.Min(left, most - events.Count), events, ct).ConfigureAwait(false);
            _readFailed = false;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Once, and not a second time each second that the store is away.
            if (!_readFailed) _diagnostics.ReadFailed(e);
            _readFailed = true;
        }

        Deliver([.. events.Values]);
    }

    private bool TakeBegins()
    {
        lock (_gate)
        {
            var begins = _begins;
            _begins = false;
            return begins;
        }
    }

    /// <summary>Finds the rooms that are busy when the first client looks: it has to be told when they become quiet.</summary>
    private async Task BeginAsync(PublicRoomReader reader, CancellationToken ct)
    {
        try
        {
            var rooms = await reader.Busy(MostBusy, ct).ConfigureAwait(false);
            _busy.Clear();
            _looks.Clear();
            foreach (var room in rooms)
            {
                _busy[room] = Unknown;
                _looks.Enqueue(room);
            }
        }
        catch
        {
            lock (_gate) _begins = true;
            throw;
        }
    }

    private void LookAgain(TimeProvider time)
    {
        _lookedAt = time.GetTimestamp();
        if (_looks.Count > 0) return;
        foreach (var room in _busy.Keys) _looks.Enqueue(room);
    }

    /// <summary>Reads some of the marked rooms, and adds what is told of them; returns how many it took.</summary>
    private async Task<int> ReadMarkedAsync(
        PublicRoomReader reader, int most, Dictionary<RoomId, byte[]> events, CancellationToken ct)
    {
        List<PublicRoomMark> marks;
        lock (_gate) marks = _due.Take(Math.Min(Batch, most));
        IReadOnlyList<PublicRoom> rooms;
        try
        {
            rooms = await reader.Rooms([.. marks.Select(x => x.Room)], ct).ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
            {
                foreach (var mark in marks) _due.Add(mark);
            }

            throw;
        }

        var found = rooms.ToDictionary(x => x.Id);
        foreach (var mark in marks)
        {
            if (found.TryGetValue(mark.Room, out var room))
            {
                Note(room);
                events[room.Id] = room.Json.IsEmpty ? EventJson.RoomRemoved(room.Id) : EventJson.RoomListed(room.Id, room.Json.Span);
            }
            else if (mark.IsUnlisted)
            {
                _busy.Remove(mark.Room);
                events[mark.Room] = EventJson.RoomRemoved(mark.Room);
            }
        }

        return marks.Count;
    }

    /// <summary>Looks at some of the busy rooms, and adds those in which fewer messages are recent by now.</summary>
    private async Task LookAsync(PublicRoomReader reader, int most, Dictionary<RoomId, byte[]> events, CancellationToken ct)
    {
        List<RoomId> some = [];
        while (some.Count < Batch && _looks.TryDequeue(out var next)) some.Add(next);
        if (some.Count == 0) return;
        var rooms = (await reader.Rooms(some, ct).ConfigureAwait(false)).ToDictionary(x => x.Id);
        foreach (var id in some)
        {
            if (!rooms.TryGetValue(id, out var room) || room.Json.IsEmpty) _busy.Remove(id);
            else if (_busy.TryGetValue(id, out var told) && told != room.Recent)
            {
                // Who has just read the list knows of a room that is busy; one that became quiet meanwhile would not be looked at again.
                var isNews = told != Unknown || room.Recent == 0;
                if (isNews && events.Count >= most) _looks.Enqueue(id);
                else Note(room);
                if (isNews && events.Count < most) events[id] = EventJson.RoomListed(id, room.Json.Span);
            }
        }
    }

    private void Note(in PublicRoom room)
    {
        if (room.Json.IsEmpty || room.Recent == 0) _busy.Remove(room.Id);
        else if (_busy.Count < MostBusy || _busy.ContainsKey(room.Id)) _busy[room.Id] = room.Recent;
    }

    private void Deliver(List<byte[]> events)
    {
        PublicRoomWatch[] watches;
        bool isOver;
        lock (_gate)
        {
            isOver = _due.TakeIsOver();
            watches = [.. _watches];
        }

        foreach (var watch in watches) watch.HasMissed |= isOver;
        _delivery.Deliver(watches, events);
    }

    /// <summary>Makes every client here read the list anew: changes may have been missed.</summary>
    private void ReadAnew()
    {
        lock (_gate)
        {
            if (_isWatched) _due.Overflow();
        }
    }
}
