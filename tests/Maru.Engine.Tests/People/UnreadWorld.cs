using System.Text;
using System.Text.Json;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.People;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Engine.Tests.People;

/// <summary>
/// Three people in two rooms, who come and go, and what the store has of them. Marks come; from other nodes they are lost, or come late.
/// </summary>
internal sealed class UnreadWorld : IDisposable
{
    private readonly Dictionary<RoomId, List<(UserId Sender, bool IsMessage)>> _logs = new()
    {
        [new RoomId(1)] = [],
        [new RoomId(2)] = [],
    };

    private readonly Dictionary<(RoomId, long), long> _deleted = [];        // messages, with the entry of the deletion
    private readonly List<Mention> _mentions = [];
    private readonly HashSet<(UserId, RoomId, long)> _toTell = [];      // user, room and entry; and so the next
    private readonly List<(UserId User, RoomId Room, long Entry)> _heard = [];
    private readonly Dictionary<(UserId, RoomId), List<long>> _read = [];   // positions, in the order in which they came
    private readonly Dictionary<(UserId, RoomId), long> _joined = [];   // members: the seq behind which they are
    private readonly HashSet<UserId> _following = [];
    private readonly Dictionary<(UserId User, RoomId Room), string> _told = [];
    private readonly List<RoomMark> _late = [];
    private readonly UnreadFeed _feed;
    private readonly bool _isAlone;
    public UnreadWorld(bool isAlone)
    {
        _isAlone = isAlone;
        foreach (var room in _logs.Keys)
        {
            for (var user = 1; user <= 3; user++) _joined.Add((new UserId(user), room), 0);
        }

        _feed = new UnreadFeed(
            new UnreadReader(
                (user, _) => ReadAsync([.. _logs.Keys.Select(room => (user, room))]),
                (pairs, _) => ReadAsync(pairs),
                (ranges, _) => Task.FromResult<IReadOnlyList<MentionNews>>([.. ranges.SelectMany(News)]))
            {
                Heads = isAlone ? null : (rooms, _) => new(rooms.ToDictionary(x => x, HeadOf)),
            },
            new LocalBus(), 1 << 20, Hear, new EngineLog(NullLogger.Instance), TimeProvider.System);
    }

    /// <summary>Happens between what the store says next and what is made of it.</summary>
    public Func<Task>? Meanwhile { get; set; }

    /// <summary>Of whom the store was asked.</summary>
    public List<(UserId User, RoomId Room)> Asked { get; } = [];

    public void Dispose() => _feed.Dispose();

    public async Task ActAsync(byte act, byte how)
    {
        var (room, user) = (new RoomId(1 + (how & 1)), new UserId(1 + (how >> 1) % 3));
        var somebody = (act & 32) > 0 ? user : new UserId(1 + (user.Value % 3));
        switch (act % 10)
        {
            case 0 or 1 or 2:
                Commit(room, (how >> 3) % 4 + 1, user, (how >> 5) % 6, act >> 4);
                break;
            case 3:
                Delete(room, act >> 4);
                break;
            case 4:
                PositionsOf(user, room).Add(Math.Max((how >> 3) % (_logs[room].Count + 1), _joined.GetValueOrDefault((user, room))));
                _feed.Refresh(user, room);
                break;
            case 5 when _following.Contains(user):
                _following.Remove(user);
                _feed.Unfollow(user);
                foreach (var pair in _told.Keys.Where(x => x.User == user)) _told.Remove(pair);
                _toTell.RemoveWhere(x => x.Item1 == user);      // who leaves need not be told any more
                break;
            case 5:
                // Much may happen between what the store says and what is made of it.
                if ((act & 16) > 0) Meanwhile = () => CommitAndTellAsync(room, somebody);
                await FollowAsync(user);
                break;
            case 6:
                Edit(room, (how >> 3) % 5, act >> 4);
                break;
            case 7:
                foreach (var mark in _late) _feed.Mark(mark);
                _late.Clear();
                break;
            case 8:
                if (_joined.ContainsKey((user, room))) Leave(user, room, act >> 4);
                else Join(user, room, act >> 4);
                break;
            default:
                if ((act & 16) > 0) Meanwhile = () => CommitAsync(room, somebody);
                await _feed.RunOnceAsync(default);
                Meanwhile = null;
                break;
        }
    }

    public async Task FollowAsync(UserId user)
    {
        _following.Add(user);
        foreach (var e in await _feed.FollowAsync(user, default)) Hear([user], e);
    }

    public async Task RunAsync(int rounds)
    {
        for (var i = 0; i < rounds; i++) await _feed.RunOnceAsync(default);
    }

