using Maru.Engine.Bus;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Rooms;

/// <summary>Who types in a room: passed on sparingly, never for good, never before an entry.</summary>
public sealed class TypingTests
{
    [Fact]
    public async Task Subscribers_of_the_room_see_who_types_without_a_seq()
    {
        using var rig = Rig();
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await ben.SubscribeRoomAsync(1);
        await TypeAsync(ann, true);
        await ben.UntilAsync(() => Typing(ben).Length > 0, "typing");
        var frame = ben.Messages.Single();
        frame.Text.ShouldBe("""{"type":"typing","roomId":1,"userId":7,"typing":true}""");
        (frame["destination"], frame["subscription"], frame["seq"], frame["content-type"])
            .ShouldBe(("/topic/rooms/1", "s", null, "application/json"));
        frame["message-id"]!.ShouldStartWith("e-");
        rig.Log.Entries(1).ShouldBeEmpty();
    }

    [Fact]
    public async Task Typing_ends_by_itself_and_a_renewal_keeps_it_on()
    {
        using var rig = Rig();
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await ben.SubscribeRoomAsync(1);
        for (var i = 0; i < 4; i++)
        {
            await TypeAsync(ann, true);
            await PassAsync(rig, ben, 3);
        }

        Typing(ben).ShouldAllBe(x => x == "7 True");
        Typing(ben).Length.ShouldBeInRange(2, 4);
        await PassAsync(rig, ben, 5);
        Typing(ben)[^1].ShouldBe("7 False");
        var count = Typing(ben).Length;
        await PassAsync(rig, ben, 20);
        Typing(ben).Length.ShouldBe(count);
    }

    [Fact]
    public async Task A_message_ends_typing_right_behind_it()
    {
        using var rig = Rig();
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await ben.SubscribeRoomAsync(1);
        await TypeAsync(ann, true);
        await ben.UntilAsync(() => Typing(ben).Length == 1, "typing");
        await PassAsync(rig, ben, 2);
        await ann.SayAsync(1, "hello", "r");
        await ben.UntilAsync(() => Typing(ben) is [.., "7 False"], "the end of typing");
        ben.Seqs().ShouldBe([1]);
        ben.Messages.Last().Text.ShouldContain("\"typing\":false");
    }

    [Fact]
    public async Task Who_leaves_the_room_does_not_type_in_it_any_more()
    {
        using var rig = Rig();
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await ben.SubscribeRoomAsync(1);
        await ann.ListenForRefusalsAsync();
        await TypeAsync(ann, true);
        await ben.UntilAsync(() => Typing(ben).Length == 1, "typing");
        await PassAsync(rig, ben, 2);
        await rig.ApplyAsync(MemberDraft.Leaves(1, 7));
        await ben.UntilAsync(() => Typing(ben) is [.., "7 False"], "the end of typing");
        await ann.SendAsync("SEND\ndestination:/app/rooms/1/typing\nreceipt:r\n\n{\"typing\":true}\0");
        (await ann.RefusalAsync("r")).Text.ShouldContain("not-found");
    }

    [Fact]
    public async Task A_flood_of_changes_passes_one_a_second_and_the_last_one()
    {
        using var rig = Rig();
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await ben.SubscribeRoomAsync(1);
        for (var i = 0; i < 50; i++)
        {
            await TypeAsync(ann, i % 2 == 0);
            rig.Time.Advance(0.1);
        }

        await PassAsync(rig, ben, 2);
        Typing(ben).Length.ShouldBeInRange(1, 8);
        Typing(ben)[^1].ShouldBe("7 False");
    }

    [Fact]
    public async Task The_more_subscribers_a_room_has_the_fewer_events_it_gets_and_entries_come_at_once()
    {
        using var rig = Rig(options => options.EventDeliveriesPerSecond = 1, members: 60);
        var ben = await rig.ConnectAsync(8);
        await ben.SubscribeRoomAsync(1);
        var others = new List<StompClient>();
        for (var user = 10; user < 19; user++)
        {
            var other = await rig.ConnectAsync(user);
            await other.SubscribeRoomAsync(1);
            others.Add(other);
        }

        // Ten subscribers, one delivery a second: an event every ten seconds.
        for (var second = 0; second < 40; second++)
        {
            foreach (var other in others) await TypeAsync(other, true);
            await PassAsync(rig, ben, 1);
        }

        Typing(ben).Length.ShouldBeInRange(2, 6);
        await others[0].SayAsync(1, "an entry does not wait", "r");
        await ben.SeqsAsync(1);
    }

