using System.Text;
using Maru.Engine;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

/// <summary>
/// Both ways in to <c>/ws</c>: <c>/ws</c> itself is taken off the connection before HTTP sees it, <c>/ws?x=1</c> goes through HTTP.
/// A client must not see which.
/// </summary>
public sealed class HandshakeTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [MemberData(nameof(HandshakeHeads.All), MemberType = typeof(HandshakeHeads))]
    public async Task Both_ways_give_the_same_answer_to_the_same_head(HandshakeHead head)
    {
        var brief = await AskAsync(server, head.Text);
        var general = await AskAsync(server, head.Text.Replace("/ws ", "/ws?x=1 ", StringComparison.Ordinal));
        brief.ShouldMatch($"^HTTP/1.[01] {head.Status} ");
        Undated(brief).ShouldBe(Undated(general));
        foreach (var line in head.Lines) brief.Split("\r\n").ShouldContain(line);
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task The_first_frame_may_come_with_the_request(string path)
    {
        var ann = await server.SignUpAsync();
        var connect = ClientFrames.Stomp("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("passcode", ann.AccessToken));
        await using var socket = await StompSocket.OpenAsync(server.Address, path, first: ClientFrames.Message(connect));
        (await socket.TakeAsync(frame => frame.Command == "CONNECTED", "CONNECTED"))["version"].ShouldBe("1.2");
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task The_request_may_come_a_byte_at_a_time(string path)
    {
        var (socket, head) = await TrickleAsync(Upgrade.Request(server.Address, path, null));
        socket.Dispose();
        head.ShouldStartWith("HTTP/1.1 101 ");
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task Both_sides_close_in_order(string path)
    {
        var ann = await server.SignUpAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken, path);
        await socket.WriteAsync(ClientFrames.Close());
        var ending = await socket.Ended.Within("the end");
        ending.ShouldBe(new Ending(1000, "", true));
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task DISCONNECT_is_answered_before_the_close(string path)
    {
        var ann = await server.SignUpAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken, path);
        await socket.SendAsync("DISCONNECT", "", ("receipt", "bye"));
        await socket.ReceiptAsync("bye");
        (await socket.Ended.Within("the end")).ShouldBe(new Ending(1000, "", true));
    }

    [Fact]
    public async Task What_was_sent_before_the_end_of_TCP_is_answered()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        var receipts = new List<string>();
        for (var i = 0; i < 20; i++) receipts.Add(await socket.SayAsync(room.Id, $"{i}"));
        socket.EndSending();
        foreach (var receipt in receipts) (await socket.ReceiptAsync(receipt)).Seq.ShouldBePositive();
        (await socket.Ended.Within("the end")).ShouldBe(new Ending(1000, "", true));
    }

    [Fact]
    public async Task Who_ends_their_side_of_TCP_and_reads_nothing_is_cut_off_as_any_other_who_ends()
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(
            time, null, "--Maru:Engine:SendBufferBytes=16384", "--Maru:Engine:SlowClientTimeout=1.00:00:00");
        var ann = await own.SignUpAsync();
        var room = (await ann.MakeRoomAsync()).Id;
        await using var socket = await StompSocket.ConnectAsync(own.Address, ann.AccessToken, receiveBuffer: 4096);
        for (var i = 0; i < 60; i++) await socket.SayAndWaitAsync(room, new string('x', 16_000));
        var connection = own.Service<ChatEngine>().Connections.All().ShouldHaveSingleItem();
        socket.Pause();
        await socket.SendAsync("SUBSCRIBE", "", ("destination", $"/topic/rooms/{room}"), ("id", "all"), ("after", "0"));
        await Deadline.Until(() => connection.Outbox.Bytes > 0, "bytes that wait");
        socket.EndSending();
        await Deadline.Until(() => connection.IsClosing, "the end of the client's side");
        connection.Outbox.IsClosed.ShouldBeFalse();
        // Its last words, and with them the time that it has for them, come once what it asked for is under way no more.
        await Deadline.Until(
            () =>
            {
                time.Advance(1);
                return own.Service<ChatEngine>().Connections.Count == 0;
            },
            "the end");
    }

    [Fact]
    public async Task One_connection_too_many_is_told_to_wait()
    {
        await using var full = await MaruServer.StartAsync("--Maru:Engine:MaxConnections=1");
        await using var first = await StompSocket.ConnectAsync(full.Address, (await full.SignUpAsync()).AccessToken);
        var (brief, general) = (await RefusedAsync("/ws"), await RefusedAsync("/ws?x=1"));
        Undated(brief.Head).ShouldBe(Undated(general.Head));
        brief.Head.ShouldStartWith("HTTP/1.1 429 Too Many Requests\r\n");
        brief.Head.Split("\r\n").ShouldContain("Retry-After: 5");
        brief.Head.Split("\r\n").ShouldContain("Content-Type: application/problem+json");
        brief.Head.ShouldContain("\r\nDate: ");
        brief.Body.ShouldContain("""{"type":"too-many-connections",""");

        async Task<(string Head, string Body)> RefusedAsync(string path)
        {
            var (socket, head, body) = await Upgrade.RequestAsync(full.Address, Upgrade.Request(full.Address, path, null));
            using var _ = socket;
            var buffer = new byte[1024];
            while (!body.Contains((byte)'}')) body = [.. body, .. buffer[..await socket.ReceiveAsync(buffer).Within("the body")]];
            return (head, Encoding.UTF8.GetString(body));
        }
    }

    [Theory]
    [InlineData("chat.example.org", 101)]
    [InlineData("CHAT.example.org:8080", 101)]
    [InlineData("example.org", 400)]
    [InlineData("chat.example.org.", 400)]
    [InlineData("127.0.0.1", 400)]
    public async Task Only_allowed_hosts_are_served(string host, int status)
    {
        await using var own = await MaruServer.StartAsync("--AllowedHosts=chat.example.org;*.example.net");
        foreach (var path in (string[])["/ws", "/ws?x=1"])
        {
            var request = Encoding.ASCII.GetString(Upgrade.Request(own.Address, path, null));
            var head = await AskAsync(own, request.Replace($"Host: {own.Address.Authority}", $"Host: {host}", StringComparison.Ordinal));
            head.ShouldStartWith($"HTTP/1.1 {status} ");
            if (status == 400) head.Split("\r\n").ShouldContain("Content-Length: 0");
        }
    }

    private static async Task<string> AskAsync(MaruServer server, string head)
    {
        var (socket, answer, _) = await Upgrade.RequestAsync(server.Address, Encoding.Latin1.GetBytes(head));
        socket.Dispose();
        return answer;
    }

    /// <summary>Fields have no order; the seconds differ.</summary>
    private static string Undated(string head) =>
        string.Join('\n', head.Split("\r\n").Select(line => line.StartsWith("Date: ", StringComparison.Ordinal) ? "Date" : line).Order());

    private async Task<(IDisposable Socket, string Head)> TrickleAsync(byte[] request)
    {
        var socket = new System.Net.Sockets.TcpClient { NoDelay = true };
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        foreach (var one in request)
        {
            stream.WriteByte(one);
            await stream.FlushAsync(TestContext.Current.CancellationToken);
        }

        var answer = new byte[512];
        var count = await stream.ReadAsync(answer, TestContext.Current.CancellationToken).AsTask().Within("an answer");
        return (socket, Encoding.ASCII.GetString(answer, 0, count));
    }
}
