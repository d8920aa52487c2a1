using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.People;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Engine.Tests.People;

public sealed class UnreadFeedTests
{
    [Fact]
    public void Whatever_happens_people_are_told_what_a_recount_finds() => Prop.ForAll(
        (byte[] acts) => Task.Run(() => RunAsync(acts)).GetAwaiter().GetResult())
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(80));

    private static async Task RunAsync(byte[] acts)
    {
        using var world = new World();
        for (var i = 0; i + 1 < acts.Length; i += 2) await world.ActAsync(acts[i], acts[i + 1]);
        await world.SettleAsync();
        world.Told().ShouldBe(world.Recount());
        world.MentionsShouldBeTold();
    }

    /// <summary>Three people in two rooms, and what the store has of them. Marks come, are lost, or come late.</summary>
    private sealed class World : IDisposable
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
        private readonly HashSet<UserId> _following = [];
        private readonly Dictionary<(UserId User, RoomId Room), string> _told = [];
        private readonly List<RoomMark> _late = [];
        private readonly UnreadFeed _feed;
        private Func<Task>? _meanwhile;

        public World() => _feed = new UnreadFeed(
            new UnreadReader(
                (user, _) => ReadAsync(_logs.Keys.Select(room => Count(user, room))),
                (pairs, _) => ReadAsync(pairs.Select(x => Count(x.User, x.Room))),
                (ranges, _) => Task.FromResult<IReadOnlyList<MentionNews>>([.. ranges.SelectMany(News)]))
            {
                Heads = (rooms, _) => new(rooms.ToDictionary(x => x, HeadOf)),
            },
            new LocalBus(), 1 << 20, Hear, new EngineLog(NullLogger.Instance), TimeProvider.System);

        public void Dispose() => _feed.Dispose();

        public async Task ActAsync(byte act, byte how)
        {
            var (room, user) = (new RoomId(1 + (how & 1)), new UserId(1 + (how >> 1) % 3));
            switch (act % 9)
            {
                case 0 or 1 or 2:
                    Commit(room, (how >> 3) % 4 + 1, user, (how >> 5) % 6, act >> 4);
                    break;
                case 3:
                    Delete(room, act >> 4);
                    break;
                case 4:
                    PositionsOf(user, room).Add((how >> 3) % (_logs[room].Count + 1));
                    _feed.Refresh(user, room);
                    break;
                case 5 when !_following.Add(user):
                    _following.Remove(user);
                    _feed.Unfollow(user);
                    foreach (var pair in _told.Keys.Where(x => x.User == user)) _told.Remove(pair);
                    _toTell.RemoveWhere(x => x.Item1 == user);      // who leaves need not be told any more
                    break;
                case 5:
                    // Much may happen between what the store says and what is made of it.
                    if ((act & 16) > 0) _meanwhile = () => CommitAndTellAsync(room, user);
                    foreach (var e in await _feed.FollowAsync(user, default)) Hear([user], e);
                    break;
                case 6:
                    Edit(room, (how >> 3) % 5, act >> 4);
                    break;
                case 7:
                    foreach (var mark in _late) _feed.Mark(mark);
                    _late.Clear();
                    break;
                default:
                    if ((act & 16) > 0) _meanwhile = () => CommitAsync(room, user);
                    await _feed.RunOnceAsync(default);
                    _meanwhile = null;
                    break;
            }
        }

        private async Task<IReadOnlyList<Unread>> ReadAsync(IEnumerable<Unread> counts)
        {
            var all = counts.ToList();
            var meanwhile = _meanwhile;
            _meanwhile = null;
            if (meanwhile is not null) await meanwhile();
            return all;
        }

        private Task CommitAsync(RoomId room, UserId sender)
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
            await _feed.RunOnceAsync(default);
            await _feed.RunOnceAsync(default);
        }

        public IReadOnlyList<string> Told() =>
        [
            .. from user in _following.OrderBy(x => x.Value)
               from room in _logs.Keys
               select $"{user} {room}: {_told.GetValueOrDefault((user, room), "0 0")}",
        ];

        public IReadOnlyList<string> Recount() =>
        [
            .. from user in _following.OrderBy(x => x.Value)
               from room in _logs.Keys
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

        private Entry Change(RoomId room, EntryKind kind, IReadOnlyList<UserId>? mentioned = null) =>
            new(room, _logs[room].Count, kind, []) { Number = HeadOf(room).Messages, Mentioned = mentioned };

        private IReadOnlyList<UserId>? AddMention(RoomId room, long seq, int who)
        {
            var sender = _logs[room][(int)seq - 1].Sender;
            if (who > 3) return null;
            if (sender == new UserId(who)) return [];
            var mention = new Mention(room, seq, _logs[room].Count, sender, new UserId(who));
            _mentions.Add(mention);
            foreach (var user in _following.Where(mention.Means)) _toTell.Add((user, room, mention.Entry));
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
            if (way % 4 == 1) _late.Add(mark);
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
            return new Unread(user, room, HeadOf(room), 0, CountAt(user, room, position, _logs[room].Count), mentions);
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
}
