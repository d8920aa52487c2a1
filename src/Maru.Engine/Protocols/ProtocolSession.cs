using Maru.Engine.Connections;

namespace Maru.Engine.Protocols;

/// <summary>
/// A protocol from the server's side, for one connection: bytes in, calls on a client out. Knows no transport. Bytes come from one reader.
/// </summary>
internal abstract class ProtocolSession(Connection connection)
{
    public Connection Connection { get; } = connection;

    /// <summary>Takes a piece of what the client sends, of any length. The transport waits for the end before it reads on.</summary>
    public abstract ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece);

    /// <summary>Called when the connection is closed; releases rooms and buffers.</summary>
    public abstract void Closed();
}