    private async Task<IReadOnlyList<Unread>> ReadAsync(IReadOnlyCollection<(UserId User, RoomId Room)> pairs)
    {
        Asked.AddRange(pairs);
        var all = pairs.Where(_joined.ContainsKey).Select(x => Count(x.User, x.Room)).ToList();
        var meanwhile = Meanwhile;
        Meanwhile = null;
        if (meanwhile is not null) await meanwhile();
        return all;
    }

    public Task CommitAsync(RoomId room, UserId sender)
    {
        Commit(room, 2, sender, who: 5, way: 0);
        return Task.CompletedTask;
    }

    private Task CommitAndTellAsync(RoomId room, UserId sender)
    {
        Commit(room, 2, sender, who: 5, way: 0);
        return _feed.RunOnceAsync(default);
    }

    public async Task SettleAsync()
    {
        await _feed.LookAsync(default);
        await RunAsync(rounds: 2);
        // What was told of a room before they left it is forgotten: only what comes from now on counts.
        foreach (var pair in _told.Keys.Where(x => !_joined.ContainsKey(x))) _told.Remove(pair);
    }

    /// <summary>A message comes to each room: who has left hears nothing of it.</summary>
    public async Task SayAsync()
    {
        foreach (var (member, room) in _joined.Keys.DistinctBy(x => x.Item2)) Commit(room, 1, member, who: 5, way: 0);
        await _feed.RunOnceAsync(default);
    }

    public IReadOnlyList<string> Told() =>
    [
        .. from user in _following.OrderBy(x => x.Value)
           from room in _logs.Keys
           where _joined.ContainsKey((user, room)) || _told.ContainsKey((user, room))
           select $"{user} {room}: {_told.GetValueOrDefault((user, room), "0 0")}",
    ];

    public IReadOnlyList<string> Recount() =>
    [
        .. from user in _following.OrderBy(x => x.Value)
           from room in _logs.Keys
           where _joined.ContainsKey((user, room))
           let count = Count(user, room)
           select $"{user} {room}: {count.Count} {count.Mentions}",
    ];

    /// <summary>Everybody who was here heard of each mention, and once.</summary>
    public void MentionsShouldBeTold()
    {
        _heard.ShouldBeUnique();
        _toTell.Except(_heard).ShouldBeEmpty();
    }

    /// <param name="room">the room</param>
    /// <param name="count">how many messages</param>
    /// <param name="sender">of all of them</param>
    /// <param name="who">whom they mention: a user, 4 and 5: nobody, or 0: all</param>
    /// <param name="way">of the mark</param>
    private void Commit(RoomId room, int count, UserId sender, int who, int way)
    {
        if (!_joined.ContainsKey((sender, room))) return;
        List<Entry> entries = [];
        for (var i = 0; i < count; i++)
        {
            _logs[room].Add((sender, true));
            entries.Add(new Entry(room, _logs[room].Count, EntryKind.MessageCreated, [])
            {
                Number = HeadOf(room).Messages,
                Sender = sender,
                Mentioned = AddMention(room, _logs[room].Count, who),
            });
        }

        Send(RoomMark.Of(room, entries), way);
    }

    public void Join(UserId user, RoomId room, int way)
    {
        _logs[room].Add((default, false));
        _joined.Add((user, room), _logs[room].Count);
        PositionsOf(user, room).Add(_logs[room].Count);
        Send(RoomMark.Of(room, [Change(room, EntryKind.MemberJoined, member: user)]), way);
        _feed.Refresh(user, room);
    }

    /// <summary>A node that is killed tells of it by the mark alone, or not at all.</summary>
    public void Leave(UserId user, RoomId room, int way)
    {
        _logs[room].Add((default, false));
        _joined.Remove((user, room));
        _told.Remove((user, room));
        _toTell.RemoveWhere(x => x.Item1 == user && x.Item2 == room);
        Send(RoomMark.Of(room, [Change(room, EntryKind.MemberLeft, member: user)]), way);
        if ((way & 8) > 0) _feed.Refresh(user, room);
    }

    private void Delete(RoomId room, int way)
    {
        var messages = _logs[room].Select((x, i) => (x.IsMessage, Seq: i + 1L)).Where(x => x.IsMessage).ToList();
        if (messages.Count == 0 || !_deleted.TryAdd((room, messages[way % messages.Count].Seq), _logs[room].Count + 1)) return;
        foreach (var gone in _mentions.Where(x => x.Room == room && x.Seq == messages[way % messages.Count].Seq).ToList()) Forget(gone);
        _logs[room].Add((default, false));
        Send(RoomMark.Of(room, [Change(room, EntryKind.MessageDeleted)]), way);
    }

