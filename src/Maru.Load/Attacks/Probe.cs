using System.Collections.Concurrent;
using Maru.Load.Measuring;

namespace Maru.Load.Attacks;

/// <summary>What was found by doing the same thing now and then. Any thread.</summary>
internal sealed class Probe
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, long> _failed = new(StringComparer.Ordinal);

    /// <summary>How long it took. Read it when the run is over.</summary>
    public Histogram Took { get; } = new();

    /// <summary>How often it failed, by why.</summary>
    public IReadOnlyDictionary<string, long> Failed => _failed;

    public void Succeeded(long nanoseconds)
    {
        lock (_lock) Took.Record(nanoseconds);
    }

    public void Fail(string reason) => _failed.AddOrUpdate(reason, 1, static (_, count) => count + 1);
}
