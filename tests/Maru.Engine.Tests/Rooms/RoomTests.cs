using Maru.Engine.Rooms;

namespace Maru.Engine.Tests.Rooms;

public sealed class RoomTests
{
    [Fact]
    public async Task A_page_of_the_store_that_ends_inside_a_run_still_on_its_way_costs_its_reader_nothing()
    {
        var bus = new GatedBus();
        using var rig = new EngineRig(bus: bus);
        rig.Log.AddRoom(1, 7);
        rig.Log.Seed(1, 253);
        var writer = await rig.ConnectAsync(7);
        await writer.SubscribeRoomAsync(1);
        await writer.SayAsync(1, "warm", "w");
        rig.Log.StallAppends();
        var begun = rig.Log.AppendsBegun;
        await writer.SendAsync(StompClient.Say(1, "x"));
        await Deadline.Until(() => rig.Log.AppendsBegun == begun + 1, "a transaction under way");
        for (var i = 0; i < 4; i++) await writer.SendAsync(StompClient.Say(1, "x", $"r{i}"));
        bus.Close(after: 1);
        rig.Log.ResumeAppends();
        await Deadline.Until(() => bus.Waits, "256 to 259 to be committed, and not delivered");

        // Pages end at multiples of 256: this one ends inside that run.
        var reader = await rig.ConnectAsync(7);
        await SubscribeBehindAsync(rig, reader, after: 0);
        await reader.SeqsAsync(256);
        bus.Open();
        await writer.SayAsync(1, "last", "last");
        await reader.SeqsAsync(260);
        reader.Seqs().ShouldBe(Enumerable.Range(1, 260).Select(x => (long)x));
        await writer.SeqsAsync(260);
        writer.Seqs().ShouldBe(Enumerable.Range(254, 7).Select(x => (long)x));
    }

    [Fact]
    public async Task A_client_that_knows_more_than_the_lane_gets_nothing_twice()
    {
        var bus = new GatedBus();
        using var rig = new EngineRig(bus: bus);
        rig.Log.AddRoom(1, 7);
        var writer = await rig.ConnectAsync(7);
        await writer.SubscribeRoomAsync(1);
        await writer.SayAsync(1, "first", "first");
        bus.Close(after: 0);
        await writer.SendAsync(StompClient.Say(1, "second"));
        await Deadline.Until(() => bus.Waits, "2 to be committed, and not delivered");

        // 2 is in the history that this client read; 9 is nowhere.
        var reader = await rig.ConnectAsync(7);
        var dreamer = await rig.ConnectAsync(7);
        await SubscribeBehindAsync(rig, reader, after: 2);
        await dreamer.SubscribeRoomAsync(1, after: 9);
        bus.Open();
        await writer.SayAsync(1, "third", "third");
        await reader.SeqsAsync(3);
        reader.Seqs().ShouldBe([3]);
        await dreamer.SeqsAsync(3);
        dreamer.Seqs().ShouldBe([3]);
        await writer.SeqsAsync(3);
        writer.Seqs().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_gap_is_filled_by_one_read()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 5);
        var entries = rig.Log.Entries(1);
        var room = rig.FindRoom(1)!;
        foreach (var late in new[] { 4, 3 })
        {
            var run = new CommittedRun(room, [entries[late]], [], rig.Engine.Metrics);
            room.Lane.Post(run);
        }

