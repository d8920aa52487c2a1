using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;

namespace Maru.Engine.Discover;

/// <summary>
/// Sends a round of events to those who look at the list: encoded once for all with the same wire and the same name for it. Nothing waits
/// for a client that reads slowly: it is told, once it has read on, to read the list anew. One round after the other, unless a method says
/// otherwise.
/// </summary>
internal sealed class PublicRoomDelivery(EngineMetrics metrics, EngineLog diagnostics)
{
    // Clients to which is sent before others are encoded for: each may have its own name for the list.
    private const int AtOnce = 64;

    private static readonly byte[] Reset = EventJson.RoomsReset();
    private static readonly KeyValuePair<string, object?> Kind = new("kind", "rooms");

    private readonly Dictionary<WireSubscription, byte[]> _encoded = [];
    private readonly Dictionary<WireSubscription, byte[]> _resets = [];
    private long _number;

    /// <summary>Tells a new one to read the list: from now on nothing is missed. Any thread.</summary>
    public void Begin(PublicRoomWatch watch)
    {
        using var flush = new FlushList();
        var number = Interlocked.Increment(ref _number);
        if (!TrySend(watch, watch.Subscription.Wire.PublicRooms(watch.Subscription.Id, number, Reset), flush)) watch.HasMissed = true;
    }

    public void Deliver(IReadOnlyList<PublicRoomWatch> watches, List<byte[]> events)
    {
        var last = Interlocked.Add(ref _number, events.Count + 1);      // that of a reset
        foreach (var some in watches.Chunk(AtOnce))
        {
            try
            {
                using var flush = new FlushList();
                Deliver(some, events, last, flush);
            }
            catch (Exception e)
            {
                diagnostics.FlushFailed(e);
            }
        }

        if (events.Count > 0) metrics.EphemeralSent.Add(events.Count, Kind);
        Forget(keep: 0);
    }

    private void Deliver(PublicRoomWatch[] watches, List<byte[]> events, long last, FlushList flush)
    {
        var first = last - events.Count;
        Forget(keep: AtOnce);
        foreach (var watch in watches)
        {
            if (watch.HasMissed)
            {
                if (watch.Connection.Outbox.Bytes > 0 || !TrySend(watch, Encoded(_resets, watch, [Reset], last), flush)) continue;
                watch.HasMissed = false;
            }

            if (events.Count == 0) continue;
            watch.HasMissed = !TrySend(watch, Encoded(_encoded, watch, events, first), flush);
            if (watch.HasMissed) metrics.EphemeralDropped.Add(events.Count, Kind);
        }
    }

    /// <summary>Forgets what was encoded, where that is for more names than so many.</summary>
    private void Forget(int keep)
    {
        if (_encoded.Count > keep) _encoded.Clear();
        if (_resets.Count > keep) _resets.Clear();
    }

    /// <summary>False: what waits for the client leaves no room for it.</summary>
    private static bool TrySend(PublicRoomWatch watch, ReadOnlyMemory<byte> bytes, FlushList flush) =>
        watch.Connection.Outbox.TryAddEphemeral(bytes, default, flush) != AddResult.Full;

    private byte[] Encoded(Dictionary<WireSubscription, byte[]> known, PublicRoomWatch watch, List<byte[]> events, long number)
    {
        if (known.TryGetValue(watch.Subscription, out var bytes)) return bytes;
        List<byte> all = [];
        foreach (var json in events) all.AddRange(watch.Subscription.Wire.PublicRooms(watch.Subscription.Id, number++, json).Span);
        known.Add(watch.Subscription, bytes = [.. all]);
        metrics.Encoded.Add(bytes.Length);
        return bytes;
    }
}
