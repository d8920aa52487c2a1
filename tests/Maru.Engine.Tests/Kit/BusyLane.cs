using Maru.Engine.Lanes;
using Maru.Engine.Output;

namespace Maru.Engine.Tests.Kit;

/// <summary>A lane that is at work until this is disposed: work that is posted meanwhile waits.</summary>
internal sealed class BusyLane : LaneWork, IDisposable
{
    private readonly ManualResetEventSlim _done = new();

    public BusyLane(Lane lane) => lane.Post(this);

    public override void Do(FlushList flush) => _done.Wait();

    public void Dispose() => _done.Set();
}
