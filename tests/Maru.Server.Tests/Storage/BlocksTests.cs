using Maru.Server.Audit;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Storage;

/// <summary>Deleted messages and mentions are counted by blocks of a room's messages.</summary>
public sealed class BlocksTests
{
    private const int Messages = 530;       // two blocks, and the beginning of a third

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counts_are_what_a_recount_gives_wherever_a_position_is()
    {
        await using var server = await MaruServer.StartAsync();
        var (people, room) = await TalkAsync(server);
        foreach (var number in (int[])[0, 1, 254, 255, 256, 257, 510, 511, 512, 513, Messages])
        {
            var seq = await SeqAsync(server, room, number);
            foreach (var person in people) await person.UnreadAsync(room, seq);
            await ShouldBalanceAsync(server);
        }
    }

    [Fact]
    public async Task What_an_older_program_left_is_counted_by_the_upgrade_and_goes_on()
    {
        await using var server = await MaruServer.StartAsync();
        var (people, room) = await TalkAsync(server);
        var before = await BlocksAsync(server);
        before.Count.ShouldBeGreaterThan(6);
        await server.RewindAsync(19);
        await server.RestartAsync();
        (await BlocksAsync(server)).ShouldBe(before);
        var ann = await server.SignInAsync(people[0].Handle);
        await ann.SayAsync(room, "@all");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{await SeqAsync(server, room, 300)}").ShouldBe(204);
        (await BlocksAsync(server)).ShouldNotBe(before);
        await ShouldBalanceAsync(server);
    }

    /// <summary>Three people in turn mention all, one another by name, or nobody; each third message but one is deleted.</summary>
    private static async Task<(Person[] People, Room Room)> TalkAsync(MaruServer server)
    {
        Person[] people = [await server.SignUpAsync("ann"), await server.SignUpAsync("bob"), await server.SignUpAsync("eve")];
        var (ann, bob, eve) = (people[0], people[1], people[2]);
        var room = await ann.MakeRoomAsync(members: [bob.Id, eve.Id]);
        for (var number = 1; number <= Messages; number++)
        {
            var text = (number % 5) switch { 0 => "@all", 1 => $"@{ann.Handle}", 2 => $"@{bob.Handle} and @{eve.Handle}", _ => "nobody" };
            await people[number % 3].SayAsync(room, text);
        }

        for (var number = 1; number <= Messages; number++)
        {
            if (number % 7 > 1) continue;
            await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{await SeqAsync(server, room, number)}").ShouldBe(204);
        }

        var edited = await SeqAsync(server, room, 258);
        await people[0].Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{edited}", new { text = "@all" }).ShouldBe(200);
        return (people, room);
    }

    private static async Task ShouldBalanceAsync(MaruServer server)
    {
        foreach (var report in await server.Service<StoreAudit>().RunAsync(mends: false, (_, _) => { }, _ => { }, Ct))
            report.First.ShouldBeEmpty(report.Name);
    }

    private static Task<IReadOnlyList<string>> BlocksAsync(MaruServer server) => server.Service<Database>().ListAsync<string>(
        """
        SELECT block || ': ' || messages || ' deleted' FROM deleted_blocks
        UNION ALL SELECT block || ': ' || mentions || ' of ' || user_id FROM mention_blocks ORDER BY 1
        """,
        null,
        Ct);

    private static Task<long> SeqAsync(MaruServer server, Room room, int number) => server.Service<Database>().FirstAsync<long>(
        "SELECT seq FROM messages WHERE room_id = @Id AND type = 0 AND number = @number", new { room.Id, number }, Ct);
}