    [Fact]
    public async Task More_than_a_hundred_people_do_not_type_in_a_room_at_once()
    {
        using var rig = Rig(members: 150);
        var ben = await rig.ConnectAsync(8);
        await ben.SubscribeRoomAsync(1);
        for (var user = 1; user <= 150; user++) await TypeAsync(await rig.ConnectAsync(user), true);
        await PassAsync(rig, ben, 3);
        Typing(ben).Distinct().Count().ShouldBeLessThanOrEqualTo(100);
    }

    [Theory]
    [InlineData("{\"typing\":\"yes\"}", "invalid")]
    [InlineData("{}", "invalid")]
    [InlineData("{\"typing\":true,\"typing\":false}", "malformed")]
    [InlineData("true", "malformed")]
    [InlineData("", "malformed")]
    public async Task A_body_that_does_not_say_it_is_refused(string body, string slug)
    {
        using var rig = Rig();
        var ann = await rig.ConnectAsync(7);
        await ann.ListenForRefusalsAsync();
        await ann.SendAsync($"SEND\ndestination:/app/rooms/1/typing\nreceipt:r\n\n{body}\0");
        (await ann.RefusalAsync("r")).Text.ShouldContain(slug);
    }

    [Fact]
    public async Task It_reaches_the_subscribers_of_other_nodes_and_a_node_that_nobody_is_left_on_forgets_the_room()
    {
        var bus = new LocalBus();
        var log = new MemoryRoomLog();
        log.AddRoom(1, 7, 8);
        using var here = new EngineRig(bus: bus, log: log);
        using var there = new EngineRig(bus: bus.Join(), log: log);
        var (ann, ben) = (await here.ConnectAsync(7), await there.ConnectAsync(8));
        await ben.SubscribeRoomAsync(1);
        await TypeAsync(ann, true);
        await ben.UntilAsync(() => Typing(ben).Length == 1, "typing");
        ann.Session.Closed();
        for (var i = 0; i < 40; i++) here.Time.Advance(0.25);
        await ben.UntilAsync(() => Typing(ben) is ["7 True", "7 False"], "the end of typing");
        await Deadline.Until(
            () =>
            {
                here.Time.Advance(0.25);
                return here.FindRoom(1) is null;
            },
            "the room to be forgotten");
    }

    [Fact]
    public async Task A_slow_client_loses_it_first_and_no_message()
    {
        using var rig = Rig(options => options.OutboxBytes = 4000);
        var (ann, slow) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await slow.SubscribeRoomAsync(1);
        slow.Sink.SetWindow(0);
        for (var i = 1; i <= 40; i++)
        {
            await TypeAsync(ann, true);
            await ann.SayAsync(1, "x", $"r{i}");
            rig.Time.Advance(1);
        }

        slow.Sink.SetWindow(long.MaxValue);
        await slow.SeqsAsync(40);
        slow.Seqs().ShouldBe(Enumerable.Range(1, 40).Select(x => (long)x));
        Typing(slow).Length.ShouldBeLessThan(40);
    }

    private static EngineRig Rig(Action<EngineOptions>? set = null, int members = 20)
    {
        var rig = new EngineRig(set);
        rig.Log.AddRoom(1, [.. Enumerable.Range(1, members).Select(x => (long)x)]);
        return rig;
    }

    private static async Task TypeAsync(StompClient client, bool typing)
    {
        await client.SendAsync($"SEND\ndestination:/app/rooms/1/typing\nreceipt:t\n\n{{\"typing\":{(typing ? "true" : "false")}}}\0");
        await client.ReceiptAsync("t");
    }

    /// <summary>Lets time pass, and waits until the room's lane has done what was posted meanwhile.</summary>
    private static async Task PassAsync(EngineRig rig, StompClient client, double seconds)
    {
        for (var passed = 0.0; passed < seconds; passed += 0.25)
        {
            rig.Time.Advance(0.25);
            var id = $"sync{client.Frames.Count(x => x.Command == StompCommand.Receipt)}";
            await client.SendAsync($"SUBSCRIBE\nid:{id}\ndestination:/topic/rooms/1/signals/sync\nreceipt:{id}\n\n\0");
            await client.ReceiptAsync(id);
            await client.SendAsync($"UNSUBSCRIBE\nid:{id}\nreceipt:un{id}\n\n\0");
            await client.ReceiptAsync($"un{id}");
        }
    }

    private static string[] Typing(StompClient client) =>
    [
        .. from frame in client.Messages
           where frame["destination"] == "/topic/rooms/1" && frame["seq"] is null
           let json = System.Text.Json.JsonDocument.Parse(frame.Body).RootElement
           select $"{json.GetProperty("userId")} {json.GetProperty("typing")}",
    ];
}
