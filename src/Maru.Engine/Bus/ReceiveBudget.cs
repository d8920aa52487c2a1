namespace Maru.Engine.Bus;

/// <summary>
/// What came from other nodes and waits for the lanes, bounded in bytes. Full means: what comes is dropped. Entries are found in the log, signals are lost. Any thread.
/// </summary>
internal sealed class ReceiveBudget(int maxBytes)
{
    private long _bytes;

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= maxBytes) return true;
        Return(bytes);
        return false;
    }

    public void Return(int bytes) => Interlocked.Add(ref _bytes, -bytes);
}
