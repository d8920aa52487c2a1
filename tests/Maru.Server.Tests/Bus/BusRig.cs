using Maru.Engine.Bus;

namespace Maru.Server.Tests.Bus;

/// <summary>A bus, and what a test does to it.</summary>
internal abstract class BusRig : IAsyncDisposable
{
    public LogBook Log { get; } = new();

    /// <summary>Another node's end of it, which is ready.</summary>
    public abstract Task<IBus> JoinAsync();

    public virtual Task TakeAwayAsync() => Task.CompletedTask;

    public virtual Task BringBackAsync() => Task.CompletedTask;

    /// <summary>Something in a form that only a later program knows.</summary>
    public virtual Task TellAsNewerAsync(string channel) => Task.CompletedTask;

    public abstract ValueTask DisposeAsync();
}
