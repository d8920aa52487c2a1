using System.Text.Json;

namespace Maru.Load.Measuring;

/// <summary>The counters of one loop. Written by its thread only; others read them at any time, a moment late.</summary>
internal sealed class Counters
{
    public long Connections;        // now
    public long Ready;              // now
    public long Disconnects;        // not asked for
    public long Drops;              // asked for by the scenario
    public long Resumes;            // came back and subscribed with after:

    public long Due;                // messages that the schedule or the window asked for
    public long Sent;               // SENDs written, retries not counted
    public long Retries;
    public long Skipped;            // due, but the sender had too many outstanding
    public long Acknowledged;
    public long Refused;
    public long Unavailable;        // "not now", the refusal of a SEND with a client key: sent again a little later
    public long GivenUp;            // written, connection lost, no client key to retry with

    public long Deliveries;
    public long Compared;           // part of Deliveries: taken by comparison with another member's copy
    public long SlowDeliveries;     // part of Deliveries
    public long Ephemeral;          // room events without seq
    public long BytesIn;
    public long BytesOut;

    public long Gaps;
    public long OutOfOrder;
    public long Duplicates;
    public long Foreign;            // of a room that the client did not subscribe
    public long Altered;            // a text that is not whole, or other content under a seq than another member got
    public long AckConflicts;       // a receipt whose seq belongs to another message or room
    public long AcksWithoutSeq;

    public Counters Plus(Counters other)
    {
        var sum = (Counters)MemberwiseClone();
        foreach (var field in typeof(Counters).GetFields()) field.SetValue(sum, (long)field.GetValue(sum)! + (long)field.GetValue(other)!);
        return sum;
    }

    public IReadOnlyDictionary<string, long> ByName() => typeof(Counters).GetFields()
        .ToDictionary(
            field => JsonNamingPolicy.CamelCase.ConvertName(field.Name), field => (long)field.GetValue(this)!, StringComparer.Ordinal);
}
