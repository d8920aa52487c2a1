using System.Collections.Concurrent;
using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.People;

/// <summary>
/// Tells people who are here what they have not read: at most once a <see cref="Tick"/> for each user and room, the newest count alone. It
/// follows the rooms of those people, by their heads: a message costs one mark on its room, however many members that has, and what marks
/// cannot tell is asked of the store, for all people together. So what it tells is what the store has, some moments later. One loop; the
/// rest from any thread.
/// </summary>
public sealed class UnreadFeed : IDisposable
{
    private const int Batch = 1000;
    private const int NewsBatch = 100;      // rooms

    /// <summary>Between two rounds.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two looks into the store for marks that were lost: while the bus carries them, and while it does not.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAlone = TimeSpan.FromSeconds(1);

    private readonly UnreadReader _reader;
    private readonly IBus _bus;
    private readonly Action<ReadOnlySpan<UserId>, UserEvent> _tell;
    private readonly EngineLog _diagnostics;
    private readonly FollowedRooms _rooms;
    private readonly ConcurrentDictionary<UserId, FollowingUser> _users = new();
    private readonly ConcurrentDictionary<(UserId User, RoomId Room), bool> _stale = new();

    /// <param name="reader">reads the store</param>
    /// <param name="bus">brings the marks of other nodes</param>
    /// <param name="maxBytes">of marks that wait for the bus</param>
    /// <param name="tell">delivers an event to those of the users' connections that are here</param>
    /// <param name="diagnostics">says what failed</param>
    /// <param name="time">the clock</param>
    internal UnreadFeed(
        UnreadReader reader, IBus bus, long maxBytes, Action<ReadOnlySpan<UserId>, UserEvent> tell, EngineLog diagnostics,
        TimeProvider time)
    {
        (_reader, _bus, _tell, _diagnostics) = (reader, bus, tell, diagnostics);
        _rooms = new FollowedRooms(bus, maxBytes, time);
    }

    /// <summary>Rooms that are followed.</summary>
    public int Rooms => _rooms.Count;

    /// <summary>
    /// Follows the user's rooms from now on, and returns what they have not read now: later changes are told. Ended by <see
    /// cref="Unfollow"/>.
    /// </summary>
    public async Task<IReadOnlyList<UserEvent>> FollowAsync(UserId user, CancellationToken ct)
    {
        var following = _users.GetOrAdd(user, _ => new FollowingUser());
        while (!following.TryUse()) following = _users.GetOrAdd(user, _ => new FollowingUser());
        try
        {
            var all = await _reader.OfUser(user, ct).ConfigureAwait(false);
            List<UserEvent> events = [];
            foreach (var unread in all)
            {
                if (!Set(following, unread, isTold: true)) _stale[(user, unread.Room)] = true;
                if (unread.Count == 0) continue;
                events.Add(EventOf(unread.Room, new UnreadCount((int)unread.Count, (int)unread.Mentions, unread.Head.Seq)));
            }

            following.HasSnapshot = true;
            return events;
        }
        catch
        {
            Unfollow(user);
            throw;
        }
    }

    public void Unfollow(UserId user)
    {
        if (!_users.TryGetValue(user, out var following) || following.Release() is not { } rooms) return;
        foreach (var room in rooms) _rooms.Remove(user, new RoomId(room));
        _users.TryRemove(KeyValuePair.Create(user, following));     // last: who comes meanwhile waits for it
    }

    /// <summary>Asks the store what the user has not read in the room: their position has moved, or they came or went.</summary>
    public void Refresh(UserId user, RoomId room)
    {
        if (_users.ContainsKey(user)) _stale[(user, room)] = true;
    }

    /// <summary>Asks the store what these users have not read: news of their positions may have been missed.</summary>
    public void Refresh(Predicate<UserId> which)
    {
        foreach (var (user, following) in _users)
        {
            if (!which(user)) continue;
            foreach (var room in following.Rooms()) _stale[(user, new RoomId(room))] = true;
        }
    }

    public void Dispose() => _rooms.Dispose();

    /// <summary>Notes that this node has committed entries of a room.</summary>
    internal void Committed(RoomId room, IReadOnlyList<Entry> entries) => _rooms.Committed(room, entries);

