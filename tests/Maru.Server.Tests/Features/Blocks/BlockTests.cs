using Maru.Engine.Problems;
using Maru.Server.Audit;
using Maru.Server.Features.Blocks;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Mentions;
using Maru.Server.Tests.Features.Presence;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Blocks;

/// <summary>A block holds everywhere, and who is blocked cannot tell.</summary>
public sealed class BlockTests(MaruServer server) : IClassFixture<MaruServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blocks_are_listed_page_by_page_and_are_ones_own()
    {
        var ann = await server.SignUpAsync("ann");
        var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => server.SignUpAsync("ben")));
        await using var hers = await ann.ListenAsync();
        foreach (var other in others) await ann.BlockAsync(other);
        await ann.BlockAsync(others[0]);
        (await ann.BlockedAsync()).ShouldBe(others.Select(x => x.Id).Order());
        var page = await ann.Http.SendAsync("GET /api/blocks?limit=2").Read<BlockPage>();
        (await ann.Http.SendAsync($"GET /api/blocks?limit=2&after={page.Next}").Read<BlockPage>()).Items.ShouldHaveSingleItem();
        (await others[0].BlockedAsync()).ShouldBeEmpty();
        await ann.LiftAsync(others[0]);
        await ann.LiftAsync(others[0]);
        (await ann.BlockedAsync()).ShouldBe(others[1..].Select(x => x.Id).Order());
        (await ann.Http.SendAsync($"PUT /api/blocks/{ann.Id}").ShouldRefuseFields()).ShouldBe(["userId"]);
        await ann.Http.SendAsync("PUT /api/blocks/987654321").ShouldRefuse(Problem.NotFound);
        foreach (var blocked in (bool[])[true, true, true, false])
            (await hers.EventAsync("block.changed")).Json.GetProperty("blocked").GetBoolean().ShouldBe(blocked);
        await hers.SyncAsync();
        hers.ShouldHearNothingOf("block.changed");
    }

    [Fact]
    public async Task Blocks_are_bounded()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Blocks:PerUser=1");
        var (ann, ben, cat) = (await own.SignUpAsync("ann"), await own.SignUpAsync("ben"), await own.SignUpAsync("cat"));
        await ann.BlockAsync(ben);
        await ann.Http.SendAsync($"PUT /api/blocks/{cat.Id}").ShouldRefuse(Problem.TooManyBlocks);
        await ann.BlockAsync(ben);
        await ann.LiftAsync(ben);
        await ann.BlockAsync(cat);
    }

    [Fact]
    public async Task No_direct_room_is_opened_and_the_answer_is_that_of_who_lets_nobody_write()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        await ann.BlockAsync(ben);
        await cat.SetAsync(new { whoMayWrite = "nobody" });
        var blocked = await ben.OpenAsync(ann).ShouldRefuse(Problem.MayNotWrite);
        var shut = await ben.OpenAsync(cat).ShouldRefuse(Problem.MayNotWrite);
        blocked.Text().ShouldBe(shut.Text());
        await ann.OpenAsync(ben).ShouldRefuse(Problem.BlockedByYou);
        await ann.LiftAsync(ben);
        await ben.DirectAsync(ann);
    }

    [Fact]
    public async Task In_a_direct_room_neither_writes_until_the_block_is_lifted()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ben.DirectAsync(ann);
        var said = await ben.SayAsync(room, "before");
        await using var his = await ben.ListenAsync();
        await his.SubscribeAsync("/user/queue/errors", "errors");
        await his.SubscribeAsync(room.Id);
        await his.SayAndWaitAsync(room.Id, "also before", "key");
        await ann.BlockAsync(ben);

        await ben.TrySayAsync(room).ShouldNotWriteAsync();
        await his.SayAsync(room.Id, "no");
        (await his.RefusalAsync()).Type.ShouldBe(Problem.MayNotWrite.Slug);
        await his.SayAndWaitAsync(room.Id, "also before", "key");       // a retry of what is stored is no new message
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said.Seq}", new { text = "edited" }).ShouldNotWriteAsync();
        var reaction = $"/api/rooms/{room.Id}/messages/{said.Seq}/reactions/{Uri.EscapeDataString("👍")}";
        await ben.Http.SendAsync($"PUT {reaction}").ShouldNotWriteAsync();
        await ben.Http.SendAsync($"PUT /api/rooms/{room.Id}/messages/{said.Seq}/pin").ShouldNotWriteAsync();
        await ann.TrySayAsync(room).ShouldRefuse(Problem.BlockedByYou);
        (await ben.OpenAsync(ann).Read<Room>()).Id.ShouldBe(room.Id);       // it is there as ever
        (await ben.HistoryAsync(room)).Select(x => x.Text).ShouldBe(["before", "also before"]);
        await his.SyncAsync();
        his.ShouldHearNothingOf("message.edited");

        await ben.BlockAsync(ann);
        await ben.TrySayAsync(room).ShouldRefuse(Problem.BlockedByYou);
        await ann.LiftAsync(ben);
        await ann.TrySayAsync(room).ShouldNotWriteAsync();
        await ben.LiftAsync(ann);
        await ben.SayAsync(room, "after");
        await his.SayAndWaitAsync(room.Id, "and after");
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said.Seq}").ShouldBe(204);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_block_and_messages_at_once_nothing_is_committed_behind_the_block()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ben.DirectAsync(ann);
        for (var round = 0; round < 5; round++) await BlockRace.RunAsync(ann, [ben, ben, ben], room);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_block_and_direct_rooms_opened_at_once_leave_none_in_which_one_could_write()
    {
        for (var round = 0; round < 10; round++)
        {
            var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
            await BlockRace.OpenAsync(ann, ben, round % 2 == 0 ? ben : ann);
        }
    }

    [Fact]
    public async Task Typing_and_signals_do_not_pass_in_a_direct_room_and_typing_is_not_refused()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ben.DirectAsync(ann);
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        var signals = $"/topic/rooms/{room.Id}/signals/call";
        foreach (var socket in (StompSocket[])[hers, his])
        {
            await socket.SubscribeAsync("/user/queue/errors", "errors");
            await socket.SubscribeAsync(room.Id);
            await socket.SubscribeAsync(signals, "signals");
        }

        await ann.BlockAsync(ben);
        await his.TypeAsync(room.Id, true);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/typing", new { typing = true }).ShouldBe(204);
        await his.SendAsync("SEND", "ring", ("destination", signals));
        (await his.RefusalAsync()).Type.ShouldBe(Problem.MayNotWrite.Slug);
        await his.SyncAsync();
        await hers.SyncAsync();
        hers.ShouldHearNothingOf("typing");
        hers.Inbox().ShouldNotContain(frame => frame["subscription"] == "signals");

        await ann.LiftAsync(ben);
        await his.TypeAsync(room.Id, true);
        (await hers.TypingAsync(room.Id)).ShouldBe($"{ben.Id} true");
        await his.SendAsync("SEND", "ring", ("destination", signals));
        await hers.TakeAsync(frame => frame["subscription"] == "signals", "the signal");
    }

    [Fact]
    public async Task Who_is_blocked_sees_the_blocker_offline_and_the_blocker_sees_them()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        await ben.SeesAsync(ann, "online");
        await his.WatchAsync(ann.Id);
        await his.ToldUntilAsync(ann.Id, "online");
        await ann.BlockAsync(ben);
        await his.ToldUntilAsync(ann.Id, "offline");
        (await ben.SeeAsync(ann.Id)).ShouldBe(["offline"]);
        (await ben.MembersAsync(room)).Single(x => x.Id == ann.Id).Online.ShouldBeFalse();
        (await ann.MembersAsync(room)).Single(x => x.Id == ben.Id).Online.ShouldBeTrue();
        (await ann.SeeAsync(ben.Id)).ShouldBe(["online"]);
        await ann.LiftAsync(ben);
        await his.ToldUntilAsync(ann.Id, "online");
        (await ben.MembersAsync(room)).Single(x => x.Id == ann.Id).Online.ShouldBeTrue();
    }

    [Fact]
    public async Task Messages_in_group_rooms_come_as_ever_but_their_mentions_do_not_count()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await cat.MakeRoomAsync("room", "private", null, ann.Id, ben.Id);
        var both = $"@{ann.Handle} @{cat.Handle}";
        await ben.SayAsync(room, both);
        (await ann.CountMentionsAsync(room)).ShouldBe(1);
        await ann.BlockAsync(ben);
        await using var hers = await ann.ListenAsync();
        await hers.SubscribeAsync(room.Id);
        var silent = await ben.SayAsync(room, both);
        silent.Mentions.Told().ShouldBe($"0+{ann.Handle.Length + 1} {ann.Id}, {ann.Handle.Length + 2}+{cat.Handle.Length + 1} {cat.Id}");
        (await hers.EventAsync("message.created")).Seq.ShouldBe(silent.Seq);
        await ben.EditAsync(room, silent.Seq, $"{both} !");
        (await ann.CountMentionsAsync(room), await cat.CountMentionsAsync(room)).ShouldBe((1, 2));
        (await ann.CountAsync(room)).ShouldBe(2);
        (await ann.MentionsAsync()).Items.Select(x => x.Seq).ShouldNotContain(silent.Seq);

        // An edit neither adds what the block took away nor takes away what was there before.
        await ben.EditAsync(room, silent.Seq, $"@{ann.Handle}");
        (await ann.CountMentionsAsync(room), await cat.CountMentionsAsync(room)).ShouldBe((1, 1));
        await ben.EditAsync(room, silent.Seq, "nobody");
        (await AuditAsync()).ShouldBeEmpty();
        await ann.LiftAsync(ben);
        await ben.SayAsync(room, both);
        await hers.EventAsync("mention");
        (await ann.CountMentionsAsync(room)).ShouldBe(2);
        await hers.SyncAsync();
        hers.ShouldHearNothingOf("mention");
        (await AuditAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_is_blocked_brings_the_blocker_into_no_room_and_is_answered_as_by_who_lets_nobody()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        await cat.SetAsync(new { whoMayAdd = "nobody" });
        await ann.SetAsync(new { whoMayAdd = "contacts" });
        var room = await ben.MakeRoomAsync();
        await ben.InviteAsync(room, ann.Id).ShouldBe(204);
        await ann.BlockAsync(ben);
        (await ann.InvitationsAsync()).ShouldBeEmpty();
        var blocked = await ben.InviteAsync(room, ann.Id).ShouldRefuse(Problem.Invalid);
        var shut = await ben.InviteAsync(room, cat.Id).ShouldRefuse(Problem.Invalid);
        blocked.Text().ShouldBe(shut.Text().Replace($": {cat.Id}.", $": {ann.Id}."));
        (await ben.Http.SendAsync("POST /api/rooms", new { name = "x", visibility = "private", members = new[] { ann.Id } })
            .ShouldRefuseFields()).ShouldBe(["members"]);
        await ann.SetAsync(new { whoMayAdd = "everyone" });
        (await ben.InviteAsync(room, ann.Id).ShouldRefuseFields()).ShouldBe(["userIds"]);
        await ann.JoinAsync(room);
    }

    [Fact]
    public async Task A_block_ends_what_two_people_are_and_a_request_of_who_is_blocked_seems_to_go_out()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        await ben.MeetAsync(ann);
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        await ann.BlockAsync(ben);
        (await hers.ContactEventAsync(), await his.ContactEventAsync()).ShouldBe(($"{ben.Id} gone", $"{ann.Id} gone"));
        his.ShouldHearNothingOf("block.changed");
        await ben.AskAsync(ann).ShouldBe(201);
        await ben.AskAsync(ann).ShouldBe(200);
        (await ben.KnowsAsync()).ShouldBe([$"{ann.Id} outgoing"]);
        (await ann.KnowsAsync()).ShouldBeEmpty();
        await ann.AskAsync(ben).ShouldRefuse(Problem.BlockedByYou);
        await hers.SyncAsync();
        hers.ShouldHearNothingOf("contact.changed");

        await ann.LiftAsync(ben);
        (await ann.KnowsAsync()).ShouldBeEmpty();
        await ben.AskAsync(ann).ShouldBe(200);
        (await ann.KnowsAsync()).ShouldBe([$"{ben.Id} incoming"]);
    }

    [Fact]
    public async Task A_request_that_was_not_heard_because_of_a_block_is_accepted_by_one_back_after_the_lift()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        await ann.BlockAsync(ben);
        await ben.AskAsync(ann).ShouldBe(201);
        await ann.LiftAsync(ben);
        await ann.AskAsync(ben).ShouldBe(200);
        (await ann.KnowsAsync()).ShouldBe([$"{ben.Id} accepted"]);
        (await ben.KnowsAsync()).ShouldBe([$"{ann.Id} accepted"]);
    }

    [Fact]
    public async Task A_block_whose_server_died_before_it_reached_the_room_is_in_the_room_after_the_next_start()
    {
        var time = new ManualTime();        // stands still: only the start settles it
        await using var own = await MaruServer.StartAsync(time, null);
        var (ann, ben) = (await own.SignUpAsync("ann"), await own.SignUpAsync("ben"));
        var room = await ben.DirectAsync(ann);
        await own.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(
                """
                INSERT INTO blocks (user_id, other_id, at) VALUES (@ann, @ben, @now);
                INSERT INTO bars_due (room_id, at) VALUES (@room, @now)
                """,
                new { ann = ann.Id, ben = ben.Id, room = room.Id, now = time.GetUtcNow().ToUnixTimeMilliseconds() },
                ct),
            Ct);
        await ben.SayAsync(room);
        await own.RestartAsync();
        ben = await own.SignInAsync(ben.Handle);
        await Deadline.Until(async () => (int)(await ben.TrySayAsync(room)).StatusCode == 403, "the block to hold");
        (await own.Service<Database>().FirstAsync<long>("SELECT count(*) FROM bars_due", null, Ct)).ShouldBe(0);
    }

    private async Task<IReadOnlyList<string>> AuditAsync() =>
        [.. (await server.Service<StoreAudit>().RunAsync(false, (_, _) => { }, _ => { }, Ct)).SelectMany(x => x.First)];
}
