using Maru.Engine.Telemetry;

namespace Maru.Engine.Tests.Telemetry;

/// <summary>What the log says of a room and of a person who are a burden.</summary>
public sealed class BusyTests
{
    [Fact]
    public async Task A_room_with_more_than_half_of_a_busy_node_s_entries_is_named()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        rig.Log.AddRoom(2, 7);
        var ann = await rig.ConnectAsync(7);
        await ann.SubscribeRoomAsync(1);
        await ann.SubscribeRoomAsync(2, "t");
        rig.Time.Advance(BusyRooms.Every);
        rig.TakeWarnings().ShouldBeEmpty();
        Hear(rig, 1, 1500);
        Hear(rig, 2, 1000);
        rig.Time.Advance(BusyRooms.Every);
        rig.TakeWarnings().ShouldHaveSingleItem().ShouldStartWith("Room 1 has 1500 of the 2500 entries of all rooms here within 10 s.");
        rig.Time.Advance(BusyRooms.Every);
        rig.TakeWarnings().ShouldBeEmpty("nothing came since");
    }

    [Fact]
    public async Task Who_sends_more_than_they_may_is_named_once_in_ten_seconds()
    {
        using var rig = new EngineRig(options => (options.MessagesPerSecond, options.MessageBurst) = (1, 2));
        rig.Log.AddRoom(1, 7, 8);
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await ann.SendAsync("SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n\0");
        for (var i = 0; i < 7; i++) await ann.SendAsync(StompClient.Say(1, "hello", $"r{i}"));
        await ben.SendAsync(StompClient.Say(1, "hello", "r"));
        await ben.ReceiptAsync("r");
        rig.Time.Advance(Floods.Window);
        rig.TakeWarnings().ShouldHaveSingleItem()
            .ShouldStartWith("User 7 sends more than they may: the limit of messages refused 5 of theirs");
        rig.Time.Advance(Floods.Window);
        rig.TakeWarnings().ShouldBeEmpty();
    }

    private static void Hear(EngineRig rig, long room, int count)
    {
        rig.Log.Seed(room, count);
        rig.Engine.Receive(new RoomId(room), rig.Log.Entries(room));
    }
}
