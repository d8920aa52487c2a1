namespace Maru.Engine.Queues;

/// <summary>
/// Counts bytes that are under way, against a bound. Full means: <see cref="TryTake"/> refuses, and callers that can wait do. One piece may
/// exceed the bound, so that the largest always passes an empty budget. Any thread.
/// </summary>
/// <param name="max">the bound</param>
/// <param name="memory">what is under way counts there too, where it is given</param>
internal sealed class ByteBudget(long max, MemoryShare? memory = null)
{
    private readonly Lock _gate = new();
    private long _max = max;
    private long _taken;
    private List<(long Bound, TaskCompletionSource Task)>? _waiting;    // in the order in which they came

    /// <summary>Bytes under way.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>True when more is under way than the bound.</summary>
    public bool IsOver => Taken > Volatile.Read(ref _max);

    /// <summary>Takes bytes; false when the bound is reached: nothing was taken.</summary>
    public bool TryTake(long bytes)
    {
        lock (_gate)
        {
            if (_taken >= _max) return false;
            _taken += bytes;
        }

        memory?.Take(bytes);
        return true;
    }

    /// <summary>Takes bytes in any case. The caller takes no more before <see cref="WhenWithinAsync"/>.</summary>
    public void Take(long bytes)
    {
        lock (_gate) _taken += bytes;
        memory?.Take(bytes);
    }

    public void Return(long bytes)
    {
        List<TaskCompletionSource>? woken = null;
        memory?.Return(bytes);
        lock (_gate)
        {
            _taken -= bytes;
            if (_waiting is not null) woken = TakeWaiting();
        }

        Wake(woken);
    }

    /// <summary>Completes when bytes may be taken again.</summary>
    public Task WhenFreeAsync() => WhenAtMostAsync(Volatile.Read(ref _max) - 1);

    /// <summary>Completes when no more is under way than the bound.</summary>
    public Task WhenWithinAsync() => WhenAtMostAsync(Volatile.Read(ref _max));

    /// <summary>Completes when nothing is under way.</summary>
    public Task WhenEmptyAsync() => WhenAtMostAsync(0);

    /// <summary>Lifts the bound: from now on nothing is refused and nothing waits.</summary>
    public void Lift()
    {
        List<TaskCompletionSource>? woken = null;
        lock (_gate)
        {
            _max = long.MaxValue;
            if (_waiting is not null) woken = [.. _waiting.Select(x => x.Task)];
            _waiting = null;
        }

        Wake(woken);
    }

    private Task WhenAtMostAsync(long bound)
    {
        lock (_gate)
        {
            if (_taken <= bound || _max == long.MaxValue) return Task.CompletedTask;
            var task = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (_waiting ??= []).Add((bound, task));
            return task.Task;
        }
    }

    private List<TaskCompletionSource> TakeWaiting()
    {
        List<TaskCompletionSource> woken = [];
        _waiting!.RemoveAll(waiting =>
        {
            if (_taken > waiting.Bound) return false;
            woken.Add(waiting.Task);
            return true;
        });
        if (_waiting.Count == 0) _waiting = null;
        return woken;
    }

    private static void Wake(List<TaskCompletionSource>? woken)
    {
        if (woken is null) return;
        foreach (var task in woken) task.TrySetResult();
    }
}
