using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Maru.Load.Sockets;

namespace Maru.Load.Attacks;

/// <summary>
/// The connection of an attacker or a newcomer. It parses nothing: of what it reads it keeps only why the server refused or ended it.
/// One writer and one reader at a time.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private const int IpProtoTcp = 6;
    private const int TcpInfo = 11;
    private const byte Established = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly AttackTally _tally;
    private Stream _stream;
    private string? _reason;

    private RawConnection(Socket socket, AttackTally tally)
    {
        (_socket, _tally, _stream) = (socket, tally, new NetworkStream(socket, ownsSocket: true));
        tally.Open();
    }

    /// <summary>Connects, over TLS where the target wants it.</summary>
    /// <param name="target">the server</param>
    /// <param name="from">the address that it comes from; null = the machine's usual one</param>
    /// <param name="isDeaf">it will read nothing: the kernel shall not do it instead</param>
    /// <param name="tally">gets what it did</param>
    /// <param name="ct">gives up</param>
    public static async Task<RawConnection> OpenAsync(
        AttackTarget target, IPEndPoint? from, bool isDeaf, AttackTally tally, CancellationToken ct)
    {
        // Reset at the end: a closed connection would keep its port for a minute.
        var socket = new Socket(target.Node.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            LingerState = new LingerOption(true, 0),
        };
        RawConnection? connection = null;
        try
        {
            if (isDeaf) socket.ReceiveBufferSize = 4096;
            if (from is not null) LoopbackAddress.Bind(socket, from);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(Patience);
            await socket.ConnectAsync(target.Node.Address, patience.Token);
            connection = new RawConnection(socket, tally);
            if (target.IsTls) await connection.SecureAsync(target.Node.Url.Host, patience.Token);
            return connection;
        }
        catch
        {
            connection?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens the WebSocket.</summary>
    public async Task UpgradeAsync(AttackTarget target, CancellationToken ct)
    {
        await WriteAsync(Upgrade.Request(target.Node.HostHeader, target.Node.Path), 1, ct);
        await ReadUntilAsync(" 101 ", ct);
    }

    /// <summary>Opens the WebSocket and signs in; asks for refusals, which then do not end the connection.</summary>
    public async Task ConnectAsync(AttackTarget target, string token, CancellationToken ct)
    {
        await UpgradeAsync(target, ct);
        await WriteAsync(Prepared.Stomp($"CONNECT\naccept-version:1.2\nhost:localhost\nAuthorization:Bearer {token}\n\n"), 1, ct);
        await ReadUntilAsync("CONNECTED\n", ct);
        await WriteAsync(Prepared.Stomp($"SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n"), 1, ct);
    }

    /// <summary>Sends a request and reads until the response's status is there; another one than 200 is a refusal.</summary>
    public async Task AskAsync(byte[] request, CancellationToken ct)
    {
        await WriteAsync(request, 1, ct);
        await ReadUntilAsync("HTTP/1.1 200", ct);
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, int frames, CancellationToken ct)
    {
        await _stream.WriteAsync(bytes, ct);
        _tally.Sent(bytes.Length, frames);
    }

    /// <summary>Sends the same bytes until the server ends the connection.</summary>
    public async Task WriteForeverAsync(Prepared prepared, CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            await WriteAsync(prepared.Bytes, prepared.Frames, ct);
            await Task.Yield(); // a server that takes everything must not let it keep the thread
        }
    }

    /// <summary>Reads and forgets, until the server ends the connection.</summary>
    public async Task ReadForeverAsync(int bufferSize, CancellationToken ct)
    {
        var buffer = new byte[bufferSize];
        while (await ReadAsync(buffer, ct) > 0)
        {
            // forgotten
        }

        throw new EndOfStreamException();
    }

    /// <summary>Reads nothing until the server has ended the connection.</summary>
    public async Task HoldAsync(CancellationToken ct)
    {
        while (IsEstablished()) await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, ct);
        await ReadForeverAsync(4096, ct);
    }

    /// <summary>Returns what the server said before it ended the connection, or how it ended.</summary>
    public string Reason(Exception e) => _reason ?? HowItEnded(e);

    public static string HowItEnded(Exception e) => e switch
    {
        SocketException socket => socket.SocketErrorCode.ToString(),
        { InnerException: SocketException socket } => socket.SocketErrorCode.ToString(),
        OperationCanceledException => "no-response",
        EndOfStreamException => "closed",
        _ => e.GetType().Name,
    };

    public void Dispose()
    {
        _tally.Close();
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task SecureAsync(string host, CancellationToken ct)
    {
#pragma warning disable CA5359 // any certificate will do: an attacker does not mind whom it attacks
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        _stream = tls;
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
    }

    private async Task ReadUntilAsync(string wanted, CancellationToken ct)
    {
        var bytes = Encoding.ASCII.GetBytes(wanted);
        var buffer = new byte[2048];
        var length = 0;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        while (buffer.AsSpan(0, length).IndexOf(bytes) < 0)
        {
            var read = length == buffer.Length ? 0 : await ReadAsync(buffer.AsMemory(length), patience.Token);
            if (read == 0 || _reason is not null) throw new EndOfStreamException();
            length += read;
        }
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct)
    {
        var read = await _stream.ReadAsync(buffer, ct);
        _tally.Received(read);
        _reason = LastWords.In(buffer.Span[..read]) ?? _reason;
        return read;
    }

    private bool IsEstablished()
    {
        Span<byte> info = stackalloc byte[1];
        _socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info);
        return info[0] == Established;
    }
}
