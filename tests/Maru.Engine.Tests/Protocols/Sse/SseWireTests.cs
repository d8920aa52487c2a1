using System.Text;
using Maru.Engine.Clients;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Engine.Protocols.Sse;

namespace Maru.Engine.Tests.Protocols.Sse;

/// <summary>The second wire, on the same connections, cursors and rooms as the first.</summary>
public sealed class SseWireTests
{
    [Fact]
    public async Task A_stream_begins_behind_its_seq_and_goes_on_live()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        rig.Log.Seed(1, 3);
        var stream = await Stream.OpenAsync(rig, after: 1);
        await stream.UntilAsync("id: 3\n");
        var client = await rig.ConnectAsync(7);
        await client.SayAsync(1, "live", "r");
        var text = await stream.UntilAsync("id: 4\n");
        text.ShouldNotContain("id: 1\n");
        text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(x => x.Split('\n')[0]).ShouldBe(["id: 2", "id: 3", "id: 4"]);
        text.ShouldContain("\nevent: message.created\ndata: {\"type\":\"message.created\",\"roomId\":1,\"seq\":4,");
    }

    [Fact]
    public async Task A_comment_comes_every_fifteen_seconds_while_there_is_nothing_to_say()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var stream = await Stream.OpenAsync(rig);
        rig.Time.Advance(2);
        stream.Read();
        for (var round = 0; round < 4; round++)
        {
            rig.Time.Advance(15);
            stream.Read().ShouldBe(":\n\n");
        }

        stream.Connection.IsClosing.ShouldBeFalse();
    }

    [Fact]
    public async Task It_ends_with_the_right_to_the_room()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7, 8);
        var (gone, stays) = (await Stream.OpenAsync(rig, user: 7), await Stream.OpenAsync(rig, user: 8));
        await rig.ApplyAsync(MemberDraft.Leaves(1, 7));
        (await gone.UntilAsync("event: problem\n")).ShouldContain("\"type\":\"not-found\"");
        await gone.Connection.WhenClosedAsync().Within("the end");
        await stays.UntilAsync("id: 1\n");
        stays.Connection.IsClosing.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_goes_down_says_when_to_come_back()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var stream = await Stream.OpenAsync(rig);
        stream.Connection.Close(Problem.ShuttingDown);
        (await stream.UntilAsync("event: problem\n")).ShouldStartWith("retry: ");
    }

    [Fact]
    public async Task A_user_s_own_events_begin_with_the_snapshot_and_end_with_the_session()
    {
        using var rig = new EngineRig { Snapshot = (_, _) => new([new UserEvent("{\"type\":\"unread\",\"roomId\":1}"u8.ToArray())]) };
        var stream = await Stream.OpenOwnAsync(rig);
        rig.Engine.UserEvents.Publish(new UserId(7), new UserEvent("{\"type\":\"room.removed\",\"roomId\":1}"u8.ToArray()));
        rig.Engine.UserEvents.EndSession(new UserId(7), 1, "signed-out");
        await stream.Connection.WhenClosedAsync().Within("the end");
        stream.Read().ShouldBe(
            """
            event: unread
            data: {"type":"unread","roomId":1}

            event: room.removed
            data: {"type":"room.removed","roomId":1}

            event: session.ended
            data: {"type":"session.ended","reason":"signed-out"}


            """);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_read_ends_the_stream_with_the_time_after_which_to_come_back()
    {
        using var rig = new EngineRig { Snapshot = (_, _) => throw new IOException("the store is away") };
        var stream = await Stream.OpenOwnAsync(rig);
        await stream.Connection.WhenClosedAsync().Within("the end");
        var text = stream.Read();
        text.ShouldStartWith("retry: ");
        text.ShouldContain("event: problem\ndata: {\"type\":\"unavailable\",");
        rig.TakeErrors();
    }

    [Fact]
    public void A_line_end_between_tokens_does_not_end_the_data()
    {
        var entry = new Entry(new RoomId(1), 9, EntryKind.RoomChanged, "{\"type\":\"room.renamed\",\r\n \"seq\":9}"u8.ToArray());
        Encoding.UTF8.GetString(new SseEncoder().Encode([entry]))
            .ShouldBe("id: 9\nevent: room.renamed\ndata: {\"type\":\"room.renamed\",   \"seq\":9}\n\n");
    }

    private sealed class Stream(MemorySink sink, Connection connection)
    {
        private readonly StringBuilder _text = new();

        public Connection Connection => connection;

        public static async Task<Stream> OpenAsync(EngineRig rig, long? after = null, long user = 7)
        {
            var (sink, client) = await ConnectAsync(rig, SseWire.Room, user);
            await client.SubscribeAsync(new RoomId(1), null, new WireSubscription(SseWire.Room, ""), after, default);
            await client.Connection.InFlight.WhenEmptyAsync().Within("the subscription");
            return new Stream(sink, client.Connection);
        }

        public static async Task<Stream> OpenOwnAsync(EngineRig rig)
        {
            var (sink, client) = await ConnectAsync(rig, SseWire.User, 7);
            await client.ListenForEventsAsync(new WireSubscription(SseWire.User, ""), default);
            return new Stream(sink, client.Connection);
        }

        public string Read() => Encoding.UTF8.GetString(sink.Read());

        public async Task<string> UntilAsync(string wanted)
        {
            while (true)
            {
                var changed = sink.Changed;
                _text.Append(Read());
                if (_text.ToString().Contains(wanted, StringComparison.Ordinal)) return _text.ToString();
                await changed.Within(wanted);
            }
        }

        private static async Task<(MemorySink Sink, Client Client)> ConnectAsync(EngineRig rig, SseWire wire, long user)
        {
            var (sink, parts) = (new MemorySink(), rig.Engine.Clients);
            var connection = parts.Connect(sink, wire);
            connection.KeepAlive = new KeepAlive(15_000, 0);
            rig.Engine.Connections.TryOpen(connection).ShouldBeTrue();
            var client = new Client(connection, parts);
            (await client.SignInAsync($"{user}")).ShouldBeNull();
            return (sink, client);
        }
    }
}
