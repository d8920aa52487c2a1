using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Maru.Engine.Bus;
using Maru.Engine.Discover;

namespace Maru.Engine.Tests.Discover;

/// <summary>Who looks at the list of public rooms is told what changes in it: one round after the other, with a store in memory.</summary>
public sealed class PublicRoomsTests : IDisposable
{
    private readonly LocalBus _bus = new();
    private readonly EngineRig _rig;
    private readonly Dictionary<long, (string Json, long Recent)> _rooms = [];      // "": deleted
    private readonly List<RoomId> _busy = [];
    private readonly PublicRoomReader _reader;
    private int _reads;
    private bool _fails;
    private Action _meanwhile = () => { };

    public PublicRoomsTests()
    {
        _rig = Rig(_bus);
        _reader = new PublicRoomReader(
            (rooms, _) => _fails ? throw new IOException("the store is away") : Task.FromResult(Read(rooms)),
            (most, _) => Task.FromResult<IReadOnlyList<RoomId>>([.. _busy.Take(most)]));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PublicRooms List => _rig.Engine.PublicRooms;

    [Fact]
    public async Task A_room_is_told_of_once_a_round_whatever_happens_in_it()
    {
        var client = await LookAsync();
        _rooms[1] = ("""{"name":"a"}""", 0);
        for (var i = 0; i < 1000; i++) List.Change(new RoomId(1));
        await RoundAsync();
        await RoundAsync();
        Told(client).ShouldBe(["""{"type":"room.changed","roomId":1,"room":{"name":"a"}}"""]);
        var frame = client.Messages.Last();
        (frame["destination"], frame["message-id"]![..2], frame["seq"]).ShouldBe(("/topic/rooms", "l-", null));
    }

    [Fact]
    public async Task What_happens_during_a_round_is_told_in_the_next()
    {
        var client = await LookAsync();
        _rooms[1] = ("{}", 0);
        _meanwhile = () => List.Change(new RoomId(1));
        List.Change(new RoomId(1));
        await RoundAsync();
        Told(client).Length.ShouldBe(1);
        await RoundAsync();
        Told(client).Length.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_not_in_the_list_is_not_told_of_but_that_it_is_there_no_longer()
    {
        var client = await LookAsync();
        List.Change(new RoomId(2));     // private, and so it stays
        _rooms[1] = ("{}", 0);
        List.Change(new RoomId(1));
        await RoundAsync();
        _rooms.Remove(1);
        List.Change(new RoomId(1));     // by its log
        List.Unlist(new RoomId(1));
        await RoundAsync();
        List.Change(new RoomId(1));
        List.Change(new RoomId(2));
        await RoundAsync();
        _rooms[3] = ("", 0);
        List.Change(new RoomId(3));
        await RoundAsync();
        Told(client).ShouldBe(
        [
            """{"type":"room.changed","roomId":1,"room":{}}""", """{"type":"room.removed","roomId":1}""",
            """{"type":"room.removed","roomId":3}""",
        ]);
    }

    [Fact]
    public async Task A_room_that_is_public_again_before_the_round_is_told_of_as_it_is()
    {
        var client = await LookAsync();
        _rooms[1] = ("{}", 0);
        List.Unlist(new RoomId(1));
        List.Change(new RoomId(1));
        await RoundAsync();
        Told(client).ShouldBe(["""{"type":"room.changed","roomId":1,"room":{}}"""]);
    }

    [Fact]
    public async Task All_who_look_share_the_same_bytes()
    {
        List<StompClient> clients = [];
        for (var i = 0; i < 50; i++) clients.Add(await LookAsync(user: i + 1));
        var encoded = 0L;
        using var meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument == _rig.Engine.Metrics.Encoded) listener.EnableMeasurementEvents(instrument);
            },
        };
        meter.SetMeasurementEventCallback<long>((_, bytes, _, _) => encoded += bytes);
        meter.Start();
        _rooms[1] = ($$"""{"name":"{{new string('x', 1000)}}"}""", 0);
        List.Change(new RoomId(1));
        await RoundAsync();
        foreach (var client in clients) Told(client).Length.ShouldBe(1);
        encoded.ShouldBeInRange(1000, 1999);
    }

    [Fact]
    public async Task Nothing_waits_for_a_client_that_reads_slowly_it_reads_the_list_anew()
    {
        var sink = new MemorySink();
        var slow = await LookAsync(sink: sink);
        var quick = await LookAsync(user: 8);
        await Deadline.Until(() => slow.Session.Connection.Outbox.Bytes == 0, "all to be written");
        sink.SetWindow(0);
        _rooms[1] = ($$"""{"name":"{{new string('x', 1500)}}"}""", 0);
        for (var i = 0; i < 20; i++)
        {
            List.Change(new RoomId(1));
            await RoundAsync();
        }

        slow.Session.Connection.Outbox.Bytes.ShouldBeLessThan(2000);
        Told(quick).Length.ShouldBe(20);
        sink.SetWindow(long.MaxValue);
        await Deadline.Until(() => slow.Messages.Count() > 1 && slow.Session.Connection.Outbox.Bytes == 0, "the client to have read");
        await RoundAsync();
        List.Change(new RoomId(1));
        await RoundAsync();
        Types(slow).ShouldBe(["room.changed", "rooms.reset", "room.changed"]);
    }

    [Fact]
    public async Task A_room_that_becomes_quiet_is_told_of()
    {
        _rooms[1] = ("""{"recent":5}""", 5);
        _rooms[2] = ("{}", 0);      // it was busy when the client read the list, and then no longer
        _busy.AddRange([new RoomId(1), new RoomId(2)]);
        var client = await LookAsync();
        await RoundAsync();
        await LaterAsync();
        Told(client).ShouldBe(["{\"type\":\"room.changed\",\"roomId\":2,\"room\":{}}"], "of room 1 the client has read");
        foreach (var recent in (long[])[3, 3, 0, 0])
        {
            _rooms[1] = ($$"""{"recent":{{recent}}}""", recent);
            await LaterAsync();
        }

        Told(client).Skip(1).Select(x => x[^12..]).ShouldBe(["\"recent\":3}}", "\"recent\":0}}"]);
        var before = _reads;
        await LaterAsync();
        _reads.ShouldBe(before, "a quiet room is looked at no more");

        async Task LaterAsync()
        {
            _rig.Time.Advance(31);
            await client.SendAsync("\n");       // else it is taken for gone
            await RoundAsync();
        }
    }

    [Fact]
    public async Task Rooms_beyond_those_of_a_round_wait_for_the_next()
    {
        var client = await LookAsync();
        for (var i = 1L; i <= 1000; i++) List.Change(new RoomId(i));
        for (var i = 1001L; i <= 1025; i++)
        {
            _rooms[i] = ("{}", 0);
            List.Change(new RoomId(i));
        }

        for (var i = 0; i < 5; i++) await RoundAsync();     // of 20 statements for ten rooms each
        Told(client).ShouldBeEmpty();
        foreach (var told in (int[])[10, 20, 25, 25])
        {
            await RoundAsync();
            Told(client).Length.ShouldBe(told);
        }
    }

    [Fact]
    public async Task What_the_store_cannot_tell_is_told_in_a_later_round()
    {
        var client = await LookAsync();
        (_rooms[1], _rooms[2]) = (("{}", 0), ("{}", 0));
        List.Change(new RoomId(1));
        List.Unlist(new RoomId(3));
        _fails = true;
        for (var i = 0; i < 5; i++) await RoundAsync();
        _rig.TakeErrors().Length.ShouldBe(1, "the operator is told once, however long it takes");
        _fails = false;
        List.Change(new RoomId(2));
        await RoundAsync();
        Types(client).ShouldBe(["room.changed", "room.removed", "room.changed"]);
        _fails = true;
        List.Change(new RoomId(2));
        await RoundAsync();
        _rig.TakeErrors().Length.ShouldBe(1, "and of the next failure");
    }

    [Fact]
    public async Task What_is_encoded_for_many_names_is_sent_before_more_is()
    {
        const int clients = 400;
        List<StompClient> all = [];
        for (var i = 0; i < clients; i++) all.Add(await LookAsync(user: i + 1, id: $"of-its-own-{i}"));
        var (bytes, most) = (0L, 0L);
        using var meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument == _rig.Engine.Metrics.Encoded) listener.EnableMeasurementEvents(instrument);
            },
        };
        meter.SetMeasurementEventCallback<long>((_, encoded, _, _) =>
        {
            bytes += encoded;
            most = Math.Max(most, all.Sum(x => (long)x.Session.Connection.Outbox.Bytes));
        });
        meter.Start();
        _rooms[1] = ($$"""{"name":"{{new string('x', 1000)}}"}""", 0);
        List.Change(new RoomId(1));
        await RoundAsync();
        foreach (var client in all) Told(client).Length.ShouldBe(1);
        bytes.ShouldBeGreaterThan(clients * 1000);
        most.ShouldBeLessThan(bytes / 4);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_a_round_keeps_nothing_from_others()
    {
        var sink = new MemorySink();
        var broken = await LookAsync(sink: sink);
        List<StompClient> others = [];
        for (var i = 0; i < 100; i++) others.Add(await LookAsync(user: i + 8));
        sink.Fault = new InvalidOperationException("no sink should");
        _rooms[1] = ("{}", 0);
        List.Change(new RoomId(1));
        await RoundAsync();
        _rig.TakeErrors().Length.ShouldBe(1);
        broken.Sink.IsAborted.ShouldBeTrue();
        List.Change(new RoomId(1));
        await RoundAsync();
        foreach (var client in others) Types(client).ShouldBe(["room.changed", "room.changed"]);
    }

    [Fact]
    public async Task More_rooms_than_can_be_marked_make_clients_read_the_list_anew()
    {
        var client = await LookAsync();
        for (var i = 1L; i <= 50_001; i++) List.Change(new RoomId(i));
        await RoundAsync();
        Told(client).ShouldBe(["""{"type":"rooms.reset"}"""]);
    }

    [Fact]
    public async Task Other_nodes_are_told_and_read_nothing_while_nobody_looks_there()
    {
        using var there = Rig(_bus.Join());
        var client = await LookAsync();
        (_rooms[1], _rooms[2]) = (("{}", 0), ("{}", 0));
        there.Engine.PublicRooms.Change(new RoomId(1));
        there.Engine.PublicRooms.Unlist(new RoomId(3));
        there.Engine.PublicRooms.TellNodes();
        await RoundAsync();
        Told(client).ShouldBe(["""{"type":"room.changed","roomId":1,"room":{}}""", """{"type":"room.removed","roomId":3}"""]);
        for (var i = 1L; i <= 50_001; i++) there.Engine.PublicRooms.Change(new RoomId(i + 10));
        there.Engine.PublicRooms.TellNodes();
        await RoundAsync();
        Told(client)[2..].ShouldBe(["""{"type":"rooms.reset"}"""]);

        await client.SendAsync("UNSUBSCRIBE\nid:list\n\n\0");
        var before = _reads;
        there.Engine.PublicRooms.Change(new RoomId(2));
        there.Engine.PublicRooms.TellNodes();
        List.Change(new RoomId(1));
        await RoundAsync();
        _reads.ShouldBe(before);
        Told(client).Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_node_that_stops_has_told_the_others_and_of_a_room_made_private_one_that_dies_has_too()
    {
        using var there = Rig(_bus.Join());
        var client = await LookAsync();
        _rooms[1] = ("{}", 0);
        there.Engine.PublicRooms.Unlist(new RoomId(3));
        await RoundAsync();
        Told(client).ShouldBe(["""{"type":"room.removed","roomId":3}"""]);
        there.Engine.PublicRooms.Change(new RoomId(1));
        there.Stop();
        await RoundAsync();
        Told(client)[1..].ShouldBe(["""{"type":"room.changed","roomId":1,"room":{}}"""]);
    }

    [Fact]
    public async Task A_connection_looks_once_and_gives_everything_back_at_the_end()
    {
        var client = _rig.NewClient();
        await client.ConnectAsync("7");
        await client.ListenForRefusalsAsync();
        var memory = _rig.Engine.Connections;
        await client.SubscribeAsync("/topic/rooms", "list");
        await client.SendAsync("SUBSCRIBE\nid:list\ndestination:/topic/rooms\nreceipt:same\n\n\0");
        (await client.RefusalAsync("same")).Text.ShouldContain("conflict");
        await client.SendAsync("SUBSCRIBE\nid:other\ndestination:/topic/rooms\nreceipt:second\n\n\0");
        (await client.RefusalAsync("second")).Text.ShouldContain("too-many-subscriptions");
        await client.SendAsync("UNSUBSCRIBE\nid:list\nreceipt:gone\n\n\0");
        await client.ReceiptAsync("gone");
        await client.SubscribeAsync("/topic/rooms", "list2");
        _rooms[1] = ("{}", 0);
        List.Change(new RoomId(1));
        await RoundAsync();
        client.Messages.Count(x => x["subscription"] == "list2").ShouldBe(2);
        client.Session.Closed();
        var before = _reads;
        List.Change(new RoomId(1));
        await RoundAsync();
        _reads.ShouldBe(before);
        memory.Count.ShouldBe(0);
    }

    public void Dispose() => _rig.Dispose();

    private static EngineRig Rig(LocalBus bus) => new(
        options => (options.OutboxBytes, options.DiscoverEvents) = (4096, 10), bus, new MemoryRoomLog { IsShared = true });

    /// <summary>What it was told since it began to look.</summary>
    private static string[] Told(StompClient client) => [.. client.Messages.Skip(1).Select(x => Encoding.UTF8.GetString(x.Body))];

    private static string?[] Types(StompClient client) =>
        [.. Told(client).Select(x => JsonElement.Parse(x).GetProperty("type").GetString())];

    private async Task<StompClient> LookAsync(long user = 7, MemorySink? sink = null, string id = "list")
    {
        var client = await _rig.ConnectAsync(user, sink: sink);
        await client.SubscribeAsync("/topic/rooms", id);
        client.Frames[^2].Text.ShouldBe("""{"type":"rooms.reset"}""", "before the receipt");
        return client;
    }

    private Task RoundAsync() => List.RunOnceAsync(_reader, _rig.Time, Ct);

    private IReadOnlyList<PublicRoom> Read(IReadOnlyCollection<RoomId> rooms)
    {
        _reads++;
        _meanwhile();
        List<PublicRoom> found = [];
        foreach (var room in rooms)
        {
            if (_rooms.TryGetValue(room.Value, out var state))
                found.Add(new PublicRoom(room, Encoding.UTF8.GetBytes(state.Json), state.Recent));
        }

        return found;
    }
}