        await client.SeqsAsync(5);
        client.Seqs().ShouldBe([1, 2, 3, 4, 5]);
        rig.Log.Reads.ShouldBe([0]);
    }

    [Fact]
    public async Task A_gap_that_cannot_be_read_is_read_again_after_a_while_and_each_time_a_longer_one()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 5);
        rig.Log.ReadFault = () => new IOException("no disk");
        var room = rig.FindRoom(1)!;
        var run = new CommittedRun(room, [rig.Log.Entries(1)[4]], [], rig.Engine.Metrics);
        rig.Time.Advance(0.1);      // between the rounds of others, which would look like a pause
        room.Lane.Post(run);
        var reads = 1;
        foreach (var delay in new[] { 0.25, 0.5, 1, 2, 4, 4 })
        {
            await Deadline.Until(() => rig.Time.IsAwaited(TimeSpan.FromSeconds(delay)), $"a pause of {delay} s");
            rig.Log.Reads.Count.ShouldBe(reads++);
            rig.Time.Advance(delay);
            await Deadline.Until(() => rig.Log.Reads.Count == reads, $"a read after {delay} s");
        }

        await Deadline.Until(() => rig.Time.IsAwaited(TimeSpan.FromSeconds(4)), "a pause");
        rig.Log.ReadFault = () => null;
        rig.Time.Advance(4);
        await client.SeqsAsync(5);
        client.Seqs().ShouldBe([1, 2, 3, 4, 5]);
        rig.TakeErrors().Length.ShouldBe(reads);
    }

    [Fact]
    public async Task A_subscription_whose_place_cannot_be_looked_up_is_refused_and_costs_nothing_else()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SayAsync(1, "first", "first");
        rig.Log.ReadFault = () => new IOException("no disk");
        await client.SendAsync("SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nafter:9\nreceipt:r\n\n\0");
        (await client.RefusalAsync("r")).Text.ShouldContain("\"type\":\"unavailable\"");
        rig.Log.ReadFault = () => null;
        await client.SubscribeRoomAsync(1, after: 9);
        await client.SayAsync(1, "second", "second");
        await client.SeqsAsync(2);
        client.Seqs().ShouldBe([2]);
        client.Frames.ShouldNotContain(x => x["receipt-id"] == "r" && x.Command == Maru.Engine.Codecs.StompCommand.Receipt);
        rig.TakeErrors().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_sink_that_throws_costs_its_own_connection_only()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var (broken, other, writer) = (await rig.ConnectAsync(7), await rig.ConnectAsync(7), await rig.ConnectAsync(7));
        await broken.SubscribeRoomAsync(1);
        await other.SubscribeRoomAsync(1);
        broken.Sink.Fault = new InvalidOperationException("a bug");
        for (var i = 1; i <= 3; i++) await writer.SayAsync(1, "x", $"r{i}");
        await other.SeqsAsync(3);
        broken.Sink.IsAborted.ShouldBeTrue();
        rig.TakeErrors().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_reader_that_stalls_gets_everything_later_and_costs_the_others_nothing()
    {
        using var rig = new EngineRig(x => (x.OutboxBytes, x.TailMinBytes, x.TailMaxBytes) = (2000, 2000, 4000));
        rig.Log.AddRoom(1, 7);
        var (slow, quick, writer) = (await rig.ConnectAsync(7), await rig.ConnectAsync(7), await rig.ConnectAsync(7));
        // A wire form of its own: it can live on nobody else's encoded runs.
        await slow.SubscribeRoomAsync(1, "slow");
        await quick.SubscribeRoomAsync(1);
        slow.Sink.SetWindow(0);
        for (var i = 1; i <= 500; i++) await writer.SayAsync(1, "x", $"r{i}");
        await quick.SeqsAsync(500);
        slow.Session.Connection.Outbox.Bytes.ShouldBeLessThan(3000);
        slow.Sink.SetWindow(300);
        await slow.SeqsAsync(500, "slow");
        slow.Seqs("slow").ShouldBe(Enumerable.Range(1, 500).Select(x => (long)x));
        quick.Seqs().ShouldBe(Enumerable.Range(1, 500).Select(x => (long)x));
        rig.Log.Reads.ShouldNotBeEmpty("the tail did not reach so far back");
    }

    /// <summary>The lane is behind the store: what the client asks for is waited for, and then read.</summary>
    private static async Task SubscribeBehindAsync(EngineRig rig, StompClient client, long after)
    {
        await client.SendAsync($"SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nreceipt:sub\nafter:{after}\n\n\0");
        await Deadline.Until(() => rig.Time.IsAwaited(rig.Engine.Options.GapPatience), "patience");
        rig.Time.Advance(rig.Engine.Options.GapPatience);
        await client.ReceiptAsync("sub");
    }
}
