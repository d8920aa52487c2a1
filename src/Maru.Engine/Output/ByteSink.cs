using System.Net;

namespace Maru.Engine.Output;

/// <summary>
/// The transport to which a connection's bytes are written. Called by one writer at a time; <see cref="Abort"/> by any thread.
/// </summary>
public abstract class ByteSink
{
    /// <summary>
    /// Writes as much as it can without waiting; returns the number of bytes, 0 when the peer's window is full, −1 when the connection is
    /// gone.
    /// </summary>
    public abstract int TryWrite(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The bytes to gather for one write, as many as a TLS record holds, where <see cref="TryWrite"/> never takes anything and each <see
    /// cref="WriteAsync"/> has a cost. 0: small pieces are gathered for <see cref="TryWrite"/>, and a write that waits gets one piece.
    /// </summary>
    public virtual int RecordBytes => 0;

    /// <summary>Bytes that the system keeps for a peer that takes nothing, besides those that wait here.</summary>
    public virtual int SystemBytes => 0;

    /// <summary>Waits until all is taken. Throws <see cref="IOException"/> when the connection is gone.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Bytes that the peer's system has acknowledged so far; 0 where this system does not tell.</summary>
    public virtual long Acknowledged => 0;

    /// <summary>The peer's address, for the log of security events; null: unknown.</summary>
    public virtual IPAddress? Address => null;

    /// <summary>Called when the peer has said who they are.</summary>
    public virtual void SignedIn(UserId user)
    {
    }

    /// <summary>Tells the peer that nothing more will be written; it may still read what is under way.</summary>
    public abstract void Shutdown();

    /// <summary>Ends the connection at once, both ways.</summary>
    public abstract void Abort();
}
