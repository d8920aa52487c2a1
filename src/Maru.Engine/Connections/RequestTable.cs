using System.Runtime.InteropServices;
using Maru.Engine.Problems;
using Maru.Engine.Queues;

namespace Maru.Engine.Connections;

/// <summary>
/// The requests over HTTP whose bodies have not arrived as a whole: their bytes count against the memory for clients, and one user, or one
/// address without a token, may have so many. Any thread.
/// </summary>
internal sealed class RequestTable(MemoryBudget memory, EngineClock clock)
{
    private readonly Lock _gate = new();
    private readonly HashSet<PartialRequest> _all = [];
    private readonly Dictionary<Source, int> _counts = [];

    /// <summary>Adds a request; null: there are as many of the same source.</summary>
    /// <inheritdoc cref="PartialRequest(Source, MemoryShare, long, Action)"/>
    public PartialRequest? TryAdd(Source source, int max, Action wake)
    {
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, source, out _);
            if (count >= max) return null;
            count++;
            var request = new PartialRequest(source, new MemoryShare(memory), clock.Now, wake);
            _all.Add(request);
            return request;
        }
    }

    /// <summary>Removes a request that has arrived or is given up; returns why it was cut, null: it was not.</summary>
    public Problem? Remove(PartialRequest request)
    {
        lock (_gate)
        {
            if (_all.Remove(request) && --CollectionsMarshal.GetValueRefOrAddDefault(_counts, request.Source, out _) == 0)
                _counts.Remove(request.Source);
        }

        return request.End();
    }

    public PartialRequest[] All()
    {
        lock (_gate) return [.. _all];
    }
}
