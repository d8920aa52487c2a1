using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Connections;

/// <summary>
/// Writes a room's events for all subscriptions that look the same on the wire. May keep what is equal in each. Lane only.
/// </summary>
internal abstract class EventEncoder
{
    /// <summary>The run's events in one buffer, in order.</summary>
    public abstract byte[] Encode(List<Entry> run);

    /// <summary>A signal; empty where the protocol has none.</summary>
    public abstract byte[] Encode(Signal signal);
}
