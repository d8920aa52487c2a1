using Maru.Engine.Problems;
using Maru.Engine.Queues;

namespace Maru.Engine.Connections;

/// <summary>A request whose body has not arrived as a whole, and the memory that it holds. Any thread.</summary>
/// <param name="source">where it comes from</param>
/// <param name="memory">what its body takes so far</param>
/// <param name="startedAt">by the engine's clock</param>
/// <param name="wake">tells its reader that it is cut; called once, before it ends, must not wait</param>
internal sealed class PartialRequest(Source source, MemoryShare memory, long startedAt, Action wake) : IMemoryHolder
{
    private readonly Lock _gate = new();
    private Problem? _refusal;
    private bool _hasEnded;

    public Source Source => source;

    public MemoryShare Memory => memory;

    public bool IsCut
    {
        get
        {
            lock (_gate) return _hasEnded || _refusal is not null;
        }
    }

    public long StuckFor(long now) => Math.Max(0, now - startedAt);

    public void Cut() => Cut(Problem.RateLimited);

    /// <summary>Refuses the request; only the first call counts, and none after its end.</summary>
    public void Cut(Problem refusal)
    {
        lock (_gate)
        {
            if (_hasEnded || _refusal is not null) return;
            _refusal = refusal;
            wake();
        }
    }

    /// <summary>Called with the bytes that have arrived so far.</summary>
    public void Hold(long bytes) => memory.Take(bytes - memory.Held);

    /// <summary>Called by the table when the body has arrived or is given up; returns why it was cut, null: it was not.</summary>
    public Problem? End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            memory.Return(memory.Held);
            return _refusal;
        }
    }
}
