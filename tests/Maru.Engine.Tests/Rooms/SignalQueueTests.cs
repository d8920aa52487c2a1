using Maru.Engine.Connections;
using Maru.Engine.Protocols.Sse;
using Maru.Engine.Rooms;

namespace Maru.Engine.Tests.Rooms;

/// <summary>A signal to many costs its sender, not the other rooms of the lane.</summary>
public sealed class SignalQueueTests
{
    private const string Destination = "/topic/rooms/1/signals/x";
    private const int Each = 1000;

    [Fact]
    public async Task Signals_to_more_listeners_than_a_turn_has_reach_each_once_and_in_order()
    {
        using var rig = Rig();
        var listeners = await ListenAsync(rig, 3);
        var sender = await rig.ConnectAsync(7);
        for (var i = 1; i <= 3; i++) await sender.SendAsync(Signal($"{i}", $"r{i}"));
        foreach (var listener in listeners)
        {
            await listener.UntilAsync(() => listener.Messages.Count() == 3 * Each, "three signals for each subscription");
            foreach (var mine in listener.Messages.GroupBy(x => x["subscription"]))
                mine.Select(x => x.Text).ShouldBe(["1", "2", "3"], mine.Key);
        }
    }

    [Fact]
    public async Task Another_room_of_the_lane_does_not_wait_until_all_have_the_signal()
    {
        using var rig = Rig();
        var listeners = await ListenAsync(rig, 3);
        var (sender, other) = (await rig.ConnectAsync(7), await rig.ConnectAsync(9));
        await sender.SendAsync("SEND\ndestination:/topic/rooms/1/signals/other\nreceipt:enters\n\n\0");
        await sender.ReceiptAsync("enters");
        await other.SayAsync(2, "enters", "first");
        listeners[2].Sink.WritesAllowed.Reset();    // the lane stops here, when it comes to the last third
        using (new BusyLane(rig.FindRoom(1)!.Lane))
        {
            await sender.SendAsync(Signal("to all", "r"));
            await other.SendAsync(StompClient.Say(2, "meanwhile", "second"));
            await Deadline.Until(() => rig.Log.Entries(2).Count == 2, "the commit");
            await other.SendAsync(StompClient.Say(2, "and behind it", "third"));
            await Deadline.Until(() => rig.Log.Entries(2).Count == 3, "the next commit: the first one has come to the lane");
        }

        try
        {
            await other.ReceiptAsync("second");
        }
        finally
        {
            listeners[2].Sink.WritesAllowed.Set();
        }

        await listeners[2].UntilAsync(() => listeners[2].Messages.Count() == Each, "the last third");
    }

    [Fact]
    public async Task A_sender_pays_for_each_listener()
    {
        using var rig = Rig(x => (x.SignalDeliveriesPerSecond, x.SignalDeliveryBurst) = (Each, Each + 1));
        var listener = (await ListenAsync(rig, 1))[0];
        var sender = await rig.ConnectAsync(7);
        await sender.ListenForRefusalsAsync();
        await sender.SendAsync(Signal("1", "r1"));
        await sender.ReceiptAsync("r1");
        await sender.SendAsync(Signal("2", "r2"));     // one unit is left: it is let through, and the sender is in debt
        await sender.ReceiptAsync("r2");
        await sender.SendAsync(Signal("3", "r3"));
        (await sender.RefusalAsync("r3")).Text.ShouldContain("rate-limited");
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await sender.SendAsync(Signal("4", "r4"));
        await sender.ReceiptAsync("r4");
        await listener.UntilAsync(() => listener.Messages.Count() == 3 * Each, "three signals");
        listener.Messages.Select(x => x.Text).Distinct().ShouldBe(["1", "2", "4"]);
    }

    [Fact]
    public async Task A_name_without_listeners_costs_nothing()
    {
        using var rig = Rig(x => (x.SignalDeliveriesPerSecond, x.SignalDeliveryBurst) = (1, 1));
        var sender = await rig.ConnectAsync(7);
        for (var i = 0; i < 10; i++) await sender.SendAsync(Signal("nobody", $"r{i}"));
        await sender.ReceiptAsync("r9");
    }

    [Fact]
    public void Who_leaves_in_the_middle_of_a_walk_makes_nobody_pass_twice_or_be_left_out()
    {
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var subscribers = new Subscribers();
            var all = Enumerable.Range(0, random.Next(1, 20)).Select(x => Subscription($"{x}")).ToList();
            all.ForEach(subscribers.Add);
            List<Subscription> passed = [];
            while (subscribers.Passed < subscribers.Count)
            {
                passed.Add(subscribers.All[subscribers.Passed++]);
                if (random.Next(2) == 0) continue;
                var leaves = all[random.Next(all.Count)];
                subscribers.Remove(leaves);
                if (!passed.Contains(leaves)) passed.Add(leaves);
            }

            passed.ShouldBe(all, ignoreOrder: true);
        }
    }

    private static Subscription Subscription(string id) => new(null!, null!, new WireSubscription(SseWire.Room, id), "x");

    private static string Signal(string text, string receipt) => $"SEND\ndestination:{Destination}\nreceipt:{receipt}\n\n{text}\0";

    private static EngineRig Rig(Action<EngineOptions>? set = null)
    {
        var rig = new EngineRig(x =>
        {
            x.Lanes = 1;
            (x.SignalDeliveriesPerSecond, x.OutboxBytes) = (0, 16 * 1024 * 1024);
            set?.Invoke(x);
        });
        rig.Log.AddRoom(1, 7, 8);
        rig.Log.AddRoom(2, 9);
        return rig;
    }

    private static async Task<StompClient[]> ListenAsync(EngineRig rig, int count)
    {
        var listeners = new StompClient[count];
        for (var i = 0; i < count; i++)
        {
            listeners[i] = await rig.ConnectAsync(8);
            var frames = Enumerable.Range(0, Each - 1).Select(x => $"SUBSCRIBE\nid:{i}-{x}\ndestination:{Destination}\n\n\0");
            await listeners[i].SendAsync(string.Concat(frames));
            await listeners[i].SubscribeAsync(Destination, $"{i}-last");
        }

        return listeners;
    }
}