    /// <summary>A message mentions somebody else from now on.</summary>
    private void Edit(RoomId room, int who, int way)
    {
        var messages = _logs[room].Select((x, i) => (x.IsMessage, Seq: i + 1L)).Where(x => x.IsMessage).ToList();
        if (messages.Count == 0) return;
        var seq = messages[way % messages.Count].Seq;
        foreach (var gone in _mentions.Where(x => x.Room == room && x.Seq == seq).ToList()) Forget(gone);
        _logs[room].Add((default, false));
        var mentioned = AddMention(room, seq, _deleted.ContainsKey((room, seq)) ? 4 : who) ?? [];
        Send(RoomMark.Of(room, [Change(room, EntryKind.MessageEdited, mentioned)]), way);
    }

    private Entry Change(RoomId room, EntryKind kind, IReadOnlyList<UserId>? mentioned = null, UserId? member = null) =>
        new(room, _logs[room].Count, kind, []) { Number = HeadOf(room).Messages, Mentioned = mentioned, Member = member };

    private IReadOnlyList<UserId>? AddMention(RoomId room, long seq, int who)
    {
        var sender = _logs[room][(int)seq - 1].Sender;
        if (who > 3 || (who > 0 && !_joined.ContainsKey((new UserId(who), room)))) return null;
        if (sender == new UserId(who)) return [];
        var mention = new Mention(room, seq, _logs[room].Count, sender, new UserId(who));
        _mentions.Add(mention);
        foreach (var user in _following.Where(mention.Means))
        {
            if (_joined.TryGetValue((user, room), out var joined) && seq > joined) _toTell.Add((user, room, mention.Entry));
        }

        return [mention.User];
    }

    private void Forget(Mention gone)
    {
        _mentions.Remove(gone);
        _toTell.RemoveWhere(x => x.Item2 == gone.Room && x.Item3 == gone.Entry);
    }

    private IEnumerable<MentionNews> News((RoomId Room, long After, long Last) range) =>
        from x in _mentions
        where x.Room == range.Room && x.Entry > range.After && x.Entry <= range.Last
        select new MentionNews(x.Room, x.Seq, x.Entry, x.Sender, [x.User], Encoding.UTF8.GetBytes(
            $$"""{"type":"mention","roomId":{{x.Room}},"entry":{{x.Entry}}}"""));

    private void Send(RoomMark mark, int way)
    {
        if (_isAlone) _feed.Mark(mark);
        else if (way % 4 == 1) _late.Add(mark);
        else if (way % 4 != 2) _feed.Mark(mark);
    }

    private RoomHead HeadOf(RoomId room) => new(_logs[room].Count, _logs[room].Count(x => x.IsMessage));

    private List<long> PositionsOf(UserId user, RoomId room)
    {
        if (!_read.TryGetValue((user, room), out var positions)) _read.Add((user, room), positions = [0]);
        return positions;
    }

    private Unread Count(UserId user, RoomId room)
    {
        var position = PositionsOf(user, room)[^1];
        var mentions = _mentions.Count(x => x.Room == room && x.Means(user) && x.Seq > position);
        var count = CountAt(user, room, position, _logs[room].Count);
        return new Unread(user, room, HeadOf(room), _joined.GetValueOrDefault((user, room)), count, mentions);
    }

    /// <summary>Returns what the user had not read when the room's log went so far, at that position.</summary>
    private int CountAt(UserId user, RoomId room, long position, long last) => _logs[room].Take((int)last).Where((x, i) =>
        x.IsMessage && x.Sender != user && i + 1 > position && !(_deleted.GetValueOrDefault((room, i + 1), last + 1) <= last)).Count();

    private void Hear(ReadOnlySpan<UserId> users, UserEvent e)
    {
        var json = JsonDocument.Parse(e.Json).RootElement;
        var room = new RoomId(json.GetProperty("roomId").GetInt64());
        foreach (var user in users)
        {
            if (json.GetProperty("type").GetString() == "mention") _heard.Add((user, room, json.GetProperty("entry").GetInt64()));
            else Hear(user, room, json.GetProperty("unread").GetInt32(), json.GetProperty("mentions").GetInt32(), json);
        }
    }

    /// <summary>What is told may be late, but was once so: at a position that the user has had.</summary>
    private void Hear(UserId user, RoomId room, int unread, int mentions, JsonElement json)
    {
        _told[(user, room)] = $"{unread} {mentions}";
        var last = json.GetProperty("lastSeq").GetInt64();
        PositionsOf(user, room).Select(x => CountAt(user, room, x, last)).ShouldContain(unread);
    }

    private sealed record Mention(RoomId Room, long Seq, long Entry, UserId Sender, UserId User)
    {
        public bool Means(UserId user) => user != Sender && (User == user || User == Mentions.All);
    }
}
