using Maru.Engine.Log;

namespace Maru.Engine.People;

/// <summary>
/// A room of which users who are here are members: how far its log goes, and what each of them has not read. A message costs it one mark,
/// however many they are. Any thread.
/// </summary>
internal sealed class FollowedRoom(RoomId id)
{
    private const int Many = 64;            // followers that are not searched one by one
    private const int MostOwn = 1000;       // own messages that wait; beyond, the store is asked

    private readonly Lock _gate = new();
    private readonly List<(UserId Sender, long Seq)> _own = [];     // since the last collection
    private Follower[] _followers = [];
    private int _count;
    private Dictionary<UserId, int>? _places;       // of many followers
    private RoomHead _head;         // the newest that is known
    private long _covered;          // up to here no mark was missed
    private bool _isStale;          // for all followers
    private bool _isDirty;          // in the feed's list
    private bool _isOver;           // nobody follows it any more

    public RoomId Id => id;

    /// <summary>Names the state that its events tell.</summary>
    public string Key { get; } = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"unread:{id.Value}");

    /// <summary>Notes a batch; returns whether the room must now be collected.</summary>
    public bool Mark(RoomMark mark)
    {
        lock (_gate)
        {
            if (mark.Head.Seq <= _covered) return false;
            // An entry between was missed, or its mark comes later: then it is covered already.
            _isStale |= mark.IsOdd || mark.From != _covered + 1 || _own.Count + mark.Own.Count > MostOwn;
            if (!_isStale) _own.AddRange(mark.Own);
            _covered = mark.Head.Seq;
            Know(mark.Head);
            return BecomesDirty();
        }
    }

    /// <summary>Notes a head that the store has; returns whether the room must now be collected.</summary>
    public bool Look(RoomHead head)
    {
        lock (_gate)
        {
            if (head.Seq <= _covered) return false;
            _isStale = true;
            _covered = head.Seq;
            Know(head);
            return BecomesDirty();
        }
    }

    /// <summary>Marks may have been missed; returns whether the room must now be collected.</summary>
    public bool Doubt()
    {
        lock (_gate)
        {
            _isStale = true;
            return BecomesDirty();
        }
    }

    /// <summary>
    /// Sets what a member has not read, as the store has it. False: the room is out of use, and another one takes its place.
    /// </summary>
    /// <param name="unread">what they have not read</param>
    /// <param name="isTold">true: somebody who follows only from now on is told of it by the caller</param>
    /// <param name="isAll">false: marks may have been missed, and the store must be asked once more</param>
    public bool TrySet(in Unread unread, bool isTold, out bool isAll)
    {
        lock (_gate)
        {
            isAll = _count > 0 && _covered == unread.Head.Seq;
            if (_isOver) return false;
            if (_count == 0) _covered = unread.Head.Seq;
            ref var follower = ref FindOrAdd(unread.User);
            (follower.Base, follower.AsOf) = (unread.Head.Messages - unread.Count, unread.Head.Seq);
            // A room that is new to somebody has nothing unread, unless they are told otherwise.
            if (follower.ToldSeq < 0) (follower.Told, follower.ToldSeq) = (isTold ? unread.Count : 0, unread.Head.Seq);
            Know(unread.Head);
            return true;
        }
    }

    /// <summary>Removes a member, or a user who follows no more. True: it was the last one, and the room is out of use.</summary>
    public bool Remove(UserId user)
    {
        lock (_gate)
        {
            var at = IndexOf(user);
            if (at < 0) return _isOver;
            _followers[at] = _followers[--_count];
            _followers[_count] = default;
            _places?.Remove(user);
            if (at < _count && _places is not null) _places[_followers[at].User] = at;
            return _isOver = _count == 0;
        }
    }

    /// <summary>Returns the followers of whom only the store can tell; afterwards they count as asked.</summary>
    public void TakeStale(ICollection<(UserId, RoomId)> into)
    {
        lock (_gate)
        {
            if (!_isStale) return;
            _isStale = false;
            for (var i = 0; i < _count; i++) into.Add((_followers[i].User, id));
        }
    }

    /// <summary>Adds those whose counts have changed since they were told, with what they are.</summary>
    public void Collect(Dictionary<(long Count, long Seq), List<UserId>> into)
    {
        lock (_gate)
        {
            _isDirty = false;
            var own = _own.Count == 0 ? null : _own.ToLookup(x => x.Sender, x => x.Seq);
            _own.Clear();
            for (var i = 0; i < _count; i++)
            {
                ref var follower = ref _followers[i];
                if (own is not null)
                {
                    foreach (var seq in own[follower.User])
                    {
                        if (seq > follower.AsOf) follower.Base++;
                    }
                }

                var count = _head.Messages - follower.Base;
                if (count == follower.Told && _head.Seq == follower.ToldSeq) continue;
                (follower.Told, follower.ToldSeq) = (count, _head.Seq);
                if (!into.TryGetValue((count, _head.Seq), out var users)) into.Add((count, _head.Seq), users = []);
                users.Add(follower.User);
            }
        }
    }

    private void Know(RoomHead head)
    {
        // Both only grow, and a mark of changes alone knows no messages.
        _head = new RoomHead(Math.Max(head.Seq, _head.Seq), Math.Max(head.Messages, _head.Messages));
    }

    private bool BecomesDirty()
    {
        var before = _isDirty;
        _isDirty = true;
        return !before;
    }

    private int IndexOf(UserId user)
    {
        if (_places is not null) return _places.GetValueOrDefault(user, -1);
        for (var i = 0; i < _count; i++)
        {
            if (_followers[i].User == user) return i;
        }

        return -1;
    }

    private ref Follower FindOrAdd(UserId user)
    {
        var at = IndexOf(user);
        if (at >= 0) return ref _followers[at];
        if (_count == _followers.Length) Array.Resize(ref _followers, Math.Max(2, 2 * _count));
        _followers[_count] = new Follower { User = user, ToldSeq = -1 };
        if (_count == Many) _places = Enumerable.Range(0, _count).ToDictionary(i => _followers[i].User);
        _places?.Add(user, _count);
        return ref _followers[_count++];
    }

    private struct Follower
    {
        public UserId User;
        public long Base;       // messages that are not unread: the others are
        public long AsOf;       // own messages up to here are in it
        public long Told;
        public long ToldSeq;
    }
}
