using Maru.Engine.Rooms;

namespace Maru.Engine.Tests.Connections;

/// <summary>All that clients make the process keep has one bound, and those who hold the most pay when it is reached.</summary>
public sealed class MemoryGuardTests
{
    private const int Page = 16 * 1024;

    [Fact]
    public async Task Who_reads_nothing_and_holds_the_most_is_cut_and_the_others_go_on()
    {
        using var rig = Rig(x => x.ClientMemoryBytes = 512 * 1024);
        var reader = await rig.ConnectAsync(7);
        await reader.SubscribeRoomAsync(1);
        List<StompClient> deaf = [];
        while (deaf.Count < 20 && !deaf.Exists(x => x.Sink.IsAborted))
        {
            deaf.Add(await rig.ConnectAsync(8));
            deaf[^1].Sink.SetWindow(0);
            // A name of its own: what waits for it is shared with nobody.
            await deaf[^1].SendAsync($"SUBSCRIBE\nid:{deaf.Count}\ndestination:/topic/rooms/1\nafter:0\n\n\0");
            await Deadline.Until(
                () => deaf[^1].Session.Connection.Memory.Held > 64 * 1024 || deaf.Exists(x => x.Sink.IsAborted), "it to hold much");
        }

        deaf.ShouldContain(x => x.Sink.IsAborted);
        deaf.ForEach(x => { if (x.Sink.IsAborted) x.Session.Closed(); });
        var memory = rig.Engine.Clients.Memory;
        await Deadline.Until(() => memory.Used <= memory.Max, "the memory to be within its bound");
        reader.Sink.IsAborted.ShouldBeFalse();
        await reader.SayAsync(1, "goes on", "r");
        await reader.SeqsAsync(201);
    }

    [Fact]
    public async Task Everything_that_was_held_is_given_back()
    {
        using var rig = Rig();
        var memory = rig.Engine.Clients.Memory;
        var client = await rig.ConnectAsync(7);
        client.Sink.SetWindow(0);
        await client.SendAsync("SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nafter:0\n\n\0");
        await client.SendAsync("SUBSCRIBE\nid:x\ndestination:/topic/rooms/1/signals/x\n\n\0");
        await client.SendAsync("BEGIN\ntransaction:t\n\n\0" + StompClient.Say(1, "held", null, "transaction:t\n"));
        await client.SendAsync(
            "BEGIN\ntransaction:u\n\n\0" + StompClient.Say(1, "sent", null, "transaction:u\n") + "COMMIT\ntransaction:u\n\n\0");
        await client.SendAsync(
            "BEGIN\ntransaction:v\n\n\0" + StompClient.Say(1, "lost", null, "transaction:v\n") + "ABORT\ntransaction:v\n\n\0");
        await client.SendAsync("SEND\ndestination:/app/rooms/1/messages\n\n{\"text\":\"never whole");
        await Deadline.Until(() => client.Session.Connection.Outbox.Bytes > Page, "a page to wait");
        client.Session.Connection.Memory.Held.ShouldBeGreaterThan(Page);
        client.Session.Closed();
        await Deadline.Until(() => rig.FindRoom(1) is null, "the room to be forgotten");
        await Deadline.Until(() => memory.Used == 0, "what was sent to be stored");
        (client.Session.Connection.Memory.Held, memory.Held, memory.Used).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task Entries_that_come_when_their_room_was_forgotten_are_not_held()
    {
        using var rig = Rig();
        var room = await ForgetAsync(rig, after: 200);
        rig.Log.Seed(1, 1);
        room.Lane.Post(new CommittedRun(room, [rig.Log.Entries(1)[^1]], [], rig.Engine.Metrics));
        rig.Stop();
        rig.Engine.Clients.Memory.Used.ShouldBe(0);
    }

    [Fact]
    public async Task A_page_that_comes_when_its_room_was_forgotten_is_not_held()
    {
        using var rig = Rig();
        rig.Log.StallPages();
        var room = await ForgetAsync(rig, after: 190);
        rig.Log.Reads.ShouldBe([190]);
        room.Lane.Post(new LogPage(room, 190, rig.Log.Entries(1)[190..], failed: false));
        rig.Stop();
        rig.Engine.Clients.Memory.Used.ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_leaves_while_their_subscription_waits_for_entries_of_another_node_holds_nothing()
    {
        using var rig = new EngineRig(bus: new GatedBus(), log: new MemoryRoomLog { IsShared = true });
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1, "live");
        rig.Log.Seed(1, 3);
        await client.SendAsync("SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nafter:0\n\n\0");
        await Deadline.Until(() => rig.Time.IsAwaited(rig.Engine.Options.GapPatience), "patience");
        client.Session.Closed();
        await Deadline.Until(() => rig.FindRoom(1) is null, "the room to be forgotten");
        rig.Stop();
        rig.Engine.Clients.Memory.Used.ShouldBe(0);
    }

    [Fact]
    public async Task Idle_connections_take_no_more_than_half_of_it()
    {
        using var rig = new EngineRig(x => x.ClientMemoryBytes = 256 * 1024);
        for (var i = 0; i < 8; i++) await rig.ConnectAsync(7);
        Should.Throw<ShouldAssertException>(() => rig.NewClient());
    }

    /// <summary>A room that its only client left after they asked for the past; the lane goes on.</summary>
    private static async Task<Room> ForgetAsync(EngineRig rig, long after)
    {
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1, after: after);
        var room = rig.FindRoom(1)!;
        if (after < 200) await Deadline.Until(() => rig.Log.Reads.Count > 0, "a read");
        client.Session.Closed();
        await Deadline.Until(() => rig.FindRoom(1) is null, "the room to be forgotten");
        return room;
    }

    private static EngineRig Rig(Action<EngineOptions>? set = null)
    {
        var rig = new EngineRig(x =>
        {
            (x.ClientMemoryBytes, x.PageBytes, x.TailMinBytes) = (64 * 1024 * 1024, Page, 1024);
            set?.Invoke(x);
        });
        rig.Log.AddRoom(1, 7, 8);
        rig.Log.Seed(1, 200, 1000);
        return rig;
    }
}
