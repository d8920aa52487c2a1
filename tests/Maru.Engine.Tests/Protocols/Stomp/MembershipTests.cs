namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class MembershipTests
{
    [Fact]
    public async Task A_room_that_was_lost_does_not_count_any_longer()
    {
        using var rig = new EngineRig(x => x.MaxRooms = 2);
        for (var room = 1; room <= 3; room++) rig.Log.AddRoom(room, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SayAsync(1, "x", "r1");
        await client.SayAsync(2, "x", "r2");
        await client.SendAsync(StompClient.Say(3, "x", "full"));
        (await client.RefusalAsync("full")).Text.ShouldContain("too-many-subscriptions");
        await rig.ApplyAsync(MemberDraft.Leaves(2, 7));
        await client.SayAsync(3, "x", "r3");
        await client.SayAsync(1, "x", "still");
        await Deadline.Until(() => rig.FindRoom(2) is null, "the lost room to be forgotten");
    }

    [Fact]
    public async Task A_room_is_forgotten_also_when_its_last_subscription_ends_after_its_last_session_has_left()
    {
        var bus = new GatedBus();
        using var rig = new EngineRig(bus: bus);
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SubscribeRoomAsync(1);
        bus.Close(after: 0);
        var leaving = rig.ApplyAsync(MemberDraft.Leaves(1, 7));
        await Deadline.Until(() => bus.Waits, "the removal to be committed, and not applied");
        await client.SendAsync(StompClient.Say(1, "x", "late"));
        (await client.RefusalAsync("late")).Text.ShouldContain("not-found");
        bus.Open();
        await leaving;
        await Deadline.Until(() => rig.FindRoom(1) is null, "the room to be forgotten");
    }

    [Fact]
    public async Task A_removed_member_loses_send_and_subscription_at_once_and_can_come_back()
    {
        using var rig = Rig();
        var member = await rig.ConnectAsync(7);
        var other = await rig.ConnectAsync(8);
        await member.ListenForRefusalsAsync();
        await member.SubscribeRoomAsync(1);
        await member.SubscribeAsync("/topic/rooms/1/signals/x", "x");
        await other.SubscribeRoomAsync(1);
        await member.SayAsync(1, "before", "r1");

        await rig.ApplyAsync(MemberDraft.Leaves(1, 7));
        await other.SayAsync(1, "without you", "r2");
        await other.SendAsync("SEND\ndestination:/topic/rooms/1/signals/x\nreceipt:signal\n\n.\0");
        await member.SendAsync(StompClient.Say(1, "x", "r3"));
        (await member.RefusalAsync("r3")).Text.ShouldContain("not-found");
        await member.SendAsync("SEND\ndestination:/topic/rooms/1/signals/x\nreceipt:r4\n\n.\0");
        await member.RefusalAsync("r4");
        await member.SendAsync("SUBSCRIBE\nid:again\ndestination:/topic/rooms/1\nreceipt:r5\n\n\0");
        await member.RefusalAsync("r5");
        await other.SeqsAsync(3);
        member.Seqs().ShouldBe([1]);
        member.Messages.ShouldNotContain(x => x["subscription"] == "x");

        await rig.ApplyAsync(MemberDraft.Joins(1, 7));
        await member.SubscribeRoomAsync(1, "s", after: 1);
        await member.SayAsync(1, "back", "r6");
        await member.SeqsAsync(5);
        member.Seqs().ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task All_connections_of_a_removed_member_lose_the_room()
    {
        using var rig = Rig();
        StompClient[] connections = [await rig.ConnectAsync(7), await rig.ConnectAsync(7), await rig.ConnectAsync(7)];
        var other = await rig.ConnectAsync(8);
        foreach (var connection in connections) await connection.SubscribeRoomAsync(1);
        await rig.ApplyAsync(MemberDraft.Leaves(1, 7));
        await other.SayAsync(1, "without you", "r");
        foreach (var connection in connections)
        {
            connection.Seqs().ShouldBeEmpty();
            await connection.SendAsync(StompClient.Say(1, "x"));
            await connection.ErrorAsync("not-found");
        }
    }

    [Fact]
    public async Task A_member_removed_back_and_removed_again_keeps_no_old_subscription()
    {
        var bus = new GatedBus();
        using var rig = new EngineRig(bus: bus);
        rig.Log.AddRoom(1, 7, 8);
        var old = await rig.ConnectAsync(7);
        var fresh = await rig.ConnectAsync(7);
        var other = await rig.ConnectAsync(8);
        await other.SubscribeRoomAsync(1);
        await old.SubscribeRoomAsync(1);

        // Removal and return are committed and not yet in the lane, when the member enters anew.
        rig.Log.StallAppends();
        var (leaves, joins) = (MemberDraft.Leaves(1, 7), MemberDraft.Joins(1, 7));
        var begun = rig.Log.AppendsBegun;
        await rig.Engine.AppendAsync(MemberDraft.Joins(1, 9));
        await Deadline.Until(() => rig.Log.AppendsBegun == begun + 1, "a transaction under way");
        await rig.Engine.AppendAsync(leaves);
        await rig.Engine.AppendAsync(joins);
        bus.Close(after: 1);
        rig.Log.ResumeAppends();
        await Deadline.Until(() => bus.Waits, "removal and return to be committed");
        var subscribed = fresh.SubscribeRoomAsync(1);
        await subscribed;
        bus.Open();
        await joins.Settled.Within("the return");

        await rig.ApplyAsync(MemberDraft.Leaves(1, 7));
        await other.SayAsync(1, "secret", "r");
        await other.SeqsAsync(5);
        old.Seqs().ShouldNotContain(5);
        fresh.Seqs().ShouldNotContain(5);
    }

    [Fact]
    public async Task A_message_on_its_way_when_the_member_is_removed_is_refused()
    {
        using var rig = Rig();
        var member = await rig.ConnectAsync(7);
        await member.ListenForRefusalsAsync();
        await member.SayAsync(1, "before", "r1");
        rig.Log.StallAppends();
        await member.SendAsync(StompClient.Say(1, "in time", "r2"));
        await Deadline.Until(() => rig.Log.AppendsBegun == 2, "the first to be on its way");
        var removal = MemberDraft.Leaves(1, 7);
        await rig.Engine.AppendAsync(removal);
        rig.Log.ResumeAppends();
        await removal.Settled.Within("the removal");
        await member.SendAsync(StompClient.Say(1, "too late", "r3"));
        await member.RefusalAsync("r3");
        await member.ReceiptAsync("r2");
        rig.Log.Entries(1).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Nothing_of_a_removed_member_stands_behind_its_removal_whatever_the_timing()
    {
        using var rig = Rig(x => x.CommitBatch = 3);
        var member = await rig.ConnectAsync(7);
        await member.ListenForRefusalsAsync();
        for (var round = 0; round < 40; round++)
        {
            var (leaves, joins) = (MemberDraft.Leaves(1, 7), MemberDraft.Joins(1, 7));
            var changing = Task.Run(async () =>
            {
                await rig.Engine.AppendAsync(leaves);
                await leaves.Settled.Within("leaving");
                await rig.Engine.AppendAsync(joins);
                await joins.Settled.Within("joining");
            });
            for (var i = 0; i < 20; i++) await member.SendAsync(StompClient.Say(1, "x"));
            await changing;
        }

        var isMember = true;
        foreach (var entry in rig.Log.Entries(1))
        {
            if (entry.Kind == Maru.Engine.Log.EntryKind.MessageCreated)
                isMember.ShouldBeTrue($"seq {entry.Seq} was appended behind the removal");
            else isMember = entry.Kind == Maru.Engine.Log.EntryKind.MemberJoined;
        }
    }

    [Fact]
    public async Task A_deleted_room_is_gone_for_everyone()
    {
        using var rig = Rig();
        var one = await rig.ConnectAsync(7);
        var two = await rig.ConnectAsync(8);
        await one.SubscribeRoomAsync(1);
        await rig.ApplyAsync(MemberDraft.Deletes(1, 8));
        foreach (var client in new[] { one, two })
        {
            await client.SendAsync(StompClient.Say(1, "x"));
            await client.ErrorAsync("not-found");
        }
    }

    [Fact]
    public async Task Many_sessions_that_enter_one_room_at_once_all_get_everything()
    {
        using var rig = Rig();
        var clients = new List<StompClient>();
        for (var i = 0; i < 50; i++) clients.Add(await rig.ConnectAsync(i % 2 == 0 ? 7 : 8));
        await Task.WhenAll(clients.Select(x => Task.Run(() => x.SubscribeRoomAsync(1, after: 0))));
        await Task.WhenAll(clients.Select((x, i) => Task.Run(() => x.SayAsync(1, "x", $"r{i}"))));
        foreach (var client in clients)
        {
            await client.SeqsAsync(50);
            client.Seqs().ShouldBe(Enumerable.Range(1, 50).Select(x => (long)x));
        }
    }

    [Fact]
    public async Task A_room_that_is_left_and_entered_again_and_again_loses_nothing()
    {
        using var rig = Rig();
        var writer = await rig.ConnectAsync(8);
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= 300; i++) await writer.SayAsync(1, "x", $"r{i}");
        });
        List<long> seen = [];
        while (seen.Count < 300)
        {
            var reader = await rig.ConnectAsync(7);
            await reader.SubscribeRoomAsync(1, after: seen.Count);
            await reader.UntilAsync(() => reader.Seqs().Length > 0, "something");
            seen.AddRange(reader.Seqs());
            reader.Session.Closed();
        }

        await writing.Within("the writer");
        seen.ShouldBe(Enumerable.Range(1, 300).Select(x => (long)x));
    }

    private static EngineRig Rig(Action<EngineOptions>? set = null)
    {
        var rig = new EngineRig(set);
        rig.Log.AddRoom(1, 7, 8);
        return rig;
    }
}
