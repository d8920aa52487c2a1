using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Features.ReadState;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.ReadState;

/// <summary>Own messages are counted beside the path, by several nodes.</summary>
public sealed class OwnCountsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rooms_are_counted_though_another_node_counts_in_one_of_them_meanwhile()
    {
        var held = new HeldDatabase();
        await using var server = await MaruServer.StartAsync(new ManualTime(), held.Use<OwnCounts>);
        var ann = await server.SignUpAsync();
        var (first, second) = (await ann.MakeRoomAsync(), await ann.MakeRoomAsync());
        foreach (var room in (Maru.Server.Features.Rooms.Room[])[first, first, second, second]) await ann.SayAsync(room);
        var hold = held.HoldWrites(1);
        var counting = server.Service<OwnCounts>().CountAllAsync(Ct);
        await hold.Arrived;
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(
                """
                UPDATE own_counts SET seq = 1 WHERE room_id = @Id;
                UPDATE members SET own = 1 WHERE room_id = @Id
                """,
                new { first.Id },
                ct),
            Ct);
        hold.Release();
        await counting.Within("the counting");
        (await server.Service<Database>().ListAsync<long>("SELECT seq FROM own_counts ORDER BY room_id", null, Ct)).ShouldBe([2, 2]);
        (await server.Service<Database>().ListAsync<long>("SELECT own FROM members ORDER BY room_id", null, Ct)).ShouldBe([2, 2]);
        await server.ShouldBalanceAsync(first, second);
    }

    [Fact]
    public async Task Own_messages_are_counted_as_they_were_committed_and_from_the_store_where_some_were_not_seen()
    {
        await using var own = await MaruServer.StartAsync();
        var (ann, counts) = (await own.SignUpAsync("ann"), own.Service<OwnCounts>());
        var room = await ann.MakeRoomAsync();
        await counts.CountAllAsync(Ct);
        var first = (await ann.SayAsync(room)).Seq;
        for (var i = 0; i < 4; i++) await ann.SayAsync(room);

        // Of the node's own marks, which began with the room.
        await counts.CountNewAsync(isAll: true, Ct);
        (await OwnAsync()).ShouldBe((first + 4, 5));
        // Of which the first are missing, and of which all are known already.
        await ann.SayAsync(room);
        await ann.SayAsync(room);
        await counts.StoreAsync([new OwnRun(new RoomId(room.Id), first + 5, first + 6, [(ann.Id, first + 6)])], Ct);
        (await OwnAsync()).ShouldBe((first + 6, 7));
        await counts.CountNewAsync(isAll: true, Ct);
        (await OwnAsync()).ShouldBe((first + 6, 7));
        await own.ShouldBalanceAsync(room);

        async Task<(long Seq, long Own)> OwnAsync()
        {
            var row = await own.Service<Database>().FirstAsync<OwnRow>(
                "SELECT oc.seq, me.own FROM own_counts oc JOIN members me ON me.room_id = oc.room_id WHERE oc.room_id = @Id", room, Ct);
            return (row!.Seq, row.Own);
        }
    }

    [Fact]
    public void Of_rooms_with_few_new_messages_own_ones_are_counted_later()
    {
        var marks = new OwnMarks();
        marks.Add(new RoomId(1), Entries(1, 999));
        marks.Add(new RoomId(2), Entries(1, 3000));
        marks.Take(isAll: false).Select(x => (x.Room.Value, x.After, x.Last, x.Sent.Count)).ShouldBe([(2, 0, 3000, 3000)]);
        marks.Add(new RoomId(1), Entries(3002, 1));     // those between are another node's
        marks.Add(new RoomId(1), Entries(3003, 2));
        marks.Take(isAll: false).Select(x => (x.Room.Value, x.After, x.Last, x.Sent.Count)).ShouldBe([(1, 3002, 3004, 2)]);
        marks.Take(isAll: true).ShouldBeEmpty();

        static List<Entry> Entries(long seq, int count) => [.. Enumerable.Range(0, count).Select(i =>
            new Entry(new RoomId(1), seq + i, EntryKind.MessageCreated, []) { Sender = new UserId(7) })];
    }

    private sealed record OwnRow(long Seq, long Own);
}
