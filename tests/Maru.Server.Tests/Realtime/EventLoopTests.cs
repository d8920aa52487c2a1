using System.Net;
using System.Net.Sockets;

namespace Maru.Server.Tests.Realtime;

public sealed class EventLoopTests
{
    [Fact]
    public async Task What_a_socket_brings_is_handled_on_the_event_loop_that_noticed_it()
    {
        var ct = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, ct);
        using var server = await listener.AcceptSocketAsync(ct);

        var handledOn = ReceiveAsync(server, ct);
        await client.Client.SendAsync(new byte[1], ct);
        (await handledOn).ShouldBe((".NET Sockets", false));
    }

    private static async Task<(string? Name, bool OnThreadPool)> ReceiveAsync(Socket socket, CancellationToken ct)
    {
        await socket.ReceiveAsync(new byte[1], ct).ConfigureAwait(false);
        return (Thread.CurrentThread.Name, Thread.CurrentThread.IsThreadPoolThread);
    }
}
