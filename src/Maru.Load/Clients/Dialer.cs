using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Maru.Load.Clients;

/// <summary>
/// Opens connections on threads of its own: a full accept queue holds a connect() up for a second, which must not hold up a loop.
/// Any thread may ask; the answer goes to the asker's own queue.
/// </summary>
internal sealed class Dialer : IDisposable
{
    // Left alone, the kernel lets each receive buffer grow to 32 MB. A thousand clients that fall behind for a moment then take all of its TCP memory
    // (tcp_mem, 1.5 GB on a 24 GB machine), it drops what had arrived, and single connections crawl for half a minute at one segment a retransmission:
    // measured in an overloaded fan-out, 236,000 drops. So all connections together get a quarter of that, each at most what a real client has.
    private const int AllReceiveBuffers = 256 * 1024 * 1024;

    // Without it each read that empties the buffer sends an ACK of its own, which costs more than the read: 4.6 us of CPU a read with it, 1.6 us without.
    private const int IpProtoTcp = 6;
    private const int TcpQuickAck = 12;

    private readonly BlockingCollection<(Client Client, ConcurrentQueue<Dialed> Answers)> _wanted = [];
    private readonly IPEndPoint _server;
    private readonly int _receiveBuffer;

    public Dialer(IPEndPoint server, int clients)
    {
        _server = server;
        _receiveBuffer = Math.Clamp(AllReceiveBuffers / clients, 16 * 1024, 256 * 1024);
        for (var i = 0; i < 2; i++) new Thread(Work) { IsBackground = true, Name = "dialer" }.Start();
    }

    public void Dial(Client client, ConcurrentQueue<Dialed> answers) => _wanted.Add((client, answers));

    public void Dispose() => _wanted.CompleteAdding();

    private void Work()
    {
        foreach (var (client, answers) in _wanted.GetConsumingEnumerable()) answers.Enqueue(Connect(client));
    }

    private Dialed Connect(Client client)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            // A slow reader must be felt by the server, not absorbed by megabytes of kernel buffer.
            socket.ReceiveBufferSize = client.IsSlow ? 4096 : _receiveBuffer;
            socket.Connect(_server);
            socket.SetRawSocketOption(IpProtoTcp, TcpQuickAck, [0, 0, 0, 0]);
            socket.Blocking = false;
            return new Dialed(client, socket, SocketError.Success);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            return new Dialed(client, null, e.SocketErrorCode);
        }
    }
}

/// <summary>A dial's end: a connected, non-blocking socket, or why there is none.</summary>
internal readonly record struct Dialed(Client Client, Socket? Socket, SocketError Error);
