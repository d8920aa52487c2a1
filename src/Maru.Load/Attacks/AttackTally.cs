using System.Collections.Concurrent;

namespace Maru.Load.Attacks;

/// <summary>What the attackers of one kind did and got. Any thread.</summary>
internal sealed class AttackTally
{
    private readonly ConcurrentDictionary<string, long> _ended = new(StringComparer.Ordinal);
    private long _opened;
    private long _open;
    private long _mostOpen;
    private long _bytesSent;
    private long _framesSent;
    private long _bytesReceived;

    /// <summary>Connections that were made.</summary>
    public long Opened => Interlocked.Read(ref _opened);

    /// <summary>Connections that were open at the same time, at most.</summary>
    public long MostOpen => Interlocked.Read(ref _mostOpen);

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Frames, messages or requests.</summary>
    public long FramesSent => Interlocked.Read(ref _framesSent);

    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>How often the server ended a connection or refused one, by what it said.</summary>
    public IReadOnlyDictionary<string, long> Ended => _ended;

    public void Open()
    {
        Interlocked.Increment(ref _opened);
        var open = Interlocked.Increment(ref _open);
        for (var most = MostOpen; open > most; most = MostOpen)
        {
            if (Interlocked.CompareExchange(ref _mostOpen, open, most) == most) return;
        }
    }

    public void Close() => Interlocked.Decrement(ref _open);

    public void Sent(long bytes, long frames)
    {
        Interlocked.Add(ref _bytesSent, bytes);
        Interlocked.Add(ref _framesSent, frames);
    }

    public void Received(long bytes) => Interlocked.Add(ref _bytesReceived, bytes);

    public void End(string reason) => _ended.AddOrUpdate(reason, 1, static (_, count) => count + 1);
}
