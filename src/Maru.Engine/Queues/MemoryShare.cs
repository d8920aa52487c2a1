namespace Maru.Engine.Queues;

/// <summary>The memory that one connection holds of what there is for all. Any thread.</summary>
internal sealed class MemoryShare(MemoryBudget budget)
{
    private long _held;

    public long Held => Volatile.Read(ref _held);

    /// <summary>True when all connections together hold more than there is.</summary>
    public bool IsOver => budget.IsOver;

    public void Take(long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        budget.AddHeld(bytes);
    }

    public void Return(long bytes) => Take(-bytes);
}
