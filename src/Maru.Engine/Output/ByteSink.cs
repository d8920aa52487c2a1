namespace Maru.Engine.Output;

/// <summary>Where a connection's bytes go. Called by one writer at a time; <see cref="Abort"/> by any thread.</summary>
public abstract class ByteSink
{
    /// <summary>
    /// Writes what can be taken without waiting; answers how much, 0 when the peer's window is full, −1 when the connection is gone.
    /// </summary>
    public abstract int TryWrite(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Set where <see cref="TryWrite"/> never takes anything and each <see cref="WriteAsync"/> has its price: the bytes to gather for one,
    /// as many as a TLS record holds.
    /// 0: small pieces are gathered for tries, and a write that waits gets one as it is.
    /// </summary>
    public virtual int RecordBytes => 0;

    /// <summary>Waits until all is taken. Throws <see cref="IOException"/> when the connection is gone.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Bytes that the peer's side has taken so far, where the system tells; 0 where it does not.</summary>
    public virtual long Acknowledged => 0;

    /// <summary>Nothing more will be written: tells the peer, who may still read what is under way.</summary>
    public abstract void Shutdown();

    /// <summary>Ends the connection at once, both ways.</summary>
    public abstract void Abort();
}
