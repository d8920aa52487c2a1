using Maru.Engine.Codecs;
using Maru.Engine.Connections;
using Maru.Engine.Problems;
using Maru.Engine.Protocols;
using Maru.Engine.Protocols.Stomp;

namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class ConnectTests
{
    [Theory]
    [InlineData("CONNECT", "accept-version:1.2\npasscode:7\n", "1.2")]
    [InlineData("STOMP", "accept-version:1.2\npasscode:7\n", "1.2")]
    [InlineData("CONNECT", "accept-version:1.0,1.1\nhost:anything\nAuthorization:Bearer 7\n", "1.1")]
    [InlineData("CONNECT", "accept-version:1.1,1.2\nauthorization:bearer 7\n", "1.2")]
    [InlineData("CONNECT", "passcode:7\n", "1.0")]
    [InlineData("CONNECT", "accept-version:1.2\r\npasscode:7\r\n", "1.2")]
    public async Task A_good_token_is_answered_with_the_newest_common_version(string command, string headers, string version)
    {
        using var rig = new EngineRig();
        var client = rig.NewClient();
        await client.SendAsync($"{command}\n{headers}\n\0");
        var connected = await client.FrameAsync(x => x.Command == StompCommand.Connected, "CONNECTED");
        connected["version"].ShouldBe(version);
        connected["user-id"].ShouldBe("7");
        (connected["heart-beat"] is null).ShouldBe(version == "1.0", "1.0 has no heart-beats");
        client.Session.Connection.Identity!.User.ShouldBe(new UserId(7));
    }

    [Theory]
    [InlineData("CONNECT\naccept-version:1.2\n\n\0", "unauthenticated", 1008)]
    [InlineData("CONNECT\naccept-version:1.2\npasscode:who\n\n\0", "unauthenticated", 1008)]
    [InlineData("CONNECT\naccept-version:2.0\npasscode:7\n\n\0", "unsupported-version", 1002)]
    [InlineData("CONNECT\naccept-version:1.2\npasscode:7\nheart-beat:1\n\n\0", "bad-frame", 1002)]
    [InlineData("CONNECT\naccept-version:1.2\npasscode:7\nheart-beat:-1,0\n\n\0", "bad-frame", 1002)]
    [InlineData("CONNECT\naccept-version:1.2\npasscode:7\nheart-beat:0,\n\n\0", "bad-frame", 1002)]
    [InlineData("CONNECT\naccept-version:1.2\npasscode:7\nheart-beat:+1,0\n\n\0", "bad-frame", 1002)]
    [InlineData("CONNECT\naccept-version:1.2\npasscode:7\n\nbody\0", "bad-frame", 1002)]
    [InlineData("SEND\ndestination:/a\n\n\0", "connect-first", 1002)]
    [InlineData("DISCONNECT\n\n\0", "connect-first", 1002)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "bad-frame", 1002)]
    public async Task Anything_else_gets_an_error_and_the_end(string bytes, string slug, int close)
    {
        using var rig = new EngineRig();
        var client = rig.NewClient();
        await client.SendAsync(bytes);
        var error = await client.ErrorAsync(slug);
        client.CloseCode.ShouldBe(close);
        client.Frames.Count.ShouldBe(1);
        client.Sink.IsShutdown.ShouldBeTrue();
        if (slug == "unsupported-version") error["version"].ShouldBe("1.0,1.1,1.2");
    }

    [Fact]
    public async Task A_refused_connect_names_its_receipt()
    {
        using var rig = new EngineRig();
        var client = rig.NewClient();
        await client.SendAsync("CONNECT\naccept-version:1.2\nreceipt:r-1\n\n\0");
        (await client.ErrorAsync("unauthenticated"))["receipt-id"].ShouldBe("r-1");
    }

    [Fact]
    public async Task A_second_connect_ends_the_connection()
    {
        using var rig = new EngineRig();
        var client = await rig.ConnectAsync(7);
        await client.SendAsync("CONNECT\naccept-version:1.2\npasscode:7\n\n\0");
        await client.ErrorAsync("connect-first");
    }

    [Fact]
    public async Task Frames_behind_connect_wait_for_its_answer()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var judged = new TaskCompletionSource();
        rig.BeforeAuthentication = () => judged.Task;
        var client = rig.NewClient();
        var received = client.Session.ReceiveAsync(
            "CONNECT\naccept-version:1.2\npasscode:7\n\n\0SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nreceipt:r\n\n\0"u8.ToArray())
            .AsTask();
        received.IsCompleted.ShouldBeFalse();
        client.Frames.ShouldBeEmpty();
        judged.SetResult();
        await received.Within("the frames");
        await client.ReceiptAsync("r");
        client.Frames[0].Command.ShouldBe(StompCommand.Connected);
    }

    [Fact]
    public async Task A_store_that_cannot_judge_the_token_is_named_as_the_cause()
    {
        using var rig = new EngineRig { BeforeAuthentication = () => throw new InvalidOperationException("no store") };
        var client = rig.NewClient();
        await client.SendAsync("CONNECT\naccept-version:1.2\npasscode:7\n\n\0");
        await client.ErrorAsync("unavailable");
        rig.TakeErrors().ShouldHaveSingleItem().ShouldContain("no store");
    }

    [Fact]
    public async Task Who_does_not_connect_in_time_is_told_so_and_closed()
    {
        using var rig = new EngineRig();
        var client = rig.NewClient();
        await client.SendAsync("CONNE");
        rig.Time.Advance(10);
        client.Sink.IsEnded.ShouldBeFalse();
        rig.Time.Advance(1);
        await client.ErrorAsync("connect-first");
    }

    [Fact]
    public async Task An_expired_token_ends_the_connection()
    {
        using var rig = new EngineRig();
        var client = rig.NewClient();
        await client.ConnectAsync("7~20");
        rig.Time.Advance(19);
        client.Sink.IsEnded.ShouldBeFalse();
        rig.Time.Advance(2);
        await client.ErrorAsync("unauthenticated");
        await client.SendAsync(StompClient.Say(1, "too late"));
        client.Frames.Count.ShouldBe(2, "what comes after the end is ignored");
    }

    [Fact]
    public async Task A_user_has_so_many_connections_and_no_more()
    {
        using var rig = new EngineRig(x => x.MaxConnectionsPerUser = 2);
        var first = await rig.ConnectAsync(7);
        await rig.ConnectAsync(7);
        await rig.ConnectAsync(8);
        var third = rig.NewClient();
        await third.SendAsync("CONNECT\naccept-version:1.2\npasscode:7\n\n\0");
        await third.ErrorAsync("too-many-connections");
        third.Session.Closed();

        first.Session.Closed();
        await rig.ConnectAsync(7);
    }

    [Fact]
    public async Task The_server_has_so_many_connections_and_no_more()
    {
        using var rig = new EngineRig(x => x.MaxConnections = 1);
        var first = await rig.ConnectAsync(7);
        var second = new StompSession(new MemorySink(), rig.Engine.Clients, Framing.WebSocket);
        rig.Engine.Connections.TryOpen(second.Connection).ShouldBeFalse();
        second.Closed();
        first.Session.Closed();
        rig.Engine.Connections.Count.ShouldBe(0);
        rig.Engine.Connections.TryOpen(second.Connection).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_has_not_said_CONNECT_makes_room_for_a_newcomer_the_oldest_first()
    {
        using var rig = new EngineRig(x => x.MaxConnections = 3);
        await rig.ConnectAsync(7);
        var (oldest, second, third) = (rig.NewClient(), rig.NewClient(), rig.NewClient());
        oldest.Session.Connection.Refusal!.Problem.ShouldBe(Problem.TooManyConnections);
        second.Session.Connection.IsClosing.ShouldBeFalse();
        third.Session.Connection.IsClosing.ShouldBeFalse();
        rig.Engine.Connections.Count.ShouldBe(3);
        oldest.Session.Closed();
        rig.Engine.Connections.Count.ShouldBe(3);
    }

    [Fact]
    public void Who_comes_from_elsewhere_makes_no_room_for_a_crowd()
    {
        using var rig = new EngineRig(x => x.MaxConnections = 3);
        var (member, other) = (Open(rig, Source.Of(new(7))), Open(rig, new Source(7)));
        for (var i = 0; i < 10; i++) Open(rig, new Source(8)).IsClosing.ShouldBeFalse();
        (member.IsClosing, other.IsClosing, rig.Engine.Connections.Count).ShouldBe((false, false, 3));
    }

    private static Connection Open(EngineRig rig, Source source)
    {
        var session = new StompSession(new MemorySink(), rig.Engine.Clients, Framing.WebSocket);
        rig.Engine.Connections.TryOpen(session.Connection, source).ShouldBeTrue();
        return session.Connection;
    }
}
