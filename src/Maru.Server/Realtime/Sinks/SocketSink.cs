using System.Net;
using System.Net.Sockets;
using Maru.Engine;
using Maru.Engine.Output;
using Maru.Server.Platform.Sockets;

namespace Maru.Server.Realtime.Sinks;

/// <summary>
/// Writes directly to the connection's socket, past the server's own buffers: shared frames go to the kernel without a copy of ours, on the
/// thread that has them. Only for plain connections; nothing else may write to them meanwhile.
/// </summary>
/// <param name="peer">the other end</param>
/// <param name="client">the client behind it, when the other end is a proxy that names it</param>
internal sealed class SocketSink(Peer peer, IPAddress? client = null) : ByteSink
{
    private int _sendBufferBytes;

    /// <summary>Takes over the socket: nothing else reads or writes from now on.</summary>
    /// <param name="sendBufferBytes">
    /// bytes that the kernel may hold. Left to itself it lets megabytes wait for a slow reader: with 1,000 of them its memory for TCP ran
    /// short, and every connection's window with it.
    /// </param>
    public void Begin(int sendBufferBytes)
    {
        try
        {
            peer.Socket.Blocking = false;
            peer.Socket.NoDelay = true;
            peer.Socket.SendBufferSize = _sendBufferBytes = sendBufferBytes;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has gone while their request waited, as the reader will find.
        }
    }

    /// <summary>socket(7): the kernel doubles the size of the buffer, for what it needs itself.</summary>
    public override int SystemBytes => 2 * _sendBufferBytes;

    public override int TryWrite(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var written = peer.Socket.Send(bytes, SocketFlags.None, out var error);
            return error switch
            {
                SocketError.Success => written,
                SocketError.WouldBlock => 0,
                _ => -1,
            };
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty) bytes = bytes[await peer.Socket.SendAsync(bytes, SocketFlags.None)..];
        }
        catch (SocketException e)
        {
            throw new IOException("The connection is gone.", e);
        }
    }

    public override long Acknowledged => TcpProgress.Acknowledged(peer.Socket);

    public override IPAddress? Address
    {
        get
        {
            try
            {
                return client ?? (peer.Socket.RemoteEndPoint as IPEndPoint)?.Address;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return null;    // it is gone
            }
        }
    }

    public override void SignedIn(UserId user) => peer.SignIn(user);

    public override void Shutdown()
    {
        try
        {
            peer.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }
    }

    public override void Abort() => peer.Abort();
}
