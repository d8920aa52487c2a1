using Maru.Engine.Problems;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>Rooms in which only the owner and admins write.</summary>
public sealed class ReadOnlyTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Members_do_not_write_and_do_all_else_while_owner_and_admins_write()
    {
        var (ann, ben, room) = await PairAsync();
        var cat = await server.SignUpAsync("cat");
        await cat.JoinAsync(room);
        await ann.SetRoleAsync(room, cat, "admin");
        var (before, other) = (await ben.SayAsync(room, "before"), await ben.SayAsync(room, "other"));
        await ann.ChangeAsync(room, new { readOnly = true });
        await ben.TrySayAsync(room).ShouldRefuse(Problem.ReadOnly);
        await using var tab = await ben.TabAsync();
        await tab.SayAsync(room.Id, "hello");
        var refusal = await tab.RefusalAsync();
        (refusal.Type, refusal.Json.GetProperty("status").GetInt32()).ShouldBe(("read-only", 403));
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{before.Seq}", new { text = "news" }).ShouldRefuse(Problem.ReadOnly);
        var news = await ann.SayAsync(room, "news");
        await cat.SayAsync(room, "more");
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{news.Seq}", new { text = "good news" }).ShouldBe(200);

        await ben.Http.SendAsync($"PUT /api/rooms/{room.Id}/messages/{news.Seq}/reactions/👍").ShouldBe(204);
        await ben.Http.SendAsync($"PUT /api/rooms/{room.Id}/messages/{news.Seq}/star").ShouldBe(204);
        await ben.Http.SendAsync($"PUT /api/rooms/{room.Id}/read", new { seq = news.Seq }).ShouldBe(204);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{other.Seq}").ShouldBe(204);

        await ann.SetRoleAsync(room, cat, "member");
        await cat.TrySayAsync(room).ShouldRefuse(Problem.ReadOnly);
        await ann.ChangeAsync(room, new { readOnly = false });
        await ben.SayAsync(room, "after");
        (await ann.TextsAsync(room)).ShouldBe(["before", "", "good news", "more", "after"]);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_repeat_is_answered_as_one_a_transaction_is_refused_whole_and_a_stranger_learns_nothing()
    {
        var (ann, ben, room) = await PairAsync("private");
        var stranger = await server.SignUpAsync("eve");
        var free = await ben.MakeRoomAsync();
        var first = await ben.TrySayAsync(room, "one", "a").Read<Maru.Server.Features.Messages.Message>(201);
        await ann.ChangeAsync(room, new { readOnly = true });
        (await ben.TrySayAsync(room, "one", "a").Read<Maru.Server.Features.Messages.Message>(200)).Seq.ShouldBe(first.Seq);
        await using var tab = await ben.TabAsync();
        await tab.TransactAsync("t", (free, "beside"), (room, "two"));
        List<string> refused = [];
        for (var i = 0; i < 3; i++)
        {
            var refusal = await tab.RefusalAsync();
            refused.Add($"{refusal["receipt-id"]}: {refusal.Type}");
        }

        refused.ShouldBe(["t 0: transaction-refused", "t 1: read-only", "t: transaction-refused"], ignoreOrder: true);
        (await ben.TextsAsync(free)).ShouldBeEmpty();
        await stranger.TrySayAsync(room).ShouldRefuse(Problem.NotFound);
        await stranger.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{first.Seq}", new { text = "x" })
            .ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task Behind_the_change_in_the_log_there_is_no_message_of_a_member_who_was_sending_all_the_while()
    {
        var (ann, ben, room) = await PairAsync();
        for (var round = 0; round < 10; round++)
        {
            await using var tab = await ben.TabAsync();
            var receipts = new string[40];
            var sending = Task.Run(async () =>
            {
                for (var i = 0; i < receipts.Length; i++) receipts[i] = await tab.SayAsync(room.Id, $"{round} {i}");
            });
            var closed = await ann.ChangeAsync(room, new { readOnly = true });
            await sending;
            var accepted = 0;
            foreach (var receipt in receipts)
            {
                var frame = await tab.TakeAsync(x => x["receipt-id"] == receipt, receipt);
                if (frame.Command != "RECEIPT") continue;
                frame.Seq.ShouldBeLessThan(closed.LastSeq);
                accepted++;
            }

            (await ann.TextsAsync(room)).Count(x => x.StartsWith($"{round} ", StringComparison.Ordinal)).ShouldBe(accepted);
            (await ann.SeeAsync(room)).LastSeq.ShouldBe(closed.LastSeq);
            await ann.ChangeAsync(room, new { readOnly = false });
        }

        await server.ShouldBeSoundAsync();
    }

    private async Task<(Person Ann, Person Ben, Room Room)> PairAsync(string visibility = "public")
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(visibility: visibility, members: ben.Id));
    }
}
