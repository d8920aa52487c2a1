namespace Maru.Engine.Queues;

/// <summary>
/// Counts the memory that clients make this process keep: what waits for them and comes from them (<see cref="MemoryShare"/>), and the
/// recent entries of rooms. Full means: rooms keep no more than they must, outboxes take nothing while something waits, and <see
/// cref="Exceeded"/> cuts the largest and slowest. Any thread.
/// </summary>
/// <param name="max">bytes in all</param>
internal sealed class MemoryBudget(long max)
{
    private long _held;
    private long _rooms;

    /// <summary>
    /// Returns the bytes that there are for clients: as set, or a third of the memory that the process may use, which is the machine's, or
    /// less in a container or by a limit of the heap.
    /// </summary>
    public static long BytesOf(EngineOptions options) =>
        options.ClientMemoryBytes > 0 ? options.ClientMemoryBytes : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3;

    public long Max => max;

    /// <summary>Bytes that connections hold.</summary>
    public long Held => Volatile.Read(ref _held);

    public long Used => Held + Volatile.Read(ref _rooms);

    public bool IsOver => Used > max;

    /// <summary>True when rooms keep no more than they must: they give back first, and never take more than a quarter.</summary>
    public bool IsTight => IsOver || Volatile.Read(ref _rooms) > max / 4;

    /// <summary>Called with each byte beyond the bound: returns at once, does not throw.</summary>
    public Action? Exceeded { private get; set; }

    /// <summary>Counts bytes of a connection; negative: they are given back.</summary>
    public void AddHeld(long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        if (bytes > 0 && IsOver) Exceeded?.Invoke();
    }

    /// <summary>Counts bytes of a room's recent entries; negative: they are given back.</summary>
    public void AddRooms(long bytes)
    {
        Interlocked.Add(ref _rooms, bytes);
        if (bytes > 0 && IsTight) Exceeded?.Invoke();
    }
}
