using System.Net.Sockets;
using System.Text;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

/// <summary>STOMP without a WebSocket around it.</summary>
public sealed class StompListenerTests
{
    [Fact]
    public async Task A_client_on_plain_tcp_talks_to_one_on_a_web_socket()
    {
        var port = Ports.Free();
        await using var server = await MaruServer.StartAsync($"--Maru:StompTcp=127.0.0.1:{port}");
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync());
        var room = await ann.MakeRoomAsync(members: bob.Id);
        await using var his = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
        await his.SubscribeAsync(room.Id);

        using var tcp = new TcpClient("127.0.0.1", port);
        var stream = tcp.GetStream();
        await SayAsync(stream, $"CONNECT\naccept-version:1.2\nheart-beat:0,0\nAuthorization:Bearer {ann.AccessToken}\n\n\0");
        (await FrameAsync(stream)).ShouldStartWith("CONNECTED\nversion:1.2\n");
        await SayAsync(stream, $"SEND\ndestination:/app/rooms/{room.Id}/messages\nreceipt:r\n\n{{\"text\":\"by wire\"}}\0");
        (await FrameAsync(stream)).ShouldStartWith("RECEIPT\nreceipt-id:r\nseq:");
        (await his.EventAsync("message.created")).Json.GetProperty("message").GetProperty("text").GetString().ShouldBe("by wire");

        // What is broken is answered, and the connection ends.
        await SayAsync(stream, "FLY\nreceipt:last\n\n\0");
        var error = await FrameAsync(stream);
        error.ShouldStartWith("ERROR\nmessage:bad-frame\nreceipt-id:last\n");
        var end = stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken);
        (await end.AsTask().Within("the end")).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_sent_before_the_end_is_answered()
    {
        var port = Ports.Free();
        await using var server = await MaruServer.StartAsync($"--Maru:StompTcp=127.0.0.1:{port}");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        using var tcp = new TcpClient("127.0.0.1", port);
        var stream = tcp.GetStream();
        await SayAsync(stream, $"CONNECT\naccept-version:1.2\nheart-beat:0,0\nAuthorization:Bearer {ann.AccessToken}\n\n\0");
        await FrameAsync(stream);
        await SayAsync(stream, $"SEND\ndestination:/app/rooms/{room.Id}/messages\nreceipt:r\n\n{{\"text\":\"last\"}}\0");
        tcp.Client.Shutdown(SocketShutdown.Send);
        (await FrameAsync(stream)).ShouldStartWith("RECEIPT\nreceipt-id:r\nseq:");
        var end = stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken);
        (await end.AsTask().Within("the end")).ShouldBe(0);
    }

    private static Task SayAsync(NetworkStream stream, string frames) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(frames), TestContext.Current.CancellationToken).AsTask();

    private static async Task<string> FrameAsync(NetworkStream stream)
    {
        List<byte> frame = [];
        var next = new byte[1];
        while (frame is not [.., 0])
        {
            var read = await stream.ReadAsync(next, TestContext.Current.CancellationToken).AsTask().Within("a frame");
            read.ShouldBe(1, Encoding.UTF8.GetString([.. frame]));
            frame.Add(next[0]);
        }

        return Encoding.UTF8.GetString([.. frame]);
    }
}
