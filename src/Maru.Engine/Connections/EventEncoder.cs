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

    /// <summary>Encodes an event of the room that is no entry of its log.</summary>
    /// <param name="number">unique within this process</param>
    /// <param name="json">the event, UTF-8</param>
    public abstract byte[] Encode(long number, ReadOnlySpan<byte> json);

    /// <summary>
    /// Encodes what only this subscription's event of a signal has; what follows is <see cref="Wire.SignalBody"/>, which all share.
    /// </summary>
    /// <param name="signal">the signal</param>
    /// <param name="body">bytes that follow</param>
    public abstract byte[] SignalHead(Signal signal, int body);
}
