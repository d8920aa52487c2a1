namespace Maru.Engine.Tests.Protocols.Stomp;

/// <summary>Signals that a transaction holds until its commit.</summary>
public sealed class TransactionSignalTests
{
    [Fact]
    public async Task Signals_are_held_too()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SubscribeAsync("/topic/rooms/1/signals/x");
        await client.SendAsync("BEGIN\ntransaction:t\n\n\0SEND\ndestination:/topic/rooms/1/signals/x\ntransaction:t\n\nheld\0");
        await client.SendAsync("SEND\ndestination:/topic/rooms/1/signals/x\n\nfree\0");
        await client.SendAsync("COMMIT\ntransaction:t\n\n\0");
        await client.UntilAsync(() => client.Messages.Count() == 2, "two signals");
        client.Messages.Select(x => x.Text).ShouldBe(["free", "held"]);
    }

    [Fact]
    public async Task A_signal_that_was_held_is_not_heard_in_a_room_that_its_sender_has_lost_meanwhile()
    {
        using var rig = Rig();
        rig.Log.AddRoom(3, 7, 8);
        var (sender, listener) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await listener.SubscribeAsync("/topic/rooms/3/signals/x");
        await sender.SendAsync(
            "BEGIN\ntransaction:t\n\n\0SEND\ndestination:/topic/rooms/3/signals/x\ntransaction:t\n\nheld\0"
            + StompClient.Say(2, "stored", "m", "transaction:t\n"));
        rig.Log.StallAppends();
        var begun = rig.Log.AppendsBegun;
        var left = MemberDraft.Leaves(3, 7);
        await rig.Engine.AppendAsync(left);
        // In one batch with the removal, the messages and signals would come first.
        await Deadline.Until(() => rig.Log.AppendsBegun == begun + 1, "the removal to be on its way");
        await sender.SendAsync("COMMIT\ntransaction:t\nreceipt:c\n\n\0");
        rig.Log.ResumeAppends();
        await left.Settled.Within("the removal");
        await sender.ReceiptAsync("c");
        await sender.ReceiptAsync("m");
        await listener.SendAsync("SEND\ndestination:/topic/rooms/3/signals/x\n\nlater\0");
        await listener.UntilAsync(() => listener.Messages.Any(), "the later signal");
        listener.Messages.Select(x => x.Text).ShouldBe(["later"]);
    }

    [Fact]
    public async Task Signals_count_where_a_message_is_named()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SayAsync(1, "first", "first", "client-key:used\n");
        await client.SendAsync(
            "BEGIN\ntransaction:t\n\n\0SEND\ndestination:/topic/rooms/1/signals/x\ntransaction:t\n\nheld\0"
                + StompClient.Say(1, "b", null, "transaction:t\nclient-key:used\n"));
        await client.SendAsync("COMMIT\ntransaction:t\nreceipt:commit\n\n\0");
        (await client.RefusalAsync("commit")).Text.ShouldContain("Message 2 of the transaction was refused (idempotency-key-reused)");
    }

    [Fact]
    public async Task Signals_go_out_only_when_the_messages_beside_them_are_stored()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SubscribeAsync("/topic/rooms/2/signals/x");
        await client.SayAsync(1, "first", "first", "client-key:used\n");
        foreach (var text in new[] { "other", "first" })
        {
            await client.SendAsync(
                $"BEGIN\ntransaction:t\n\n\0SEND\ndestination:/topic/rooms/2/signals/x\ntransaction:t\n\nwith {text}\0"
                    + StompClient.Say(1, text, null, "transaction:t\nclient-key:used\n"));
            await client.SendAsync($"COMMIT\ntransaction:t\nreceipt:{text}\n\n\0");
        }

        await client.RefusalAsync("other");
        await client.ReceiptAsync("first");
        await client.UntilAsync(() => client.Messages.Any(x => x["subscription"] == "s"), "a signal");
        client.Messages.Where(x => x["subscription"] == "s").Select(x => x.Text).ShouldBe(["with first"]);
        await client.Session.Connection.InFlight.WhenEmptyAsync().Within("nothing to be under way");
    }

    [Fact]
    public async Task Signals_that_were_held_do_not_outlive_the_right_to_the_room()
    {
        using var rig = Rig();
        rig.Log.AddRoom(3, 7, 8);
        var (removed, other) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await other.SubscribeAsync("/topic/rooms/3/signals/x");
        await removed.ListenForRefusalsAsync();
        await removed.SendAsync("BEGIN\ntransaction:t\n\n\0SEND\ndestination:/topic/rooms/3/signals/x\ntransaction:t\n\nheld\0");
        await rig.ApplyAsync(MemberDraft.Leaves(3, 7));
        await removed.SendAsync("COMMIT\ntransaction:t\nreceipt:commit\n\n\0");
        await removed.RefusalAsync("commit");
        await other.SendAsync("SEND\ndestination:/topic/rooms/3/signals/x\n\nown\0");
        await other.UntilAsync(() => other.Messages.Any(), "a signal");
        other.Messages.Select(x => x.Text).ShouldBe(["own"]);
    }

    private static EngineRig Rig(Action<EngineOptions>? set = null)
    {
        var rig = new EngineRig(set);
        rig.Log.AddRoom(1, 7);
        rig.Log.AddRoom(2, 7);
        return rig;
    }
}
