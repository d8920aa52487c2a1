using Maru.Server.Audit;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Blocks;

/// <summary>Who may not write in a direct room is recounted from the blocks.</summary>
public sealed class BarCheckTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("UPDATE room_heads SET barred_by = 0", "nobody blocks, right is: user 1 blocks")]
    [InlineData("UPDATE room_heads SET barred_by = -1", "both block, right is: user 1 blocks")]
    [InlineData("UPDATE room_heads SET barred_by = 2", "user 2 blocks, right is: user 1 blocks")]
    [InlineData("INSERT INTO blocks (user_id, other_id, at) VALUES (2, 1, 1)", "user 1 blocks, right is: both block")]
    [InlineData("DELETE FROM blocks", "user 1 blocks, right is: nobody blocks")]
    public async Task A_bar_that_is_not_what_the_blocks_say_is_found_and_a_server_makes_it_right(string sql, string text)
    {
        await using var server = await MaruServer.StartAsync();
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        (ann.Id, ben.Id).ShouldBe((1, 2));
        var room = await ben.DirectAsync(ann);
        await ann.MakeRoomAsync(members: ben.Id);
        await ann.BlockAsync(ben);
        (await AuditAsync(server)).Drift.ShouldBe(0);
        await server.Service<Database>().WriteAsync((transaction, ct) => transaction.ExecuteAsync(sql, null, ct), Ct);

        (await AuditAsync(server)).First.ShouldBe([$"room {room.Id}: {text}"]);
        var mended = await AuditAsync(server, mends: true);
        (mended.Drift, mended.Left).ShouldBe((1, 0));
        await server.RestartAsync();
        await Deadline.Until(
            async () => await server.Service<Database>().FirstAsync<long>("SELECT count(*) FROM bars_due", null, Ct) == 0,
            "the bar to be settled");
        (await AuditAsync(server)).Drift.ShouldBe(0);
    }

    [Fact]
    public async Task No_bar_is_wrong_after_one_of_the_two_has_deleted_their_account()
    {
        await using var server = await MaruServer.StartAsync();
        var (ann, ben, eve) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("eve"));
        await ben.DirectAsync(ann);
        await ben.DirectAsync(eve);
        await ann.BlockAsync(ben);
        await ben.BlockAsync(eve);
        await ben.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        (await AuditAsync(server)).Drift.ShouldBe(0);
    }

    private static async Task<CheckReport> AuditAsync(MaruServer server, bool mends = false) =>
        (await server.Service<StoreAudit>().RunAsync(mends, (_, _) => { }, _ => { }, Ct)).Single(x => x.Name == "bars");
}
