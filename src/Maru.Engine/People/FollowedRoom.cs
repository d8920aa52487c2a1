using Maru.Engine.Log;

namespace Maru.Engine.People;

/// <summary>
/// A room of which users who are here are members: how far its log goes, and what each of them has not read. A message costs it one mark,
/// however many they are. Any thread.
/// </summary>
internal sealed class FollowedRoom(RoomId id)
{
    private const int MostWaiting = 1000;   // own messages, mentions and members who left; beyond, the store is asked

    private readonly Lock _gate = new();
    private readonly List<(UserId Sender, long Seq)> _own = [];     // since the last collection, and so the next
    private readonly List<MentionMark> _mentions = [];
    private readonly List<UserId> _left = [];
    private readonly Followers _followers = new();
    private RoomHead _head;         // up to here marks have come, or were found to be missing
    private bool _isStale;          // for all followers: marks are missing
    private long _news;             // mentions that entries up to here made are told
    private bool _hasNews;          // later entries may have made some
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
            if (mark.Head.Seq <= _head.Seq) return false;
            // An entry between was missed, or its mark comes later: then it is covered already.
            var isGap = mark.From != _head.Seq + 1;
            _hasNews |= isGap || (mark.Mentions?.Exists(x => x.User == Mentions.All || _followers.IndexOf(x.User) >= 0) ?? false);
            _isStale |= isGap || mark.IsOdd || _own.Count + _mentions.Count + _left.Count + mark.Count > MostWaiting;
            if (!_isStale) _own.AddRange(mark.Own);
            if (!_isStale && mark.Mentions is { } mentions) _mentions.AddRange(mentions);
            if (!_isStale && mark.Left is { } left) _left.AddRange(left);
            _head = mark.Head;
            return BecomesDirty();
        }
    }

    /// <summary>Notes a head that the store has; returns whether the room must now be collected.</summary>
    public bool Look(RoomHead head)
    {
        lock (_gate)
        {
            if (head.Seq <= _head.Seq) return false;
            _isStale = _hasNews = true;
            _head = head;
            return BecomesDirty();
        }
    }

    /// <summary>Marks may have been missed; returns whether the room must now be collected.</summary>
    public bool Doubt()
    {
        lock (_gate)
        {
            _isStale = _hasNews = true;
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
            isAll = _followers.Count > 0;
            if (_isOver) return false;
            if (_followers.Count == 0) (_head, _news) = (unread.Head, unread.Head.Seq);
            ref var follower = ref _followers.FindOrAdd(unread.User);
            if (isTold && follower.ToldSeq >= 0)
            {
                // A snapshot may be older than what is known of somebody who follows already.
                isAll = false;
                return true;
            }

            (follower.Joined, follower.AsOf) = (unread.Joined, unread.Head);
            (follower.Unread, follower.Mentions) = ((int)unread.Count, (int)unread.Mentions);
            if (follower.ToldSeq < 0) Begin(ref follower, unread, isTold);
            if (!isTold || unread.Head.Seq >= _head.Seq) return true;
            // Of the marks since then some are collected already.
            follower.Forget();
            isAll = false;
            return true;
        }
    }

    /// <summary>Removes a member, or a user who follows no more. True: it was the last one, and the room is out of use.</summary>
    public bool Remove(UserId user)
    {
        lock (_gate)
        {
            if (!_followers.Remove(user)) return _isOver;
            return _isOver = _followers.Count == 0;
        }
    }

    /// <summary>Returns the followers of whom only the store can tell; afterwards they count as asked.</summary>
    public void TakeStale(ICollection<(UserId, RoomId)> into)
    {
        lock (_gate)
        {
            if (_isStale)
            {
                foreach (ref var follower in _followers.All) Forget(ref follower);
            }
            else
            {
                foreach (var user in _left)
                {
                    if (_followers.IndexOf(user) is >= 0 and var at) Forget(ref _followers.All[at]);
                }
            }

            _isStale = false;
            _left.Clear();
        }

        void Forget(ref Follower follower)
        {
            follower.Forget();
            into.Add((follower.User, id));
        }
    }

    /// <summary>
    /// Returns between which entries mentions may have been made that are not told; null: none. <see cref="Tell"/> or <see
    /// cref="KeepNews"/> follows.
    /// </summary>
    public (long After, long Last)? TakeNews()
    {
        lock (_gate)
        {
            if (!_hasNews || _news >= _head.Seq) return null;
            _hasNews = false;
            return (_news, _head.Seq);
        }
    }

    /// <summary>What was taken could not be read.</summary>
    public void KeepNews()
    {
        lock (_gate) _hasNews = true;
    }

    /// <summary>Returns the followers who are to be told of each mention that was found; afterwards they count as told.</summary>
    public List<(MentionNews News, List<UserId> Users)> Tell((long After, long Last) taken, IEnumerable<MentionNews> found)
    {
        List<(MentionNews, List<UserId>)> told = [];
        lock (_gate)
        {
            // Somebody who came meanwhile has to be told of earlier ones too: all of it is read once more.
            if (_news != taken.After)
            {
                _hasNews = true;
                return told;
            }

            foreach (var news in found)
            {
                List<UserId> users = [];
                foreach (ref readonly var follower in _followers.All)
                {
                    if (follower.WantsToKnow(news)) users.Add(follower.User);
                }

                if (users.Count > 0) told.Add((news, users));
            }

            _news = taken.Last;
            foreach (ref var follower in _followers.All) follower.News = Math.Max(follower.News, taken.Last);
        }

        return told;
    }

    /// <summary>
    /// Adds those whose counts have changed since they were told, with what they are. True: something came meanwhile that has to be asked
    /// of the store, and the room must be collected once more.
    /// </summary>
    public bool Collect(Dictionary<UnreadCount, List<UserId>> into)
    {
        lock (_gate)
        {
            if (_isStale || _left.Count > 0) return _isDirty = true;    // since it was asked: what it changes is not known yet
            _isDirty = _hasNews && _news < _head.Seq;
            if (!_hasNews) _news = Math.Max(_news, _head.Seq);
            CountOwn();
            CountMentions();
            foreach (ref var follower in _followers.All)
            {
                if (!follower.IsKnown) continue;
                var count = follower.Count(_head);
                if (count == new UnreadCount(follower.Told, follower.ToldMentions, follower.ToldSeq)) continue;
                (follower.Told, follower.ToldMentions, follower.ToldSeq) = count;
                if (!into.TryGetValue(count, out var users)) into.Add(count, users = []);
                users.Add(follower.User);
            }

            return _isDirty;
        }
    }

    /// <summary>Begins to tell a new follower.</summary>
    private void Begin(ref Follower follower, in Unread unread, bool isTold)
    {
        // A room that is new to somebody has nothing unread, unless they are told otherwise.
        follower.ToldSeq = unread.Head.Seq;
        (follower.Told, follower.ToldMentions) = isTold ? ((int)unread.Count, (int)unread.Mentions) : (0, 0);
        follower.News = isTold ? unread.Head.Seq : unread.Joined;
        if (follower.News >= _news && follower.News == unread.Head.Seq) return;
        // Entries that the others know of, or that came since they joined.
        (_news, _hasNews) = (Math.Min(_news, follower.News), true);
    }

    private void CountOwn()
    {
        if (_own.Count == 0) return;
        var own = _own.ToLookup(x => x.Sender, x => x.Seq);
        _own.Clear();
        foreach (ref var follower in _followers.All)
        {
            foreach (var seq in own[follower.User])
            {
                if (seq > follower.AsOf.Seq) follower.Unread--;
            }
        }
    }

    private void CountMentions()
    {
        foreach (var mention in _mentions)
        {
            if (mention.User == Mentions.All)
            {
                foreach (ref var follower in _followers.All) Count(ref follower, mention);
            }
            else if (_followers.IndexOf(mention.User) is >= 0 and var at)
            {
                Count(ref _followers.All[at], mention);
            }
        }

        _mentions.Clear();

        static void Count(ref Follower follower, in MentionMark mention)
        {
            if (mention.Seq > follower.AsOf.Seq && mention.Sender != follower.User) follower.Mentions++;
        }
    }

    private bool BecomesDirty()
    {
        var before = _isDirty;
        _isDirty = true;
        return !before;
    }
}
