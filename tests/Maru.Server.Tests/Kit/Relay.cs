using System.Net;
using System.Net.Sockets;

namespace Maru.Server.Tests.Kit;

/// <summary>Passes connections on to a server, until it is cut: then they stay open, and what is sent goes nowhere.</summary>
internal sealed class Relay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly IPEndPoint _to;
    private volatile bool _isCut;

    /// <param name="to"><c>host:port</c></param>
    public Relay(string to)
    {
        _to = IPEndPoint.Parse(to);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public void Cut() => _isCut = true;

    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptSocketAsync(_ended.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task PassAsync(Socket near)
    {
        using (near)
        using (var far = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                await far.ConnectAsync(_to, _ended.Token);
                await Task.WhenAny(PassAsync(near, far), PassAsync(far, near));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // one of them went
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _ended.Token) is > 0 and var read)
        {
            if (!_isCut) await to.SendAsync(buffer.AsMemory(0, read), _ended.Token);
        }
    }
}
