namespace Maru.Load.Measuring;

/// <summary>
/// The parts of a run that are judged apart: which attack was made, or which fault had just happened, when a message was due.
/// Known before the first message; read by any thread.
/// </summary>
/// <param name="names">a name for each number that a slot may have</param>
/// <param name="from">the time at which the first slot begins</param>
/// <param name="slots">a period's number for each tenth of a second</param>
internal sealed class Periods(IReadOnlyList<string> names, long from, byte[] slots)
{
    public const long Slot = Ticks.PerSecond / 10;

    public IReadOnlyList<string> Names => names;

    /// <summary>Returns the number of the period of that time.</summary>
    public int At(long time) => slots.Length == 0 ? 0 : slots[Math.Clamp((time - from) / Slot, 0, slots.Length - 1)];
}

/// <summary>Latencies by period. One writer.</summary>
internal sealed class PeriodLatencies(Periods periods)
{
    private readonly Histogram[] _deliveries = [.. periods.Names.Select(_ => new Histogram())];
    private readonly Histogram[] _receipts = [.. periods.Names.Select(_ => new Histogram())];

    public IReadOnlyList<Histogram> Deliveries => _deliveries;

    public IReadOnlyList<Histogram> Receipts => _receipts;

    public void Delivered(long scheduled, long nanoseconds) => _deliveries[periods.At(scheduled)].Record(nanoseconds);

    public void Acknowledged(long scheduled, long nanoseconds) => _receipts[periods.At(scheduled)].Record(nanoseconds);
}
