using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Messages that one node takes reach subscribers at another: over the bus alone, over the store alone, over both.</summary>
[Trait("Store", "postgres")]
public sealed class DeliveryTests
{
    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    [InlineData("both")]
    public async Task Messages_of_two_nodes_reach_both_in_order_and_once(string way)
    {
        await using var cluster = await StartAsync(way);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        await talk.ExchangeAsync(200);
        talk.ShouldHaveHeardAll();
        await cluster[0].ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task Edits_deletions_and_joins_cross_nodes(string way)
    {
        await using var cluster = await StartAsync(way);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        var message = await talk.Ann.SayAsync(talk.Room, "helo");
        var seq = (await talk.His.EventAsync("message.created")).Seq;
        seq.ShouldBe(message.Seq);
        await talk.Ann.Http.SendAsync($"PATCH /api/rooms/{talk.Room.Id}/messages/{seq}", new { text = "hello" }).ShouldBe(200);
        (await talk.His.EventAsync("message.edited")).Seq.ShouldBe(seq + 1);
        await talk.Ann.Http.SendAsync($"DELETE /api/rooms/{talk.Room.Id}/messages/{seq}").ShouldBe(204);
        (await talk.His.EventAsync("message.deleted")).Seq.ShouldBe(seq + 2);
        var cat = cluster.At(1, await cluster[0].SignUpAsync("cat"));
        await cat.JoinAsync(talk.Room);
        (await talk.Hers.EventAsync("member.joined")).Seq.ShouldBe(seq + 3);
        await talk.Ben.Http.SendAsync($"POST /api/rooms/{talk.Room.Id}/leave").ShouldBe(204);
        (await talk.Hers.EventAsync("member.left")).Seq.ShouldBe(seq + 4);
        await talk.Ann.Http.SendAsync($"DELETE /api/rooms/{talk.Room.Id}").ShouldBe(204);
        await cat.Http.SendAsync($"POST /api/rooms/{talk.Room.Id}/messages", new { text = "anybody?" }).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task Signals_cross_nodes_over_the_bus_as_they_are_and_in_order()
    {
        await using var cluster = await StartAsync("bus");
        await using var talk = await Talk.BeginAsync(cluster);
        for (var i = 0; i < 100; i++) await talk.SignalAsync(talk.Hers, $"{i}");
        for (var i = 0; i < 100; i++)
        {
            var signal = await talk.His.TakeAsync(Talk.IsSignal, $"signal {i}");
            (signal.Text, signal["shade"], signal["sender"]).ShouldBe(($"{i}", "blue", $"{talk.Ann.Id}"));
        }

        await talk.SignalAsync(talk.His, "back");
        (await talk.Hers.TakeAsync(frame => Talk.IsSignal(frame) && frame["sender"] == $"{talk.Ben.Id}", "Ben's signal"))
            .Text.ShouldBe("back");
        await talk.His.SyncAsync();
        talk.His.Inbox().Count(frame => Talk.IsSignal(frame) && frame["sender"] == $"{talk.Ann.Id}").ShouldBe(0);
    }

    [Fact]
    public async Task What_is_too_large_for_the_bus_is_read_from_the_store()
    {
        await using var cluster = await ClusterRig.StartAsync(settings: [.. ClusterRig.BusOnly, "--Maru:Bus:FrameBytes=2000"]);
        await using var talk = await Talk.BeginAsync(cluster);
        await talk.ExchangeAsync(20, bytes: 3000);
        talk.ShouldHaveHeardAll();
    }

    [Fact]
    public async Task Several_redis_servers_share_the_rooms()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 2, settings: ClusterRig.BusOnly);
        var ann = await cluster[0].SignUpAsync();
        await using var hers = await cluster.ConnectAsync(1, ann);
        var held = new int[2];
        for (var i = 0; i < 40; i++)     // by chance some to each: their ports decide
        {
            var room = await ann.MakeRoomAsync();
            await hers.SubscribeAsync(room.Id);
            await cluster.ListenedAsync(room.Id, nodes: 1);
            for (var j = 0; j < 2; j++) held[j] += Math.Sign(await cluster.Redis[j].ListenersAsync($"maru:r:{room.Id}"));
            var said = await ann.SayAsync(room);
            (await hers.EventAsync("message.created")).Seq.ShouldBe(said.Seq);
        }

        held.Sum().ShouldBe(40);
        held.ShouldAllBe(x => x > 0);
    }

    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task A_client_goes_on_at_another_node_where_it_was(string way)
    {
        await using var cluster = await StartAsync(way);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        await talk.ExchangeAsync(50);
        await talk.His.DisposeAsync();
        var last = (await talk.Hers.SayAndWaitAsync(talk.Room.Id, "while he is away")).Seq;
        await using var elsewhere = await cluster.ConnectAsync(0, talk.Ben);
        await elsewhere.SubscribeAsync(talk.Room.Id, after: last - 11);
        await using var back = await cluster.ConnectAsync(1, talk.Ben);
        await back.SubscribeAsync(talk.Room.Id, after: last - 11);
        (await talk.Hers.SayAndWaitAsync(talk.Room.Id, "live")).Seq.ShouldBe(last + 1);
        foreach (var socket in (StompSocket[])[elsewhere, back])
            (await Talk.HearAsync(socket, 12)).ShouldBe(Enumerable.Range(0, 12).Select(x => last - 10 + x));
    }

    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task A_room_that_nobody_used_for_a_while_is_used_anew(string way)
    {
        await using var cluster = await StartAsync(way);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        for (var round = 0; round < 20; round++)
        {
            await talk.His.SendAsync("UNSUBSCRIBE", "", ("id", $"room-{talk.Room.Id}"), ("receipt", $"un{round}"));
            await talk.His.SendAsync("UNSUBSCRIBE", "", ("id", "signals"));
            await talk.His.ReceiptAsync($"un{round}");
            await using var other = await cluster.ConnectAsync(1, talk.Ben);
            await other.SubscribeAsync(talk.Room.Id);
            var said = await talk.Hers.SayAndWaitAsync(talk.Room.Id, $"round {round}");
            (await other.EventAsync("message.created")).Seq.ShouldBe(said.Seq);
            await talk.His.SubscribeAsync(talk.Room.Id, after: said.Seq - 1);
            (await talk.His.EventAsync("message.created")).Seq.ShouldBe(said.Seq);
        }
    }

    [Fact]
    public async Task Garbage_on_a_room_s_channel_harms_nothing()
    {
        await using var cluster = await StartAsync("bus");
        await using var talk = await Talk.BeginAsync(cluster);
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            // Most look like a frame at their beginning.
            if (bytes.Length > 17 && i % 4 > 0) (bytes[0], bytes[17]) = (2, (byte)random.Next(0, 5));
            await cluster.Redis[0].PublishAsync($"maru:r:{talk.Room.Id}", bytes);
        }

        await talk.ExchangeAsync(20);
        talk.ShouldHaveHeardAll();
    }

    private static Task<ClusterRig> StartAsync(string way) =>
        ClusterRig.StartAsync(redis: way == "store" ? 0 : 1, settings: way == "bus" ? ClusterRig.BusOnly : []);
}
