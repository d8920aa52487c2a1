using System.Net.Sockets;

using Maru.Engine.Output;
namespace Maru.Server.Realtime;

/// <summary>Writes through the framework's stream, for connections whose bytes are still to be encrypted. Never without waiting: the outbox's slow way serves them.</summary>
internal sealed class StreamSink(Socket? socket, Action abort) : ByteSink
{
    /// <summary>Set when the upgrade is done; nothing is written before.</summary>
    public Stream Stream { get; set; } = Stream.Null;

    /// <summary>RFC 8446, 5.1: the plaintext of a record has at most 2^14 bytes. The framework cuts it once more, into its blocks of 4 KiB.</summary>
    public override int RecordBytes => 16 * 1024;

    public override int TryWrite(ReadOnlySpan<byte> bytes) => 0;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await Stream.WriteAsync(bytes);
        await Stream.FlushAsync();
    }

    public override long Acknowledged => socket is null ? 0 : TcpProgress.Acknowledged(socket);

    public override void Shutdown()
    {
        // The last words end with a close frame: the peer closes when it has read it, or the sweeper does.
    }

    public override void Abort() => abort();
}
