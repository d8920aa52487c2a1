using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Maru.Load.Sockets;

namespace Maru.Load.Clients;

/// <summary>
/// Begins connections, on its own threads: .NET reports by an exception that a connect() is under way, which would delay a loop. No thread
/// waits for a server: one that is stopped, or behind a broken network, must not keep clients from the others. Any thread may ask; the
/// result goes to the asker's own queue.
/// </summary>
internal sealed class Dialer : IDisposable
{
    // Left alone, the kernel lets each receive buffer grow to 32 MB.
    // A thousand clients that fall behind for a moment then take all of its TCP memory (tcp_mem, 1.5 GB on a 24 GB machine),
    // it drops what had arrived, and single connections crawl for half a minute at one segment a retransmission:
    // measured in an overloaded fan-out, 236,000 drops.
    // So all connections together get a quarter of that, each at most what a real client has.
    private const int AllReceiveBuffers = 256 * 1024 * 1024;

    private readonly BlockingCollection<(Client Client, IPEndPoint Server, ConcurrentQueue<Dialed> Answers)> _wanted = [];
    private readonly int _receiveBuffer;
    private readonly int _addresses;

    /// <param name="clients">how many there are in all</param>
    /// <param name="addresses">addresses of this machine that they come from; 1 = the usual one</param>
    public Dialer(int clients, int addresses)
    {
        _addresses = addresses;
        _receiveBuffer = Math.Clamp(AllReceiveBuffers / clients, 16 * 1024, 256 * 1024);
        for (var i = 0; i < 2; i++) new Thread(Work) { IsBackground = true, Name = "dialer" }.Start();
    }

    public void Dial(Client client, IPEndPoint server, ConcurrentQueue<Dialed> answers) => _wanted.Add((client, server, answers));

    public void Dispose() => _wanted.CompleteAdding();

    private void Work()
    {
        foreach (var (client, server, answers) in _wanted.GetConsumingEnumerable()) answers.Enqueue(Connect(client, server));
    }

    private Dialed Connect(Client client, IPEndPoint server)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
            // A slow reader must be felt by the server, not absorbed by megabytes of kernel buffer.
            socket.ReceiveBufferSize = client.IsSlow ? 4096 : _receiveBuffer;
            if (_addresses > 1 && LoopbackAddress.Of(server, LoopbackAddress.Members, client.Number % _addresses) is { } address)
                LoopbackAddress.Bind(socket, address);
            Begin(socket, server);
            return new Dialed(client, socket, SocketError.Success);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            return new Dialed(client, null, e.SocketErrorCode);
        }
    }

    private static void Begin(Socket socket, IPEndPoint server)
    {
        try
        {
            socket.Connect(server);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // under way: the socket becomes writable when it is done
        }
    }
}

/// <summary>
/// A dial that has begun: a non-blocking socket that becomes writable when it is connected or has failed; or the reason why there is none.
/// </summary>
internal readonly record struct Dialed(Client Client, Socket? Socket, SocketError Error);