    /// <summary>Tells people until cancelled.</summary>
    internal async Task RunAsync(TimeProvider time, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Tick, time);
        var looked = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
            {
                if (_reader.Heads is not null && time.GetElapsedTime(looked) >= (_bus.IsConnected ? LookEvery : LookAlone))
                {
                    looked = time.GetTimestamp();
                    await TryLookAsync(ct).ConfigureAwait(false);
                }

                await RunOnceAsync(ct).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the node stops
        }
    }

    /// <summary>Notes what a batch of entries did, here or on another node.</summary>
    internal void Mark(RoomMark mark) => _rooms.Mark(mark);

    /// <summary>Compares the heads of all followed rooms with the store: marks may be lost on their way.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        if (_reader.Heads is not { } heads) return;
        foreach (var some in _rooms.Ids.Chunk(Batch))
        {
            foreach (var (id, head) in await heads(some, ct).ConfigureAwait(false)) _rooms.Look(id, head);
        }
    }

    /// <summary>One round: asks the store what has to be asked, and tells people what has changed.</summary>
    internal async Task RunOnceAsync(CancellationToken ct)
    {
        var dirty = _rooms.TakeDirty();
        List<(UserId User, RoomId Room)> stale = [];
        foreach (var room in dirty) room.TakeStale(stale);
        foreach (var pair in _stale.Keys)
        {
            if (_stale.TryRemove(pair, out _)) stale.Add(pair);
        }

        try
        {
            foreach (var some in stale.Distinct().Chunk(Batch)) await RefreshAsync(some, dirty, ct).ConfigureAwait(false);
            foreach (var some in dirty.Chunk(NewsBatch)) await TellMentionsAsync(some, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _diagnostics.ReadFailed(e);
            foreach (var pair in stale) _stale[pair] = true;
            // What could not be asked is told later, and so is the rest.
            foreach (var room in dirty) _rooms.Keep(room);
            return;
        }

        foreach (var room in dirty) Tell(room);
    }

    private async Task TryLookAsync(CancellationToken ct)
    {
        try
        {
            await LookAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _diagnostics.ReadFailed(e);
        }
    }

    private static UserEvent EventOf(RoomId room, UnreadCount count, string? key = null) =>
        new(EventJson.Unread(room, count.Messages, count.Mentions, count.Seq), key ?? $"unread:{room}");

    /// <summary>Tells people who mentioned them: the messages are read from the store, for all rooms in one statement.</summary>
    private async Task TellMentionsAsync(FollowedRoom[] rooms, CancellationToken ct)
    {
        Dictionary<RoomId, (FollowedRoom Room, (long After, long Last) Taken)> asked = [];
        foreach (var room in rooms)
        {
            if (room.TakeNews() is { } taken) asked[room.Id] = (room, taken);
        }

        if (asked.Count == 0) return;
        try
        {
            var ranges = asked.Values.Select(x => (x.Room.Id, x.Taken.After, x.Taken.Last)).ToList();
            var found = (await _reader.Mentions(ranges, ct).ConfigureAwait(false)).ToLookup(x => x.Room);
            foreach (var (room, taken) in asked.Values)
            {
                foreach (var (news, users) in room.Tell(taken, found[room.Id]))
                    _tell(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(users), new UserEvent(news.Json));
            }
        }
        catch
        {
            foreach (var (room, _) in asked.Values) room.KeepNews();
            throw;
        }
    }

    private async Task RefreshAsync((UserId User, RoomId Room)[] pairs, HashSet<FollowedRoom> dirty, CancellationToken ct)
    {
        var found = await _reader.OfMembers(pairs, ct).ConfigureAwait(false);
        foreach (var unread in found)
        {
            if (!_users.TryGetValue(unread.User, out var following)) continue;
            if (!following.HasSnapshot)
            {
                // What the snapshot tells must not be told as news before it.
                _stale[(unread.User, unread.Room)] = true;
                continue;
            }

            if (!Set(following, unread, isTold: false)) _stale[(unread.User, unread.Room)] = true;
            if (_rooms.Find(unread.Room) is { } room) dirty.Add(room);
        }

        foreach (var (user, room) in pairs.Except(found.Select(x => (x.User, x.Room))))
        {
            if (_users.TryGetValue(user, out var following)) following.Remove(room);
            _rooms.Remove(user, room);
        }
    }

    private void Tell(FollowedRoom room)
    {
        Dictionary<UnreadCount, List<UserId>> changed = [];
        if (room.Collect(changed)) _rooms.Keep(room);
        foreach (var (count, users) in changed)
            _tell(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(users), EventOf(room.Id, count, room.Key));
    }

    /// <summary>Sets what a follower has not read; false: the store must be asked once more.</summary>
    private bool Set(FollowingUser following, in Unread unread, bool isTold)
    {
        if (!following.Add(unread.Room)) return true;      // gone meanwhile
        var isAll = _rooms.Set(unread, isTold);
        // They went meanwhile, and with them their other rooms.
        if (following.IsOver && !_users.ContainsKey(unread.User)) _rooms.Remove(unread.User, unread.Room);
        return isAll;
    }
}
