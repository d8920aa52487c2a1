using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// A hostile client: some connections that send the same bytes again and again without a pause, and connect anew when they are ended.
/// Each has threads of its own, and blocks nobody's event loop.
/// </summary>
internal sealed class Flood : IAsyncDisposable
{
    private readonly Func<Stream> _open;
    private readonly byte[] _bytes;
    private readonly Thread[] _threads;
    private readonly HashSet<Stream> _streams = [];
    private volatile bool _stops;
    private long _writes;

    /// <param name="connections">at the same time</param>
    /// <param name="open">makes a connection, blocking</param>
    /// <param name="bytes">what each sends, whole, again and again</param>
    public Flood(int connections, Func<Stream> open, byte[] bytes)
    {
        (_open, _bytes) = (open, bytes);
        _threads = [.. Enumerable.Range(0, connections).Select(_ => new Thread(Run) { IsBackground = true })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Returns when the flood has come through that many more times.</summary>
    public Task GoesOnAsync(int times = 20)
    {
        var until = Volatile.Read(ref _writes) + times;
        return Deadline.Until(() => Volatile.Read(ref _writes) >= until, "the flood to go on");
    }

    public static Stream Connect(int port) =>
        new NetworkStream(Open(port), ownsSocket: true);

    public static Stream ConnectTls(int port, ServerCertificate certificate)
    {
        var tls = new SslStream(Connect(port), leaveInnerStreamOpen: false, (_, presented, _, _) => certificate.Value.Equals(presented));
        tls.AuthenticateAsClient("localhost");
        return tls;
    }

    /// <summary>Makes a WebSocket of a connection; signs it in where there is a token, with a subscription to refusals.</summary>
    public static Stream Upgraded(Stream stream, Uri server, string? token = null)
    {
        stream.Write(Kit.Upgrade.Request(server, "/ws", null));
        Await(stream, "\r\n\r\n");
        if (token is null) return stream;
        stream.Write(ClientFrames.Message(ClientFrames.Stomp("CONNECT", "", ("accept-version", "1.2"), ("passcode", token))));
        Await(stream, "CONNECTED");
        stream.Write(ClientFrames.Message(ClientFrames.Stomp("SUBSCRIBE", "", ("id", "e"), ("destination", "/user/queue/errors"))));
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        _stops = true;
        foreach (var thread in _threads)
        {
            while (!thread.Join(0))
            {
                lock (_streams)
                {
                    foreach (var stream in _streams) stream.Dispose();
                }

                await Task.Yield();
            }
        }
    }

    private static Socket Open(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect("127.0.0.1", port);
        return socket;
    }

    private static void Await(Stream stream, string text)
    {
        var read = "";
        var buffer = new byte[4096];
        while (!read.Contains(text, StringComparison.Ordinal))
        {
            var count = stream.Read(buffer);
            if (count == 0) throw new IOException($"The server ended the connection: {read}");
            read += Encoding.ASCII.GetString(buffer, 0, count);
        }
    }

    private void Run()
    {
        while (!_stops)
        {
            try
            {
                using var stream = _open();
                lock (_streams) _streams.Add(stream);
                var reader = new Thread(() => Drain(stream)) { IsBackground = true };
                reader.Start();
                Send(stream);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // ended: connects anew
            }
        }
    }

    private void Send(Stream stream)
    {
        try
        {
            while (!_stops)
            {
                stream.Write(_bytes);
                Interlocked.Increment(ref _writes);
            }
        }
        finally
        {
            lock (_streams) _streams.Remove(stream);
        }
    }

    private static void Drain(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (stream.Read(buffer) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // ended
        }
    }
}
