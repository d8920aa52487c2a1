using Maru.Engine.Bus;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Rooms;

/// <summary>How far members have read, as the room's subscribers are told: the newest of each reader, and never too many.</summary>
public sealed class ReadEventTests
{
    [Fact]
    public async Task Subscribers_of_the_room_see_how_far_a_member_has_read_without_a_seq()
    {
        using var rig = Rig();
        var ben = await ListenAsync(rig, 8);
        Tell(rig, user: 7, seq: 3, version: 1);
        await PassUntilAsync(rig, () => Reads(ben).Length > 0, "the event");
        var frame = ben.Messages.Single();
        frame.Text.ShouldBe("""{"type":"read","roomId":1,"userId":7,"seq":3}""");
        (frame["destination"], frame["subscription"], frame["seq"], frame["content-type"])
            .ShouldBe(("/topic/rooms/1", "s", null, "application/json"));
        frame["message-id"]!.ShouldStartWith("e-");
    }

    [Fact]
    public async Task Of_what_a_reader_reads_in_one_moment_only_the_newest_position_is_told()
    {
        using var rig = Rig();
        var ben = await ListenAsync(rig, 8);
        for (var i = 1; i <= 50; i++) Tell(rig, user: 7, seq: i, version: i);
        Tell(rig, user: 9, seq: 2, version: 1);
        await PassUntilAsync(rig, () => Reads(ben).Length == 2, "the events");
        Reads(ben).ShouldBe(["7 50", "9 2"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_position_that_another_node_tells_late_does_not_come_after_a_newer_one_and_one_that_moved_back_does()
    {
        var bus = new LocalBus();
        var log = new MemoryRoomLog();
        log.AddRoom(1, 7, 8);
        using var here = new EngineRig(bus: bus, log: log);
        using var there = new EngineRig(bus: bus.Join(), log: log);
        var ben = await ListenAsync(here, 8);
        Tell(here, user: 7, seq: 9, version: 20);
        await PassUntilAsync(here, () => Reads(ben).Length == 1, "the newer one");
        Tell(there, user: 7, seq: 5, version: 10);
        Tell(there, user: 9, seq: 5, version: 10);
        there.Time.Advance(1);
        await PassUntilAsync(here, () => Reads(ben) is [.., "9 5"], "what was told together with the older one");
        Tell(there, user: 7, seq: 4, version: 30);      // marked as unread
        there.Time.Advance(1);
        await PassUntilAsync(here, () => Reads(ben) is [.., "7 4"], "the one that moved back");
        Reads(ben).ShouldBe(["7 9", "9 5", "7 4"]);
    }

    [Fact]
    public async Task However_nodes_tell_of_the_moves_each_subscriber_sees_versions_that_grow_and_the_last_one()
    {
        const int Moves = 200;
        var random = new Random(42);
        var bus = new LocalBus();
        var log = new MemoryRoomLog();
        log.AddRoom(1, [.. Enumerable.Range(1, 20).Select(x => (long)x)]);
        using var here = new EngineRig(bus: bus, log: log);
        using var there = new EngineRig(bus: bus.Join(), log: log);
        StompClient[] clients = [await ListenAsync(here, 8), await ListenAsync(there, 9)];
        // Each is told by one node or by the other, some moves later or earlier; its seq is its version.
        var moves = Enumerable.Range(1, Moves).SelectMany(version => (long[])[1, 2, 3], (version, user) => (User: user, Version: version));
        foreach (var (user, version) in moves.OrderBy(x => x.Version + random.Next(20)))
        {
            Tell(random.Next(2) == 0 ? here : there, user, seq: version, version);
            if (random.Next(4) > 0) continue;
            here.Time.Advance(0.25);
            there.Time.Advance(0.25);
        }

        foreach (var client in clients)
        {
            var reads = () => Reads(client).ToLookup(x => x[0], x => int.Parse(x[2..].Split(' ')[0], null));
            await Deadline.Until(
                () =>
                {
                    here.Time.Advance(0.25);
                    there.Time.Advance(0.25);
                    return "123".All(user => reads()[user].LastOrDefault() == Moves);
                },
                "the last of each reader");
            foreach (var reader in reads()) reader.ShouldBe(reader.Order());
        }
    }

    [Fact]
    public async Task Everybody_in_a_room_of_a_hundred_is_told_of_within_some_seconds()
    {
        using var rig = Rig(members: 100);
        var ben = await ListenAsync(rig, 8);
        for (var user = 1; user <= 100; user++) Tell(rig, user, seq: 5, version: 1);
        rig.Time.Advance(0.25);
        await ben.UntilAsync(() => Reads(ben).Length == 50, "those who are told of at once");
        await PassUntilAsync(rig, () => Reads(ben).Length == 100, "all readers", most: 5);
        Reads(ben).ShouldBe(Enumerable.Range(1, 100).Select(user => $"{user} 5"), ignoreOrder: true);
    }

    [Fact]
    public async Task Ten_thousand_readers_make_some_events_a_second_which_say_that_there_are_more()
    {
        const int Readers = 10_000;
        const int Seconds = 20;
        using var rig = Rig(members: Readers);
        var ben = await ListenAsync(rig, 8);
        for (var second = 1; second <= Seconds; second++)
        {
            for (var user = 1; user <= Readers; user++) Tell(rig, user, seq: second, version: second);
            await PassAsync(rig, ben, 1);
        }

        // Fifty at once after a rest, and twenty a second.
        Reads(ben).Length.ShouldBeInRange(50 + (10 * Seconds), 50 + (20 * (Seconds + 1)));
        Reads(ben).ShouldContain(x => x.EndsWith("more"));
        await ben.SayAsync(1, "an entry does not wait", "r");
        await ben.SeqsAsync(1);
    }

    [Fact]
    public async Task Each_room_has_an_event_that_says_so_where_more_move_than_a_node_tells_of()
    {
        const int Moves = 20_000;
        using var rig = Rig();
        rig.Log.AddRoom(2, 7, 8);
        var (ben, cat) = (await ListenAsync(rig, 8), await rig.ConnectAsync(7));
        await cat.SubscribeRoomAsync(2);
        for (var version = 1; version <= Moves; version++) Tell(rig, user: 7, seq: version, version);
        for (var user = 7; user <= 8; user++) rig.Engine.TellRead(new RoomId(2), new ReaderPosition(new UserId(user), 5, 1));
        await PassUntilAsync(rig, () => Reads(ben).Length > 0 && Reads(cat, 2).Length > 0, "an event in each room");
        Reads(ben).ShouldBe([$"7 {Moves}"]);
        Reads(cat, 2).ShouldBe(["7 5 more"]);
    }

    [Fact]
    public async Task The_more_subscribers_a_room_has_the_fewer_events_it_gets()
    {
        using var rig = Rig(options => options.EventDeliveriesPerSecond = 1);
        var ben = await ListenAsync(rig, 8);
        for (var user = 10; user < 19; user++) await ListenAsync(rig, user);
        // Ten subscribers, one delivery a second: an event every ten seconds.
        for (var second = 0; second < 40; second++)
        {
            for (var user = 1; user < 20; user++) Tell(rig, user, seq: second, version: second);
            await PassAsync(rig, ben, 1);
        }

        Reads(ben).Length.ShouldBeInRange(2, 6);
    }

    [Fact]
    public async Task Many_readers_keep_nobody_from_being_seen_to_type()
    {
        using var rig = Rig(members: 1000);
        var (ann, ben) = (await rig.ConnectAsync(7), await ListenAsync(rig, 8));
        for (var second = 1; second <= 5; second++)
        {
            for (var user = 1; user <= 1000; user++) Tell(rig, user, seq: second, version: second);
            await PassAsync(rig, ben, 1);
        }

        await ann.SendAsync("SEND\ndestination:/app/rooms/1/typing\n\n{\"typing\":true}\0");
        await ben.UntilAsync(() => ben.Messages.Any(x => x.Text.Contains("\"typing\":true")), "typing");
    }

    [Fact]
    public async Task Where_nobody_subscribes_nothing_is_kept_and_no_room_is_loaded()
    {
        using var rig = Rig();
        Tell(rig, user: 7, seq: 3, version: 1);
        rig.Time.Advance(1);
        rig.FindRoom(1).ShouldBeNull();

        var ben = await ListenAsync(rig, 8);
        Tell(rig, user: 7, seq: 4, version: 2);
        await PassUntilAsync(rig, () => Reads(ben).Length > 0, "the event");
        Reads(ben).ShouldBe(["7 4"]);
        ben.Session.Closed();
        await PassUntilAsync(rig, () => rig.FindRoom(1) is null, "the room to be forgotten");
    }

    [Fact]
    public async Task Who_comes_back_begins_anew()
    {
        using var rig = Rig();
        var ben = await ListenAsync(rig, 8);
        Tell(rig, user: 7, seq: 3, version: 100);
        await PassUntilAsync(rig, () => Reads(ben).Length == 1, "the first");
        await rig.ApplyAsync(MemberDraft.Leaves(1, 7));
        await ben.SeqsAsync(1);
        Tell(rig, user: 7, seq: 4, version: 1);
        await PassUntilAsync(rig, () => Reads(ben).Length == 2, "the second");
    }

    private static EngineRig Rig(Action<EngineOptions>? set = null, int members = 20)
    {
        var rig = new EngineRig(set);
        rig.Log.AddRoom(1, [.. Enumerable.Range(1, members).Select(x => (long)x)]);
        return rig;
    }

    private static async Task<StompClient> ListenAsync(EngineRig rig, long user)
    {
        var client = await rig.ConnectAsync(user);
        await client.SubscribeRoomAsync(1);
        return client;
    }

    private static void Tell(EngineRig rig, long user, long seq, long version) =>
        rig.Engine.TellRead(new RoomId(1), new ReaderPosition(new UserId(user), seq, version));

    private static Task PassUntilAsync(EngineRig rig, Func<bool> condition, string what, double most = 60)
    {
        var passed = 0.0;
        return Deadline.Until(
            () =>
            {
                if (condition()) return true;
                if (passed < most) rig.Time.Advance(0.25);
                passed += 0.25;
                return false;
            },
            what);
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

    private static string[] Reads(StompClient client, int room = 1) =>
    [
        .. from frame in client.Messages
           where frame["destination"] == $"/topic/rooms/{room}" && frame["seq"] is null
           let json = System.Text.Json.JsonDocument.Parse(frame.Body).RootElement
           where json.GetProperty("type").GetString() == "read"
           let more = json.TryGetProperty("more", out _) ? " more" : ""
           select $"{json.GetProperty("userId")} {json.GetProperty("seq")}{more}",
    ];
}
