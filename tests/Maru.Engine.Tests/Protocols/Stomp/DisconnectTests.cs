using Maru.Engine.Codecs;
using Maru.Engine.People;

namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class DisconnectTests
{
    [Fact]
    public async Task Its_receipt_comes_after_the_answers_to_everything_before_it_and_then_the_close()
    {
        using var rig = new EngineRig();
        for (var room = 1; room <= 20; room++) rig.Log.AddRoom(room, 7);
        var client = await rig.ConnectAsync(7);
        var frames = "";
        for (var room = 1; room <= 20; room++)
        {
            frames += $"SUBSCRIBE\nid:{room}\ndestination:/topic/rooms/{room}\nreceipt:s{room}\n\n\0";
            frames += StompClient.Say(room, "x", $"m{room}");
            frames += $"UNSUBSCRIBE\nid:{room}\nreceipt:u{room}\n\n\0";
        }

        await client.SendAsync(frames + "DISCONNECT\nreceipt:bye\n\n\0");
        await client.ReceiptAsync("bye");
        var receipts = client.Frames.Where(x => x.Command == StompCommand.Receipt).Select(x => x["receipt-id"]).ToArray();
        receipts[^1].ShouldBe("bye");
        receipts.Length.ShouldBe(61);
        client.CloseCode.ShouldBe(1000);
        await client.UntilAsync(() => client.Sink.IsShutdown, "the end");
        rig.Log.Entries(20).Count.ShouldBe(1);
    }

    /// <summary>
    /// The first use of a room waits for the store, and may be answered at any moment of the look at whether it waits: each of them is a
    /// chance to leave the frames behind it unread.
    /// </summary>
    [Fact]
    public async Task No_frame_is_left_behind_one_that_waited_only_just()
    {
        const int Clients = 40, Rooms = 500;
        using var rig = new EngineRig();
        for (var room = 1; room <= Clients * Rooms; room++) rig.Log.AddRoom(room, 7);
        await Parallel.ForEachAsync(Enumerable.Range(0, Clients), async (number, _) =>
        {
            var client = await rig.ConnectAsync(7);
            var rooms = Enumerable.Range((number * Rooms) + 1, Rooms);
            await client.SendAsync(string.Concat(rooms.Select(room => StompClient.Say(room, "x"))) + "DISCONNECT\nreceipt:bye\n\n\0");
            await client.ReceiptAsync("bye");
        });
    }

    [Fact]
    public async Task It_waits_for_a_lane_that_has_not_answered_a_subscription_yet()
    {
        using var rig = new EngineRig(x => x.Lanes = 1);
        rig.Log.AddRoom(1, 7, 8);
        var listener = await rig.ConnectAsync(8);
        await listener.SubscribeRoomAsync(1);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        var other = await rig.ConnectAsync(7);
        await other.SayAsync(1, "x", "r");

        listener.Sink.WritesAllowed.Reset();
        await other.SendAsync(StompClient.Say(1, "x"));
        await Deadline.Until(() => rig.Log.Entries(1).Count == 2, "the commit");
        var rest = client.SendAsync(
            "UNSUBSCRIBE\nid:s\nreceipt:u\n\n\0SUBSCRIBE\nid:t\ndestination:/topic/rooms/1\nreceipt:t\n\n\0"
                + "DISCONNECT\nreceipt:bye\n\n\0");
        listener.Sink.WritesAllowed.Set();
        await rest.Within("DISCONNECT");
        await client.ReceiptAsync("bye");
        client.Frames.Where(x => x.Command == StompCommand.Receipt).Select(x => x["receipt-id"]).ShouldBe(["sub-s", "u", "t", "bye"]);
    }

    [Theory]
    [InlineData("FLY\n\n\0", "bad-frame")]
    [InlineData("CONNECT\npasscode:7\n\n\0", "connect-first")]
    [InlineData("SEND\ndestination:/nowhere\n\n\0", "unknown-destination")]
    [InlineData("SEND\ndestination:/a\n\nb", null)]
    public async Task What_was_stored_is_answered_before_the_end(string last, string? slug)
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SayAsync(1, "warm", "warm");
        rig.Log.StallAppends();
        await client.SendAsync(StompClient.Say(1, "x", "r") + last);
        if (slug is null) client.Session.Connection.Close(WebSocketFrames.Close(1000, default));
        client.Session.Connection.IsClosing.ShouldBeTrue();
        await client.SendAsync(StompClient.Say(1, "behind the end"));
        client.CloseCode.ShouldBeNull();
        rig.Log.ResumeAppends();
        (await client.ReceiptAsync("r")).Seq.ShouldBe(2);
        if (slug is not null) await client.ErrorAsync(slug);
        await client.Session.Connection.WhenClosedAsync().Within("the last words");
        client.CloseCode.ShouldNotBeNull();
        rig.Log.Entries(1).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_right_that_ends_ends_the_connection_whatever_is_under_way()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SayAsync(1, "warm", "warm");
        rig.Log.StallAppends();
        await client.SendAsync(StompClient.Say(1, "x", "r"));
        rig.Engine.UserEvents.EndSession(new UserId(7), 1);
        await client.ErrorAsync("session-ended");
        rig.Log.ResumeAppends();
    }

    [Fact]
    public async Task Without_a_receipt_the_connection_just_closes()
    {
        using var rig = new EngineRig();
        var client = await rig.ConnectAsync(7);
        await client.SendAsync("DISCONNECT\n\n\0SEND\ndestination:/a\n\n\0");
        client.CloseCode.ShouldBe(1000);
        client.Frames.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_peer_that_closes_is_answered_with_a_close()
    {
        using var rig = new EngineRig();
        var client = await rig.ConnectAsync(7);
        client.Session.Connection.Close(WebSocketFrames.Close(1000, default));
        client.CloseCode.ShouldBe(1000);
        client.Sink.IsShutdown.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_that_is_gone_gives_everything_back()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        await client.SubscribeAsync("/topic/rooms/1/signals/x", "x");
        await client.SendAsync("SEND\ndestination:/app");
        rig.FindRoom(1).ShouldNotBeNull();
        client.Session.Closed();
        await Deadline.Until(() => rig.FindRoom(1) is null, "the room to be unloaded");
        rig.Engine.Connections.Count.ShouldBe(0);
        client.Session.Closed();
    }

    [Fact]
    public async Task The_end_of_a_sign_in_is_told_to_its_connections_only()
    {
        using var rig = new EngineRig();
        var ended = rig.NewClient();
        var other = rig.NewClient();
        await ended.ConnectAsync("7.1");
        await other.ConnectAsync("7.2");
        await ended.SubscribeAsync("/user/queue/events", "e");
        rig.Engine.UserEvents.EndSession(new UserId(7), 1);
        await ended.ErrorAsync("session-ended");
        ended.Messages.Single().Text.ShouldBe("{\"type\":\"session.ended\"}");
        other.Sink.IsEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task User_events_reach_all_connections_of_the_user_that_asked_for_them()
    {
        using var rig = new EngineRig();
        var one = await rig.ConnectAsync(7);
        var two = await rig.ConnectAsync(7, "1.0");
        var deaf = await rig.ConnectAsync(7);
        var other = await rig.ConnectAsync(8);
        await one.SubscribeAsync("/user/queue/events", "e:1");
        await two.SendAsync("SUBSCRIBE\ndestination:/user/queue/events\nreceipt:r\n\n\0");
        await two.ReceiptAsync("r");
        await other.SubscribeAsync("/user/queue/events", "e");
        rig.Engine.UserEvents.Publish(new UserId(7), new UserEvent("{\"type\":\"room.added\"}"u8.ToArray()));
        rig.Engine.UserEvents.Publish(new UserId(99), new UserEvent("{}"u8.ToArray()));
        (one.Messages.Single()["subscription"], two.Messages.Single()["subscription"]).ShouldBe(("e:1", "/user/queue/events"));
        one.Messages.Single()["seq"].ShouldBeNull("it is not durable");
        deaf.Messages.ShouldBeEmpty();
        other.Messages.ShouldBeEmpty();

        await one.SendAsync("UNSUBSCRIBE\nid:e:1\nreceipt:u\n\n\0");
        rig.Engine.UserEvents.Publish(new UserId(7), new UserEvent("{}"u8.ToArray()));
        one.Messages.Count().ShouldBe(1);
    }

    [Fact]
    public async Task Stop_commits_delivers_and_answers_what_is_queued_and_then_says_why()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.StallAppends();
        for (var i = 1; i <= 50; i++) await client.SendAsync(StompClient.Say(1, "x", $"r{i}"));
        rig.Stop();
        await client.ErrorAsync("shutting-down");
        client.Seqs().ShouldBe(Enumerable.Range(1, 50).Select(x => (long)x));
        client.Frames.Count(x => x.Command == StompCommand.Receipt).ShouldBe(51);
        client.CloseCode.ShouldBe(1012);
    }

    [Fact]
    public async Task A_user_who_leaves_with_one_connection_and_comes_with_another_at_once_stays_reachable()
    {
        using var rig = new EngineRig();
        for (var round = 0; round < 300; round++)
        {
            var going = rig.NewClient();
            await going.ConnectAsync($"7.{round}1");
            var coming = rig.NewClient();
            using var start = new Barrier(2);
            var close = Task.Run(() =>
            {
                start.SignalAndWait();
                going.Session.Closed();
            });
            start.SignalAndWait();
            await coming.ConnectAsync($"7.{round}2");
            await close;
            rig.Engine.UserEvents.EndSession(new UserId(7), (round * 10) + 2);
            coming.Session.Connection.IsClosing.ShouldBeTrue($"round {round}: an ended session went on");
            coming.Session.Closed();
        }
    }
}
