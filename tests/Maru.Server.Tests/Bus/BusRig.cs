using Maru.Engine.Bus;
using Maru.Server.Bus;

namespace Maru.Server.Tests.Bus;

/// <summary>A bus, and the faults that a test can cause.</summary>
internal abstract class BusRig : IAsyncDisposable
{
    public LogBook Log { get; } = new();

    /// <summary>Of all its nodes.</summary>
    public BusMetrics Metrics { get; } = new();

    /// <summary>What the buses count from now on.</summary>
    public Counts Count() => new(x => x.Meter == Metrics.Meter);

    /// <summary>Returns another node's end of the bus, which is ready.</summary>
    public abstract Task<IBus> JoinAsync();

    public virtual Task TakeAwayAsync() => Task.CompletedTask;

    public virtual Task BringBackAsync() => Task.CompletedTask;

    /// <summary>Publishes bytes in a form that only a later program knows.</summary>
    public virtual Task TellAsNewerAsync(string channel) => Task.CompletedTask;

    public abstract ValueTask DisposeAsync();
}
