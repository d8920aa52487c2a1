using Maru.Engine.Codecs;
using Maru.Engine.Problems;

namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class TransactionTests
{
    [Fact]
    public async Task What_is_sent_inside_is_held_and_appended_together_at_commit()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        await client.SendAsync("BEGIN\ntransaction:t\nreceipt:begin\n\n\0");
        await client.SendAsync(StompClient.Say(1, "a", "a", "transaction:t\n"));
        await client.SendAsync(StompClient.Say(1, "b", "b", "transaction:t\n"));
        await client.SayAsync(1, "outside", "outside");
        await client.SeqsAsync(1);
        rig.Log.Entries(1).Count.ShouldBe(1);
        client.Frames.ShouldNotContain(x => x["receipt-id"] == "a");

        rig.Log.Transactions.Clear();
        await client.SendAsync("COMMIT\ntransaction:t\nreceipt:commit\n\n\0");
        await client.ReceiptAsync("commit");
        rig.Log.Transactions.ShouldBe([2]);
        (await client.ReceiptAsync("a"))["seq"].ShouldBe("2");
        (await client.ReceiptAsync("b"))["seq"].ShouldBe("3");
        client.Seqs().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Abort_forgets_what_was_held_and_the_name_can_be_used_again()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SendAsync(
            "BEGIN\ntransaction:t\n\n\0" + StompClient.Say(1, "a", "a", "transaction:t\n") + "ABORT\ntransaction:t\nreceipt:abort\n\n\0");
        await client.ReceiptAsync("abort");
        await client.SendAsync("BEGIN\ntransaction:t\n\n\0COMMIT\ntransaction:t\nreceipt:empty\n\n\0");
        await client.ReceiptAsync("empty");
        rig.Log.Entries(1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("BEGIN\ntransaction:t\n\n\0BEGIN\ntransaction:t\n\n\0", "bad-frame")]
    [InlineData("BEGIN\ntransaction:1\n\n\0BEGIN\ntransaction:2\n\n\0BEGIN\ntransaction:3\n\n\0", "too-large")]
    public async Task Too_many_and_doubled_transactions_end_the_connection(string frames, string slug)
    {
        using var rig = Rig(x => x.MaxTransactions = 2);
        var client = await rig.ConnectAsync(7);
        await client.SendAsync(frames);
        await client.ErrorAsync(slug);
    }

    [Fact]
    public async Task A_transaction_holds_so_many_bytes_and_no_more()
    {
        using var rig = Rig(x => x.TransactionBytes = 5000);
        var client = await rig.ConnectAsync(7);
        await client.SendAsync("BEGIN\ntransaction:t\n\n\0");
        for (var i = 0; i < 20 && client.CloseCode is null; i++)
            await client.SendAsync(StompClient.Say(1, new string('x', 200), $"{i}", "transaction:t\n"));
        (await client.ErrorAsync("too-large"))["receipt-id"].ShouldNotBeNullOrEmpty("it names the frame");
        rig.Log.Entries(1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("SEND\ndestination:/topic/rooms/1/signals/x\ntransaction:t\nk:{0}\n\n.\0")]
    [InlineData("SEND\ndestination:/app/rooms/1/messages\ntransaction:t\nreceipt:{0}\n\n{{\"text\":\"x\"}}\0")]
    public async Task Headers_that_are_kept_count_as_well(string frame)
    {
        using var rig = Rig(x => x.TransactionBytes = 5000);
        var client = await rig.ConnectAsync(7);
        await client.SendAsync("BEGIN\ntransaction:t\n\n\0");
        for (var i = 0; i < 6; i++)
            await client.SendAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, frame, new string('x', 1000)));
        await client.ErrorAsync("too-large");
    }

    [Fact]
    public async Task A_commit_that_was_refused_is_not_acknowledged()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        rig.Log.AppendFault = _ => new Maru.Engine.Log.RoomLogException(Problem.StorageFull, new IOException());
        await client.SendAsync(
            "BEGIN\ntransaction:t\n\n\0"
                + StompClient.Say(1, "a", "a", "transaction:t\n") + StompClient.Say(1, "b", "b", "transaction:t\n"));
        await client.SendAsync("COMMIT\ntransaction:t\nreceipt:commit\n\n\0");
        await client.RefusalAsync("a");
        await client.RefusalAsync("b");
        (await client.RefusalAsync("commit")).Text.ShouldContain("storage-full");
        client.Frames.ShouldNotContain(x => x.Command == StompCommand.Receipt && x["receipt-id"] == "commit");
        rig.TakeErrors().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task One_refused_message_leaves_nothing_of_the_transaction_and_costs_the_others_nothing()
    {
        using var rig = Rig();
        var (client, other) = (await rig.ConnectAsync(7), await rig.ConnectAsync(7));
        await client.ListenForRefusalsAsync();
        await client.SubscribeRoomAsync(1, "s1");
        await client.SubscribeRoomAsync(2, "s2");
        await client.SayAsync(2, "first", "first", "client-key:used\n");
        await other.SayAsync(1, "warm", "warm");
        rig.Log.StallAppends();
        var begun = rig.Log.AppendsBegun;
        await other.SendAsync(StompClient.Say(1, "x"));
        await Deadline.Until(() => rig.Log.AppendsBegun == begun + 1, "a batch under way");
        await other.SendAsync(StompClient.Say(1, "before", "before"));
        await client.SendAsync("BEGIN\ntransaction:t\n\n\0"
            + StompClient.Say(1, "a", "a", "transaction:t\nclient-key:a\n") + StompClient.Say(2, "b", null, "transaction:t\n")
            + StompClient.Say(2, "other", "c", "transaction:t\nclient-key:used\n") + "COMMIT\ntransaction:t\nreceipt:commit\n\n\0");
        await other.SendAsync(StompClient.Say(1, "after", "after") + StompClient.Say(2, "after", "after2"));
        rig.Log.ResumeAppends();

        (await client.RefusalAsync("c")).Text.ShouldContain("\"type\":\"idempotency-key-reused\"");
        foreach (var receipt in new[] { "a", "commit" })
        {
            var refusal = await client.RefusalAsync(receipt);
            refusal.Text.ShouldContain("\"type\":\"transaction-refused\"");
            refusal.Text.ShouldContain("Message 3 of the transaction was refused (idempotency-key-reused)");
        }

        client.Frames.Count(x => x["destination"] == "/user/queue/errors").ShouldBe(3);
        (await other.ReceiptAsync("before"))["seq"].ShouldBe("3");
        (await other.ReceiptAsync("after"))["seq"].ShouldBe("4");
        (await other.ReceiptAsync("after2"))["seq"].ShouldBe("2");
        await client.SeqsAsync(4, "s1");
        await client.SeqsAsync(2, "s2");
        client.Seqs("s1").ShouldBe([1, 2, 3, 4]);
        client.Seqs("s2").ShouldBe([1, 2]);
        (await client.SayAsync(1, "again", "again", "client-key:a\n"))["seq"].ShouldBe("5", "the key was not used");
    }

    [Fact]
    public async Task Who_does_not_listen_for_refusals_learns_from_ERROR_which_message_it_was()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SayAsync(1, "first", "first", "client-key:used\n");
        await client.SendAsync(
            "BEGIN\ntransaction:t\n\n\0"
                + StompClient.Say(1, "a", null, "transaction:t\n") + StompClient.Say(1, "b", null, "transaction:t\nclient-key:used\n"));
        await client.SendAsync("COMMIT\ntransaction:t\nreceipt:commit\n\n\0");
        var error = await client.ErrorAsync("transaction-refused");
        error["receipt-id"].ShouldBe("commit");
        error.Text.ShouldContain("Message 2 of the transaction was refused (idempotency-key-reused)");
        rig.Log.Entries(1).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_SEND_that_was_refused_at_once_spoils_its_transaction_and_COMMIT_names_it()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync(
            "BEGIN\ntransaction:t\n\n\0"
                + StompClient.Say(1, "a", "a", "transaction:t\n") + StompClient.Say(1, " ", "blank", "transaction:t\n"));
        (await client.RefusalAsync("blank")).Text.ShouldContain("\"type\":\"invalid\"");
        await client.SendAsync(StompClient.Say(99, "elsewhere", "elsewhere", "transaction:t\n"));
        (await client.RefusalAsync("elsewhere")).Text.ShouldContain("\"type\":\"not-found\"");
        await client.SendAsync("COMMIT\ntransaction:t\nreceipt:commit\n\n\0");
        foreach (var receipt in new[] { "a", "commit" })
        {
            var refusal = await client.RefusalAsync(receipt);
            refusal.Text.ShouldContain("\"type\":\"transaction-refused\"");
            refusal.Text.ShouldContain("Message 2 of the transaction was refused (invalid), so none was stored.");
        }

        rig.Log.Entries(1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("SEND\ndestination:/app/rooms/99/messages\ntransaction:t\n\n{\"text\":\"x\"}\0", "not-found")]
    [InlineData("SEND\ndestination:/topic/rooms/99/signals/x\ntransaction:t\n\nx\0", "not-found")]
    [InlineData("SEND\ndestination:/app/nowhere\ntransaction:t\n\nx\0", "unknown-destination")]
    public async Task Whatever_the_reason_COMMIT_names_the_first_SEND_that_was_refused(string send, string slug)
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync(
            "BEGIN\ntransaction:t\n\n\0SEND\ndestination:/topic/rooms/1/signals/x\ntransaction:t\n\nheld\0"
                + send + "COMMIT\ntransaction:t\nreceipt:commit\n\n\0");
        (await client.RefusalAsync("commit")).Text.ShouldContain($"Message 2 of the transaction was refused ({slug})");
    }

    [Fact]
    public async Task A_transaction_of_someone_who_lost_one_of_its_rooms_is_refused_as_a_whole()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync(
            "BEGIN\ntransaction:t\n\n\0"
                + StompClient.Say(1, "a", "a", "transaction:t\n") + StompClient.Say(2, "b", "b", "transaction:t\n"));
        await rig.ApplyAsync(MemberDraft.Leaves(2, 7));
        await client.SendAsync("COMMIT\ntransaction:t\nreceipt:commit\n\n\0");
        await client.RefusalAsync("a");
        await client.RefusalAsync("b");
        await client.RefusalAsync("commit");
        rig.Log.Entries(1).ShouldBeEmpty();
    }

    private static EngineRig Rig(Action<EngineOptions>? set = null)
    {
        var rig = new EngineRig(set);
        rig.Log.AddRoom(1, 7);
        rig.Log.AddRoom(2, 7);
        return rig;
    }
}
