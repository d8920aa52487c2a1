using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class SubscriptionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(499)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(long.MaxValue - 1)]
    [InlineData(long.MaxValue)]
    public async Task After_brings_everything_behind_it_from_the_store_and_then_what_is_live(long after)
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        rig.Log.Seed(1, 500);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1, after: after);
        await client.SayAsync(1, "live", "r");
        await client.SeqsAsync(501);
        client.Seqs().ShouldBe(Range(Math.Min(after, 500) + 1, 501));
    }

    [Fact]
    public async Task What_is_in_the_tail_is_not_read_from_the_store()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var first = await rig.ConnectAsync(7);
        await first.SubscribeRoomAsync(1);
        for (var i = 1; i <= 40; i++) await first.SayAsync(1, "x", $"r{i}");
        var second = await rig.ConnectAsync(7);
        await second.SubscribeRoomAsync(1, after: 10);
        await second.SeqsAsync(40);
        second.Seqs().ShouldBe(Range(11, 40));
        rig.Log.Reads.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_long_history_comes_in_bounded_pages()
    {
        using var rig = new EngineRig(x => (x.OutboxBytes, x.PageBytes) = (4000, 2000));
        rig.Log.AddRoom(1, 7);
        rig.Log.Seed(1, 2000, 100);
        var client = await rig.ConnectAsync(7, sink: new MemorySink(window: 1000));
        await client.SubscribeRoomAsync(1, after: 0);
        var most = 0;
        await client.UntilAsync(
            () =>
            {
                most = Math.Max(most, client.Session.Connection.Outbox.Bytes);
                return client.Seqs() is [.., 2000];
            },
            "the history");
        client.Seqs().ShouldBe(Range(1, 2000));
        most.ShouldBeLessThan(2 * 4000 + 2000);
    }

    [Fact]
    public async Task Two_subscriptions_of_one_room_are_two_streams_and_unsubscribe_ends_one()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1, "a");
        await client.SubscribeRoomAsync(1, "b");
        await client.SayAsync(1, "x", "r1");
        await client.SeqsAsync(1, "a");
        await client.SendAsync("UNSUBSCRIBE\nid:a\nreceipt:u\n\n\0");
        await client.ReceiptAsync("u");
        await client.SayAsync(1, "x", "r2");
        await client.SeqsAsync(2, "b");
        client.Seqs("a").ShouldBe([1]);
        client.Seqs("b").ShouldBe([1, 2]);
    }

    [Fact]
    public async Task An_id_in_use_is_refused_and_a_freed_one_is_not()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SubscribeRoomAsync(1, "a");
        foreach (var id in new[] { "a", "errors" })
        {
            await client.SendAsync($"SUBSCRIBE\nid:{id}\ndestination:/topic/rooms/1\nreceipt:again-{id}\n\n\0");
            (await client.RefusalAsync($"again-{id}")).Text.ShouldContain("\"type\":\"conflict\"");
        }

        await client.SendAsync("UNSUBSCRIBE\nid:a\n\n\0SUBSCRIBE\nid:a\ndestination:/topic/rooms/1\nreceipt:third\n\n\0");
        await client.ReceiptAsync("third");
    }

    [Fact]
    public async Task The_clients_name_for_a_subscription_is_bounded()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SubscribeRoomAsync(1, new string('x', 256));
        await client.SendAsync($"SUBSCRIBE\nid:{new string('x', 257)}\ndestination:/topic/rooms/1\nreceipt:long\n\n\0");
        (await client.RefusalAsync("long")).Text.ShouldContain("invalid");
        await client.SendAsync($"SUBSCRIBE\nid:{new string('한', 86)}\ndestination:/user/queue/events\nreceipt:wide\n\n\0");
        (await client.RefusalAsync("wide")).Text.ShouldContain("invalid");
    }

    [Fact]
    public async Task Refusals_come_once_whoever_asks_for_them_twice()
    {
        using var rig = new EngineRig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync("SUBSCRIBE\nid:again\ndestination:/user/queue/errors\nreceipt:again\n\n\0");
        (await client.RefusalAsync("again")).Text.ShouldContain("too-many-subscriptions");
        await client.SendAsync("UNSUBSCRIBE\nid:errors\nreceipt:u\n\n\0");
        await client.ReceiptAsync("u");
        await client.SubscribeAsync("/user/queue/errors", "again");
        for (var i = 0; i < 8; i++) await client.SubscribeAsync("/user/queue/events", $"e{i}");
        await client.SendAsync("SUBSCRIBE\nid:e8\ndestination:/user/queue/events\nreceipt:e8\n\n\0");
        (await client.RefusalAsync("e8")).Text.ShouldContain("too-many-subscriptions");
    }

    [Fact]
    public async Task A_users_subscriptions_are_bounded_over_all_connections()
    {
        using var rig = new EngineRig(x => x.MaxSubscriptionsPerUser = 3);
        rig.Log.AddRoom(1, 7, 8);
        var (first, second, other) = (await rig.ConnectAsync(7), await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await second.ListenForRefusalsAsync();
        await first.SubscribeRoomAsync(1, "a");
        await first.SubscribeRoomAsync(1, "b");
        await second.SubscribeRoomAsync(1, "a");
        await second.SendAsync("SUBSCRIBE\nid:b\ndestination:/topic/rooms/1\nreceipt:full\n\n\0");
        (await second.RefusalAsync("full")).Text.ShouldContain("too-many-subscriptions");
        await other.SubscribeRoomAsync(1);

        await second.SendAsync("UNSUBSCRIBE\nid:a\nreceipt:u\n\n\0");
        await second.ReceiptAsync("u");
        await second.SubscribeRoomAsync(1, "b");
        first.Session.Closed();
        await second.SubscribeRoomAsync(1, "c");
        await second.SubscribeRoomAsync(1, "d");
        await second.SendAsync("SUBSCRIBE\nid:e\ndestination:/topic/rooms/1\nreceipt:again\n\n\0");
        (await second.RefusalAsync("again")).Text.ShouldContain("too-many-subscriptions");
    }

    [Fact]
    public async Task A_connection_has_so_many_subscriptions_and_no_more()
    {
        using var rig = new EngineRig(x => x.MaxSubscriptions = 3);
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SubscribeRoomAsync(1, "a");
        await client.SubscribeAsync("/user/queue/events", "b");
        await client.SendAsync("SUBSCRIBE\nid:c\ndestination:/topic/rooms/1\nreceipt:c\n\n\0");
        (await client.RefusalAsync("c")).Text.ShouldContain("too-many-subscriptions");
    }

    [Fact]
    public async Task The_place_of_a_subscription_that_ended_is_free_for_another()
    {
        using var rig = new EngineRig(x => x.MaxSubscriptions = 11);
        for (var room = 1; room <= 11; room++) rig.Log.AddRoom(room, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        for (var room = 1; room <= 10; room++) await client.SubscribeRoomAsync(room, $"r{room}");
        await client.SendAsync("SUBSCRIBE\nid:more\ndestination:/topic/rooms/11\nreceipt:full\n\n\0");
        (await client.RefusalAsync("full")).Text.ShouldContain("too-many-subscriptions");
        await client.SendAsync("UNSUBSCRIBE\nid:r1\n\n\0");
        await client.SubscribeRoomAsync(11, "after-unsubscribe");
        await rig.ApplyAsync(MemberDraft.Leaves(2, 7));
        await client.SubscribeRoomAsync(11, "after-removal");
        await client.SendAsync("SUBSCRIBE\nid:more\ndestination:/topic/rooms/11\nreceipt:full-again\n\n\0");
        (await client.RefusalAsync("full-again")).Text.ShouldContain("too-many-subscriptions");
        await client.SayAsync(11, "x", "said");
        await client.SeqsAsync(1, "after-removal");
        await client.SeqsAsync(1, "after-unsubscribe");
    }

    [Theory]
    [InlineData("1.2", "client", true)]
    [InlineData("1.2", "client-individual", true)]
    [InlineData("1.2", "auto", false)]
    [InlineData("1.1", "client", false)]
    public async Task An_ack_header_comes_where_the_version_and_the_mode_ask_for_it(string version, string mode, bool has)
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7, version);
        await client.SendAsync($"SUBSCRIBE\nid:s\\c1\ndestination:/topic/rooms/1\nack:{mode}\nreceipt:r\n\n\0");
        await client.ReceiptAsync("r");
        await client.SayAsync(1, "x", "r1");
        await client.SeqsAsync(1, "s:1");
        (client.Messages.Single()["ack"] is not null).ShouldBe(has);
        client.Messages.Single()["message-id"].ShouldBe("1-1");
    }

    [Fact]
    public async Task Version_1_0_may_leave_the_id_out()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7, "1.0");
        await client.SendAsync("SUBSCRIBE\ndestination:/topic/rooms/1\nreceipt:r\n\n\0");
        await client.ReceiptAsync("r");
        await client.SayAsync(1, "x", "r1");
        await client.SeqsAsync(1, "/topic/rooms/1");
        await client.SendAsync("UNSUBSCRIBE\ndestination:/topic/rooms/1\nreceipt:u\n\n\0");
        await client.ReceiptAsync("u");
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_named_and_leaves_nothing_behind()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        rig.Log.ReadFault = () => new IOException("no disk");
        await client.SendAsync("SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nreceipt:r\n\n\0");
        (await client.RefusalAsync("r")).Text.ShouldContain("unavailable");
        await Deadline.Until(() => rig.FindRoom(1) is null, "the room nobody entered to be forgotten: it would collect entries for ever");
        rig.Log.ReadFault = () => null;
        await client.SubscribeRoomAsync(1, "t");
        rig.TakeErrors().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_history_that_cannot_be_read_ends_the_connection_and_not_the_room()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        rig.Log.Seed(1, 10);
        var client = await rig.ConnectAsync(7);
        var other = await rig.ConnectAsync(7);
        await other.SubscribeRoomAsync(1);
        rig.Log.ReadFault = () => new IOException("no disk");
        await client.SendAsync("SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nafter:3\n\n\0");
        await client.ErrorAsync("unavailable");
        await other.SayAsync(1, "x", "r");
        await other.SeqsAsync(11);
        rig.TakeErrors().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Who_asks_and_never_reads_is_made_to_wait()
    {
        using var rig = new EngineRig(x => x.OutboxBytes = 1000);
        var client = await rig.ConnectAsync(7);
        client.Sink.SetWindow(0);
        var asked = string.Concat(
            Enumerable.Range(0, 200).Select(i => $"BEGIN\ntransaction:{i}\nreceipt:b{i}\n\n\0ABORT\ntransaction:{i}\nreceipt:a{i}\n\n\0"));
        var asking = client.Session.ReceiveAsync(System.Text.Encoding.ASCII.GetBytes(asked)).AsTask();
        asking.IsCompleted.ShouldBeFalse();
        client.Session.Connection.Outbox.Bytes.ShouldBeLessThan(3 * 1000);
        client.Sink.SetWindow(long.MaxValue);
        await asking.Within("the rest");
        await client.ReceiptAsync("a199");
        client.Frames.Count(x => x.Command == StompCommand.Receipt).ShouldBe(400);
    }

    private static long[] Range(long first, long last)
    {
        List<long> range = [];
        for (var i = first; i <= last; i++) range.Add(i);
        return [.. range];
    }
}
