using System.Text;
using Maru.Load.Scenarios;

namespace Maru.Load.Clients;

/// <summary>The state that all loops of a run share. Immutable once messages are sent, but for the room heads.</summary>
/// <param name="scenario">the scenario</param>
/// <param name="key">begins every client key</param>
/// <param name="nodes">the servers, in the order in which a client that lost one tries the next</param>
/// <param name="dialer">opens connections</param>
internal sealed class RunShared(Scenario scenario, string key, IReadOnlyList<Node> nodes, Dialer dialer)
{
    private readonly long[] _heads = new long[scenario.Rooms];
    private volatile bool _frozen;

    public Scenario Scenario { get; } = scenario;

    /// <summary>Begins every client key, so that two runs on one database do not meet.</summary>
    public byte[] KeyHeader { get; } = Encoding.ASCII.GetBytes($"\nclient-key:{key}-");

    public IReadOnlyList<Node> Nodes { get; } = nodes;

    public Dialer Dialer { get; } = dialer;

    /// <summary>The largest seq of a room that any receipt or delivery named; 0 = none.</summary>
    public long Head(int room) => Volatile.Read(ref _heads[room]);

    /// <summary>
    /// Gets each room whose head has risen, and the seq, from any thread; null: nobody needs it. Set before anybody sends.
    /// </summary>
    public Action<int, long>? Seen { get; set; }

    /// <summary>Stops heads from rising: the run does not wait for messages that other processes send from now on.</summary>
    public void FreezeHeads() => _frozen = true;

    /// <summary>Raises a room's head. Any thread; called once per message and loop, not per delivery.</summary>
    public void RaiseHead(int room, long seq)
    {
        if (_frozen) return;
        for (var head = Head(room); seq > head; head = Head(room))
        {
            if (Interlocked.CompareExchange(ref _heads[room], seq, head) != head) continue;
            Seen?.Invoke(room, seq);
            return;
        }
    }
}
