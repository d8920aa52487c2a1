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
    private readonly BlockingCollection<(Client Client, ConcurrentQueue<Dialed> Answers)> _wanted = [];
    private readonly IPEndPoint _server;

    public Dialer(IPEndPoint server)
    {
        _server = server;
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
        var socket = new Socket(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A slow reader must be felt by the server, not absorbed by megabytes of kernel buffer.
            if (client.IsSlow) socket.ReceiveBufferSize = 4096;
            socket.Connect(_server);
            socket.Blocking = false;
            return new Dialed(client, socket, SocketError.Success);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return new Dialed(client, null, e.SocketErrorCode);
        }
    }
}

/// <summary>A dial's end: a connected, non-blocking socket, or why there is none.</summary>
internal readonly record struct Dialed(Client Client, Socket? Socket, SocketError Error);
