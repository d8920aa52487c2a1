using System.Text;
using Maru.Engine.Clients;
using Maru.Engine.Connections;
using Maru.Engine.People;
using Maru.Engine.Protocols.Sse;

namespace Maru.Engine.Tests.People;

/// <summary>What a client is told of the people whom it watches.</summary>
public sealed class PresenceWatchTests
{
    [Fact]
    public async Task Of_each_person_there_is_at_most_one_event_a_second_the_newest()
    {
        using var node = new PresenceRig();
        var (watcher, client) = (await node.WatchAsync(8, "7"), await node.ConnectAsync(7));
        node.Pass(2);
        for (var i = 0; i < 40; i++)
        {
            await PresenceRig.SayAsync(client, i % 2 == 0 ? "away" : "online");
            node.Pass(0.25);
        }

        await PresenceRig.SayAsync(client, "away");
        node.Pass(2);
        var told = PresenceRig.Told(watcher)[2..];
        told.Length.ShouldBeInRange(1, 12);
        told[^1].ShouldBe("7 away");
    }

    [Fact]
    public async Task A_slow_client_is_told_the_newest_state_once_it_reads_on()
    {
        using var node = new PresenceRig(set: options => options.OutboxBytes = 4096);
        var sink = new MemorySink();
        var (watcher, client) = (await node.WatchAsync(8, "7", sink), await node.ConnectAsync(7));
        node.Pass(2);
        sink.SetWindow(0);
        for (var i = 0; i < 200; i++)
        {
            await PresenceRig.SayAsync(client, i % 2 == 0 ? "away" : "online");
            node.Pass(1);
        }

        watcher.Session.Connection.Outbox.Bytes.ShouldBeLessThan(4096);
        sink.SetWindow(long.MaxValue);
        await watcher.UntilAsync(() => watcher.Session.Connection.Outbox.Bytes == 0, "the bytes to be read");
        await PresenceRig.SayAsync(client, "away");
        node.Pass(2);
        PresenceRig.Told(watcher)[^1].ShouldBe("7 away");
        PresenceRig.Told(watcher).Length.ShouldBeLessThan(50);
    }

    [Fact]
    public async Task A_stream_of_events_watches_as_a_socket_does()
    {
        using var node = new PresenceRig();
        var sink = new MemorySink();
        var connection = node.Rig.Engine.Clients.Connect(sink, SseWire.User);
        node.Rig.Engine.Connections.TryOpen(connection).ShouldBeTrue();
        var client = new Client(connection, node.Rig.Engine.Clients);
        (await client.SignInAsync("8")).ShouldBeNull();
        await client.WatchAsync("7", new WireSubscription(SseWire.User, "presence"), default);
        await node.ConnectAsync(7);
        node.Pass(2);
        Encoding.UTF8.GetString(sink.Read())
            .ShouldEndWith("event: presence\ndata: {\"type\":\"presence\",\"userId\":7,\"state\":\"online\"}\n\n");
        client.Leave();
        node.Pass(20);
        node.StateOf(8).ShouldBe(PresenceState.Offline);
    }

    [Fact]
    public async Task The_next_list_takes_the_place_of_the_one_before()
    {
        using var node = new PresenceRig();
        var watcher = await node.WatchAsync(8, "7");
        await node.WatchAsync(watcher, "9");
        await node.WatchAsync(watcher, "10", "other");
        foreach (var user in (long[])[7, 9, 10]) await node.ConnectAsync(user);
        node.Pass(2);
        PresenceRig.Told(watcher).ShouldBe(["7 offline", "9 offline", "10 offline", "10 online"]);
        await watcher.SendAsync("UNSUBSCRIBE\nid:other\nreceipt:un\n\n\0");
        await watcher.ReceiptAsync("un");
        node.Pass(310);
        PresenceRig.Told(watcher).Length.ShouldBe(4);
    }

    [Theory]
    [InlineData("")]
    [InlineData("users:\n")]
    [InlineData("users:0\n")]
    [InlineData("users:01\n")]
    [InlineData("users:7,,8\n")]
    [InlineData("users:1,2,3,4\n")]
    [InlineData("users:ann\n")]
    public async Task A_list_that_is_none_or_too_long_is_refused(string header)
    {
        using var node = new PresenceRig(set: options => options.Presence.People = 3);
        var client = await node.ConnectAsync(8);
        await client.ListenForRefusalsAsync();
        await client.SendAsync($"SUBSCRIBE\nid:p\ndestination:/user/queue/presence\n{header}receipt:r\n\n\0");
        (await client.RefusalAsync("r")).Text.ShouldContain("\"users\"");
    }

    [Fact]
    public async Task More_people_a_second_than_a_user_may_watch_are_refused_and_the_list_before_stays()
    {
        using var node = new PresenceRig(set: options => (options.Presence.PeopleBurst, options.Presence.PeoplePerSecond) = (2, 1));
        var client = await node.ConnectAsync(8);
        await client.ListenForRefusalsAsync();
        await node.WatchAsync(client, "7,9");
        await client.SendAsync("SUBSCRIBE\nid:p\ndestination:/user/queue/presence\nusers:10\nreceipt:r\n\n\0");
        (await client.RefusalAsync("r")).Text.ShouldContain("rate-limited");
        await node.ConnectAsync(7);
        node.Pass(2);
        PresenceRig.Told(client)[^1].ShouldBe("7 online");
    }
}
