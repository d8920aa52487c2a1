using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Tests.Rooms;

/// <summary>
/// Entries of other nodes: told by the bus, or found in the log that all share.
/// A seeded entry is one that another node committed.
/// </summary>
public sealed class TailWatchTests
{
    [Fact]
    public async Task Without_a_bus_one_look_finds_what_nobody_told()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 3);
        await LookAsync(rig);
        await client.SeqsAsync(3);
        client.Seqs().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task With_a_bus_what_may_be_on_its_way_is_waited_for_and_found_at_the_second_look()
    {
        using var rig = Rig(new GatedBus());
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 3);
        await LookAsync(rig);
        await SyncAsync(client);
        rig.Log.Reads.ShouldBeEmpty("the bus may bring it");
        await LookAsync(rig);
        await client.SeqsAsync(3);
        client.Seqs().ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_bus_has_just_begun_to_listen_one_look_finds_what_it_missed(bool again)
    {
        var bus = new GatedBus();
        using var rig = Rig(bus);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 3);
        if (again) bus.ListenAgain();
        else rig.Engine.CheckTail(new RoomId(1));
        await LookAsync(rig, 0.25);
        await client.SeqsAsync(3);
        client.Seqs().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task What_the_bus_brings_is_delivered_at_once_and_not_read()
    {
        using var rig = Rig(new GatedBus());
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 4);
        var entries = rig.Log.Entries(1);
        rig.Engine.Receive(new RoomId(1), entries[2..]);
        rig.Engine.Receive(new RoomId(1), entries[..3]);
        rig.Engine.Receive(new RoomId(1), entries);
        await client.SeqsAsync(4);
        client.Seqs().ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task What_is_too_much_to_tell_is_read_as_soon_as_its_end_is_told()
    {
        using var rig = Rig(new GatedBus());
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 300);
        rig.Engine.ReceiveHead(new RoomId(1), 300);
        await client.SeqsAsync(300);
        client.Seqs().ShouldBe(Enumerable.Range(1, 300).Select(x => (long)x));
    }

    [Fact]
    public async Task What_is_told_beyond_the_log_s_end_is_looked_for_once()
    {
        using var rig = Rig(new GatedBus());
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Engine.ReceiveHead(new RoomId(1), long.MaxValue / 2);
        await Deadline.Until(() => rig.Log.Reads.Count == 1, "a read");
        for (var i = 1; i <= 5; i++) await client.SayAsync(1, "x", $"r{i}");
        await client.SeqsAsync(5);
        client.Seqs().ShouldBe([1, 2, 3, 4, 5]);
        for (var i = 0; i < 4; i++)
        {
            rig.Time.Advance(0.25);
            await SyncAsync(client);
        }

        rig.Log.Reads.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Beyond_what_may_wait_it_is_dropped_and_found_in_the_log()
    {
        using var rig = Rig(new GatedBus(), x => x.ReceiveBytes = 500);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 1);
        rig.Engine.Receive(new RoomId(1), rig.Log.Entries(1));
        await client.SeqsAsync(1);
        using (var busy = new BusyLane(rig.FindRoom(1)!.Lane))
        {
            rig.Log.Seed(1, 2, bodyBytes: 1000);
            rig.Engine.Receive(new RoomId(1), rig.Log.Entries(1)[1..2]);
            rig.Engine.Receive(new RoomId(1), rig.Log.Entries(1)[2..]);
        }

        await SyncAsync(client);
        client.Seqs().ShouldBe([1, 2]);
        await LookAsync(rig);
        await LookAsync(rig);
        await client.SeqsAsync(3);

        // What was delivered, and what was dropped, no longer counts.
        for (var i = 4; i <= 20; i++)
        {
            rig.Log.Seed(1, 1);
            rig.Engine.Receive(new RoomId(1), rig.Log.Entries(1)[^1..]);
            await client.SeqsAsync(i);
        }
    }

    [Fact]
    public async Task What_came_while_the_room_was_entered_and_has_a_gap_before_it_is_not_left_lying()
    {
        using var rig = Rig(new GatedBus());
        var client = await rig.ConnectAsync(7);
        rig.Log.StallReads();
        var subscribing = client.SubscribeRoomAsync(1);
        await Deadline.Until(() => rig.FindRoom(1) is not null, "the room to be entered");
        // 1 was committed before the bus listened, 2 after it.
        rig.Engine.Receive(new RoomId(1), [new Entry(new RoomId(1), 2, EntryKind.MessageCreated, MemoryRoomLog.Body(2, 40))]);
        rig.Log.ResumeReads();
        await subscribing;
        await SyncAsync(client);
        rig.Log.Seed(1, 2);
        rig.Time.Advance(0.1);
        await client.SeqsAsync(2);
        client.Seqs().ShouldBe([1, 2]);
    }

    [Fact]
    public async Task What_comes_out_of_order_is_waited_for_and_costs_no_read()
    {
        using var rig = Rig(new GatedBus());
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 6);
        var entries = rig.Log.Entries(1);
        for (var i = 1; i < 6; i += 2)
        {
            // While one is waited for, another one becomes missing: each has its own time.
            rig.Engine.Receive(new RoomId(1), [entries[i]]);
            await SyncAsync(client);
            rig.Time.Advance(0.06);
            rig.Engine.Receive(new RoomId(1), [entries[i - 1]]);
            await client.SeqsAsync(i + 1);
        }

        client.Seqs().ShouldBe([1, 2, 3, 4, 5, 6]);
        rig.Log.Reads.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_missing_for_long_is_read()
    {
        using var rig = Rig(new GatedBus());
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 3);
        rig.Engine.Receive(new RoomId(1), rig.Log.Entries(1)[2..]);
        await SyncAsync(client);
        rig.Time.Advance(0.09);
        rig.Log.Reads.ShouldBeEmpty();
        rig.Time.Advance(0.01);
        await client.SeqsAsync(3);
        client.Seqs().ShouldBe([1, 2, 3]);
        rig.Log.Reads.ShouldBe([0]);
    }

    [Fact]
    public async Task A_removal_of_another_node_ends_rights_before_its_entry_is_delivered()
    {
        using var rig = Rig(new GatedBus());
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 1);
        // 1 is missing: the removal itself waits.
        rig.Log.StallReads();
        rig.Engine.Receive(
            new RoomId(1), [new Entry(new RoomId(1), 2, EntryKind.MemberLeft, MemoryRoomLog.Body(2, 40)) { Member = new UserId(7) }]);
        var sending = client.SendAsync("SEND\ndestination:/topic/rooms/1/signals/x\nreceipt:r\n\nhello\0");
        rig.Log.AddRoom(1);
        rig.Log.Seed(1, 2);
        rig.Log.ResumeReads();
        await sending;
        (await client.RefusalAsync("r")).Text.ShouldContain("not-found");
    }

    [Fact]
    public async Task A_removal_that_is_in_no_log_keeps_nobody_out()
    {
        using var rig = Rig(new GatedBus());
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Engine.Receive(new RoomId(1), [new Entry(new RoomId(1), 1000, EntryKind.RoomDeleted, MemoryRoomLog.Body(1000, 40))]);
        await client.SayAsync(1, "still here", "r");
        rig.Log.MembershipReads.ShouldBeLessThan(5);
    }

    [Fact]
    public async Task A_log_that_cannot_be_asked_is_complained_of_once_and_asked_again()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.ReadFault = () => new IOException("no store");
        for (var i = 0; i < 3; i++) await LookAsync(rig);
        rig.Log.ReadFault = () => null;
        rig.Log.Seed(1, 1);
        await LookAsync(rig);
        await client.SeqsAsync(1);
        rig.TakeErrors().Length.ShouldBeLessThanOrEqualTo(1);
    }

    private static EngineRig Rig(IBus? bus = null, Action<EngineOptions>? set = null)
    {
        var rig = new EngineRig(set, bus, new MemoryRoomLog { IsShared = true });
        rig.Log.AddRoom(1, 7);
        return rig;
    }

    /// <summary>Waits until the lane has done the room's earlier work.</summary>
    private static Task SyncAsync(StompClient client) => client.SubscribeRoomAsync(1, $"sync{client.Frames.Count}");

    /// <summary>Lets half a second pass, or less: in that time the log is asked once with a bus, once or twice without.</summary>
    private static async Task LookAsync(EngineRig rig, double seconds = 0.5)
    {
        var looks = rig.Log.HeadReads;
        rig.Time.Advance(seconds);
        await Deadline.Until(() => rig.Log.HeadReads > looks, "a look into the log");
    }
}
