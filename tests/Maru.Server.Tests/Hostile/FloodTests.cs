using System.Text;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Hostile;

/// <summary>
/// Connections that send without a pause. While they do, members get their receipts, newcomers get in, and the server says that it lives:
/// each of these is awaited, and the flood still goes on behind it.
/// </summary>
public sealed class FloodTests
{
    private const int Connections = 6;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pongs", false, false)]
    [InlineData("pings", false, false)]
    [InlineData("blank lines", false, false)]
    [InlineData("requests", false, false)]
    [InlineData("pongs", false, true)]
    [InlineData("requests", false, true)]
    [InlineData("pongs", true, false)]
    [InlineData("blank lines", true, false)]
    [InlineData("requests", true, false)]
    [InlineData("refused SENDs", true, false)]
    [InlineData("ACKs", true, false)]
    [InlineData("SUBSCRIBEs", true, false)]
    [InlineData("refused SENDs", true, true)]
    [InlineData("long SUBSCRIBEs", true, true)]
    public async Task Members_are_served_while_others_send_without_a_pause(string kind, bool withToken, bool tls)
    {
        using var certificate = new ServerCertificate();
        await using var server = await MaruServer.StartAsync(certificate.Settings);
        var (ann, eve) = (await server.SignUpAsync("ann"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync();
        await using var member = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        var port = server.AddressOf(tls ? "https" : "http").Port;
        var token = withToken ? eve.AccessToken : null;

        await using var flood = new Flood(Connections, Open, Bytes(kind, token));
        await flood.GoesOnAsync();
        for (var i = 0; i < 20; i++) await member.SayAndWaitAsync(room.Id, $"{i}");
        await using var newcomer = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await server.Http.GetAsync("/health/live", Ct).Within("the health of the server");
        await flood.GoesOnAsync();

        Stream Open()
        {
            var stream = tls ? Flood.ConnectTls(port, certificate) : Flood.Connect(port);
            return kind == "requests" ? stream : Flood.Upgraded(stream, server.Address, token);
        }
    }

    [Fact]
    public async Task Members_are_served_while_others_send_blank_lines_over_plain_tcp()
    {
        var port = Ports.Free();
        await using var server = await MaruServer.StartAsync($"--Maru:StompTcp=127.0.0.1:{port}");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var member = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await using var flood = new Flood(Connections, () => Flood.Connect(port), Encoding.ASCII.GetBytes(new string('\n', 60_000)));
        await flood.GoesOnAsync();
        for (var i = 0; i < 20; i++) await member.SayAndWaitAsync(room.Id, $"{i}");
        await flood.GoesOnAsync();
    }

    [Theory]
    [InlineData("pongs")]
    [InlineData("pings")]
    [InlineData("blank lines")]
    public async Task Somebody_who_sends_much_and_no_CONNECT_is_told_so_and_ended(string kind)
    {
        await using var server = await MaruServer.StartAsync();
        foreach (var path in (string[])["/ws", "/ws?x=1"])
        {
            await using var stranger = await StompSocket.OpenAsync(server.Address, path);
            await stranger.WriteAsync(Bytes(kind, null).AsMemory()[..(100 * ClientFrames.Pong(default).Length + 200)]);
            var error = await stranger.ErrorAsync();
            error["message"].ShouldBe("connect-first");
            (await stranger.Closing.Within("the close frame")).Code.ShouldBe((ushort)1002);
        }
    }

    [Fact]
    public async Task Somebody_who_sends_on_behind_the_refusal_is_not_read_any_longer()
    {
        await using var server = await MaruServer.StartAsync();
        using var stream = Flood.Upgraded(Flood.Connect(server.Address.Port), server.Address);
        var pongs = Bytes("pongs", null);
        Should.Throw<IOException>(() =>
        {
            for (var i = 0; i < 1000; i++) stream.Write(pongs);
        });
    }

    [Fact]
    public async Task A_CONNECT_may_come_byte_by_byte_and_behind_some_heart_beats()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        await using var slow = await StompSocket.OpenAsync(server.Address);
        for (var i = 0; i < 20; i++) await slow.WriteAsync(ClientFrames.Message("\n"));
        var connect = ClientFrames.Stomp("CONNECT", "", ("accept-version", "1.2"), ("host", "maru"), ("passcode", ann.AccessToken));
        foreach (var one in connect) await slow.WriteAsync(ClientFrames.Message($"{one}"));
        await slow.TakeAsync(frame => frame.Command == "CONNECTED", "CONNECTED");
    }

    private static byte[] Bytes(string kind, string? token) => kind switch
    {
        "pongs" => Many(ClientFrames.Pong(default)),
        "pings" => Many(ClientFrames.Ping(default)),
        "blank lines" => Many(ClientFrames.Message("\n")),
        "requests" => Many(Encoding.ASCII.GetBytes(
            $"GET {(token is null ? "/nothing" : "/api/me")} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n")),
        "refused SENDs" => Many(ClientFrames.Message(ClientFrames.Stomp("SEND", "{}", ("destination", "/nowhere")))),
        "ACKs" => Many(ClientFrames.Message(ClientFrames.Stomp("ACK", "", ("id", "1"), ("receipt", "1")))),
        "long SUBSCRIBEs" => Many(ClientFrames.Message(
            ClientFrames.Stomp("SUBSCRIBE", "", ("id", new string('1', 15_000)), ("destination", "/user/queue/events")))),
        _ => Many(ClientFrames.Message(
            ClientFrames.Stomp("SUBSCRIBE", "", ("id", "1"), ("destination", "/user/queue/events"))
            + ClientFrames.Stomp("UNSUBSCRIBE", "", ("id", "1")))),
    };

    private static byte[] Many(byte[] frame)
    {
        List<byte> bytes = [];
        while (bytes.Count < 60_000) bytes.AddRange(frame);
        return [.. bytes];
    }
}
