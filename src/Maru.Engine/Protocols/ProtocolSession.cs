using Maru.Engine.Connections;

namespace Maru.Engine.Protocols;

/// <summary>
/// A protocol from the server's side, for one connection: bytes in, calls on a client out. Knows no transport. Bytes come from one reader.
/// </summary>
internal abstract class ProtocolSession(Connection connection)
{
    public Connection Connection { get; } = connection;

    /// <summary>Frames that came so far, for readers that count; blank lines between them too where the protocol has such.</summary>
    public int Frames { get; protected set; }

    /// <summary>Takes a piece of the client's bytes, of any length. The transport reads on when the task has completed.</summary>
    public abstract ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece);

    /// <summary>Called when the connection is closed; releases rooms and buffers.</summary>
    public abstract void Closed();
}
