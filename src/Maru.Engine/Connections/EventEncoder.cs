using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Connections;

/// <summary>
/// Encodes a room's events for all subscriptions with the same wire form. May cache the parts that are equal in each event. Lane only.
/// </summary>
internal abstract class EventEncoder
{
    /// <summary>Encodes the run's events into one buffer, in order.</summary>
    public abstract byte[] Encode(List<Entry> run);

    /// <summary>Encodes a signal; empty where the protocol has none.</summary>
    public abstract byte[] Encode(Signal signal);
}
