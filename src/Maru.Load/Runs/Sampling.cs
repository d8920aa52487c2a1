using System.Globalization;
using Maru.Load.Clients;
using Maru.Load.Measuring;

namespace Maru.Load.Runs;

/// <summary>Takes one sample a second from the loops and the processes. One caller.</summary>
internal sealed class Sampling(IReadOnlyList<Loop> loops, IReadOnlyList<ProcessSampler> servers)
{
    private readonly ProcessSampler _self = new(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    private Counters _last = new();
    private Histogram _lastDeliveries = new();
    private Histogram _lastReceipts = new();
    private long _lastAt = Ticks.Now;

    /// <summary>The time at which the run began, from which the timeline counts.</summary>
    public long Start { get; } = Ticks.Now;

    public List<SecondSample> Timeline { get; } = [];

    /// <summary>Names the attack that goes on.</summary>
    public Func<string> Attack { get; set; } = () => "";

    /// <summary>Tells whether a fault goes on, which may have taken a server.</summary>
    public Func<bool> IsBreaking { get; set; } = () => false;

    /// <summary>Seconds since the last sample.</summary>
    public double SinceLast => (Ticks.Now - _lastAt) / (double)Ticks.PerSecond;

    public Counters Totals() => loops.Aggregate(new Counters(), (sum, loop) => sum.Plus(loop.Counters));

    public Latencies Latencies()
        => new(Sum(loop => loop.Deliveries), Sum(loop => loop.Receipts), Sum(loop => loop.Resumes), Sum(loop => loop.CatchUps));

    public SecondSample Take(string phase)
    {
        var (at, totals, deliveries, receipts) = (Ticks.Now, Totals(), Sum(loop => loop.Deliveries), Sum(loop => loop.Receipts));
        var seconds = Math.Max(1e-3, (at - _lastAt) / (double)Ticks.PerSecond);
        var recent = deliveries.Since(_lastDeliveries);
        ProcessSample[] processes = [.. servers.Select(server => new ProcessSample(server.CpuPercent(), server.ResidentBytes() / 1e6))];
        var sample = new SecondSample
        {
            At = Math.Round((at - Start) / (double)Ticks.PerSecond, 2),
            Phase = phase,
            Attack = Attack(),
            Connections = totals.Connections,
            SentPerSecond = (totals.Sent - _last.Sent) / seconds,
            AcknowledgedPerSecond = (totals.Acknowledged - _last.Acknowledged) / seconds,
            DeliveriesPerSecond = (totals.Deliveries - _last.Deliveries) / seconds,
            MegabytesInPerSecond = (totals.BytesIn - _last.BytesIn) / seconds / 1e6,
            DeliveryP50Ms = recent.PercentileMs(0.5),
            DeliveryP99Ms = recent.PercentileMs(0.99),
            DeliveryMaxMs = recent.MaxMs,
            ReceiptP99Ms = receipts.Since(_lastReceipts).PercentileMs(0.99),
            ServerCpuPercent = processes.Sum(process => process.CpuPercent),
            ServerMb = processes.Sum(process => process.Mb),
            Servers = processes,
            ServersMissing = IsBreaking() ? 0 : processes.Count(process => process.Mb == 0),
            ClientCpuPercent = _self.CpuPercent(),
            ClientMb = _self.ResidentBytes() / 1e6,
            Violations = totals.Gaps + totals.OutOfOrder + totals.Duplicates + totals.Foreign + totals.Altered + totals.AckConflicts,
        };
        (_last, _lastDeliveries, _lastReceipts, _lastAt) = (totals, deliveries, receipts, at);
        Timeline.Add(sample);
        return sample;
    }

    private Histogram Sum(Func<Loop, Histogram> one)
    {
        var sum = new Histogram();
        foreach (var loop in loops) sum.Add(one(loop));
        return sum;
    }
}
