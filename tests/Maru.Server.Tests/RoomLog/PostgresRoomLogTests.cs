using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.Members;
using Maru.Server.RoomLog;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Maru.Server.Tests.Features.Rooms;
using static Maru.Server.Tests.Kit.StoredRooms;
using static Maru.Testing.LogRig;

namespace Maru.Server.Tests.RoomLog;

/// <summary>Two nodes on one log.</summary>
[Trait("Store", "postgres")]
public sealed class PostgresRoomLogTests : IAsyncLifetime
{
    private MaruServer? _server;
    private PostgresDatabase? _database;
    private PostgresRoomLog? _other;

    private MaruServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await MaruServer.StartAsync($"--Maru:Database={await (await PostgresServer.Shared).MakeDatabaseAsync()}");
        var options = _server.Service<PostgresOptions>();
        _database = new PostgresDatabase(_server.Service<StorageOptions>(), options);
        _other = new PostgresRoomLog(_database, options, TimeProvider.System);
    }

    [Fact]
    public async Task Two_that_append_to_the_same_rooms_wait_for_each_other_and_leave_no_hole()
    {
        const int Batches = 100;
        var ann = await Server.SignUpAsync();
        List<Right> rooms = [];
        for (var i = 0; i < 5; i++) rooms.Add((await MakeRoomAsync(ann)).Members[0]);
        var here = Task.Run(() => Talk(Server.Service<IRoomLog>(), "here"));
        await Task.WhenAll(here, Task.Run(() => Talk(_other!, "there"))).Within("both to be done");
        await Server.ShouldBeSoundAsync();
        foreach (var room in rooms)
        {
            var log = await new LogRig(_other!).ReadAsync(room.RoomId.Value);
            log.Count.ShouldBe(2 * Batches * 2);
            foreach (var who in (string[])["here", "there"])
            {
                var said = log.Where(x => x.Contains($" {who}", StringComparison.Ordinal)).Select(x => x.Split(' ')[2]);
                said.ShouldBe(Enumerable.Range(0, 2 * Batches).Select(x => $"{x}"));
            }
        }

        async Task Talk(IRoomLog log, string who)
        {
            for (var i = 0; i < Batches; i++)
            {
                // In whatever order they came: transactions too, which are parts of their own.
                var batch = rooms.Shuffle().Select(x => (Draft)Say(x, $"{who} {2 * i}")).ToArray();
                var transaction = Together([.. rooms.Shuffle().Select(x => Say(x, $"{who} {(2 * i) + 1}"))]);
                await new LogRig(log).AppendAsync([.. batch, transaction]);
                batch.Concat(transaction.Messages).ShouldAllBe(x => x.Refusal == null);
            }
        }
    }

    /// <summary>The node that sends has not heard of the removal: its right in memory is still there.</summary>
    [Fact]
    public async Task Nothing_of_a_member_comes_behind_his_removal_by_another_node()
    {
        var (ann, bob) = (await Server.SignUpAsync(), await Server.SignUpAsync("bob"));
        for (var round = 0; round < 10; round++)
        {
            var (room, members) = await MakeRoomAsync(ann, bob);
            var his = members[1];
            var said = 0;
            var talking = Task.Run(async () =>
            {
                while (true)
                {
                    var draft = Say(his, "still here");
                    await new LogRig(Server.Service<IRoomLog>()).AppendAsync(draft);
                    if (draft.Refusal is { } refusal) return refusal.Problem;
                    Interlocked.Increment(ref said);
                }
            });
            await Deadline.Until(() => Volatile.Read(ref said) > 5, "some messages");
            var removal = new RoomWrite(
                his.RoomId,
                members[0].User,
                transaction =>
                {
                    MemberRows.Remove(transaction, members[0].User, his.User);
                    return null;
                },
                new Awaiter());
            await new LogRig(_other!).AppendAsync(removal);
            (await talking.Within("the refusal")).ShouldBe(Problem.NotFound);
            removal.Refusal.ShouldBeNull();
            var log = await new LogRig(_other!).ReadAsync(room);
            log[^1].ShouldBe($"{removal.Seq} member.left");
            log.Count.ShouldBe((int)removal.Seq);
        }
    }

    [Fact]
    public async Task A_key_used_on_one_node_is_known_on_the_other()
    {
        var (room, members) = await MakeRoomAsync(await Server.SignUpAsync());
        var (first, again) = (Say(members[0], "a", "k"), Say(members[0], "a", "k"));
        await new LogRig(Server.Service<IRoomLog>()).AppendAsync(first);
        await new LogRig(_other!).AppendAsync(again);
        (again.Seq, again.IsRepeat).ShouldBe((1, true));
        (await new LogRig(_other!).ReadAsync(room)).ShouldBe(["1 a"]);
    }

    public async ValueTask DisposeAsync()
    {
        _other?.Dispose();
        if (_database is not null) await _database.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }
}
