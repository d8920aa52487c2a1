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
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(80));

    private static async Task RunAsync(byte[] acts)
    {
        using var world = new World();
        for (var i = 0; i + 1 < acts.Length; i += 2) await world.ActAsync(acts[i], acts[i + 1]);
        await world.SettleAsync();
        world.Told().ShouldBe(world.Recount());
    }

    /// <summary>Three people in two rooms, and what the store has of them. Marks come, are lost, or come late.</summary>
    private sealed class World : IDisposable
    {
        private readonly Dictionary<RoomId, List<(UserId Sender, bool IsMessage)>> _logs = new()
        {
            [new RoomId(1)] = [],
            [new RoomId(2)] = [],
        };

        private readonly HashSet<(RoomId, long)> _deleted = [];
        private readonly Dictionary<(UserId, RoomId), long> _read = [];
        private readonly HashSet<UserId> _following = [];
        private readonly Dictionary<(UserId User, RoomId Room), long> _told = [];
        private readonly List<RoomMark> _late = [];
        private readonly UnreadFeed _feed;

        public World() => _feed = new UnreadFeed(
            new UnreadReader(
                (user, _) => Task.FromResult<IReadOnlyList<Unread>>([.. _logs.Keys.Select(room => Count(user, room))]),
                (pairs, _) => Task.FromResult<IReadOnlyList<Unread>>([.. pairs.Select(x => Count(x.User, x.Room))]))
            {
                Heads = (rooms, _) => new(rooms.ToDictionary(x => x, HeadOf)),
            },
            new LocalBus(), 1 << 20, Hear, new EngineLog(NullLogger.Instance), TimeProvider.System);

        public void Dispose() => _feed.Dispose();

        public async Task ActAsync(byte act, byte how)
        {
            var (room, user) = (new RoomId(1 + (how & 1)), new UserId(1 + (how >> 1) % 3));
            switch (act % 8)
            {
                case 0 or 1 or 2:
                    Commit(room, (how >> 3) % 4 + 1, user, act >> 4);
                    break;
                case 3:
                    Delete(room, act >> 4);
                    break;
                case 4:
                    _read[(user, room)] = (how >> 3) % (_logs[room].Count + 1);
                    _feed.Refresh(user, room);
                    break;
                case 5 when !_following.Add(user):
                    _following.Remove(user);
                    _feed.Unfollow(user);
                    foreach (var pair in _told.Keys.Where(x => x.User == user)) _told.Remove(pair);
                    break;
                case 5:
                    foreach (var e in await _feed.FollowAsync(user, default)) Hear([user], e);
                    break;
                case 6:
                    foreach (var mark in _late) _feed.Mark(mark);
                    _late.Clear();
                    break;
                default:
                    await _feed.RunOnceAsync(default);
                    break;
            }
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
               select $"{user} {room}: {_told.GetValueOrDefault((user, room))}",
        ];

        public IReadOnlyList<string> Recount() =>
        [
            .. from user in _following.OrderBy(x => x.Value) from room in _logs.Keys select $"{user} {room}: {Count(user, room).Count}",
        ];

        private void Commit(RoomId room, int count, UserId sender, int way)
        {
            List<Entry> entries = [];
            for (var i = 0; i < count; i++)
            {
                _logs[room].Add((sender, true));
                entries.Add(new Entry(room, _logs[room].Count, EntryKind.MessageCreated, [])
                {
                    Number = HeadOf(room).Messages,
                    Sender = sender,
                });
            }

            Send(RoomMark.Of(room, entries), way);
        }

        private void Delete(RoomId room, int way)
        {
            var messages = _logs[room].Select((x, i) => (x.IsMessage, Seq: i + 1L)).Where(x => x.IsMessage).ToList();
            if (messages.Count == 0 || !_deleted.Add((room, messages[way % messages.Count].Seq))) return;
            _logs[room].Add((default, false));
            Send(RoomMark.Of(room, [new Entry(room, _logs[room].Count, EntryKind.MessageDeleted, [])]), way);
        }

        private void Send(RoomMark mark, int way)
        {
            if (way % 4 == 1) _late.Add(mark);
            else if (way % 4 != 2) _feed.Mark(mark);
        }

        private RoomHead HeadOf(RoomId room) => new(_logs[room].Count, _logs[room].Count(x => x.IsMessage));

        private Unread Count(UserId user, RoomId room)
        {
            var unread = _logs[room].Where((x, i) =>
                x.IsMessage && x.Sender != user && i + 1 > _read.GetValueOrDefault((user, room)) && !_deleted.Contains((room, i + 1)));
            return new Unread(user, room, HeadOf(room), unread.Count());
        }

        private void Hear(ReadOnlySpan<UserId> users, UserEvent e)
        {
            var json = JsonDocument.Parse(e.Json).RootElement;
            json.GetProperty("type").GetString().ShouldBe("unread");
            foreach (var user in users)
                _told[(user, new RoomId(json.GetProperty("roomId").GetInt64()))] = json.GetProperty("unread").GetInt64();
        }
    }
}
