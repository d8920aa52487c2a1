using Maru.Load.Attacks;
using Maru.Load.Measuring;

namespace Maru.Load.Runs;

/// <summary>The measures of attacks and of long runs, by the names that thresholds use.</summary>
internal static class AttackMeasures
{
    public static IEnumerable<KeyValuePair<string, double>> Of(IReadOnlyList<AttackFindings> found, IReadOnlyList<SecondSample> timeline)
    {
        var measures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["serversMissing"] = timeline.Select(second => second.ServersMissing).DefaultIfEmpty(0).Max(),
            ["serverGrowthPercent"] = Growth([.. timeline.Where(second => second.Phase == "measure").Select(second => second.ServerMb)]),
        };
        if (found.Count == 0) return measures;
        AttackFindings[] calm = [.. found.Where(one => one.Name != AttackFindings.Faults)];
        var receipts = AttackFindings.Sum(calm.Select(one => one.Receipt));
        measures["calmReceiptP99Ms"] = receipts.PercentileMs(0.99);
        measures["calmReceiptMaxMs"] = receipts.MaxMs;
        AttackFindings[] attacks = [.. found.Where(one => one.IsAttack)];
        if (attacks.Length == 0) return measures;
        measures["attackReceiptP99Ms"] = attacks.Max(one => one.Receipt.PercentileMs(0.99));
        measures["attackReceiptMaxMs"] = attacks.Max(one => one.Receipt.MaxMs);
        measures["attackDeliveryP99Ms"] = attacks.Max(one => one.Delivery.PercentileMs(0.99));
        Probe("newcomer", one => one.Newcomer);
        Probe("signIn", one => one.SignIn);
        Probe("live", one => one.Live);
        return measures;

        void Probe(string name, Func<AttackFindings, ProbeFindings> probe)
        {
            measures[name + "P99Ms"] = attacks.Max(one => probe(one).Took.PercentileMs(0.99));
            measures[name + "sFailed"] = calm.Sum(one => probe(one).Failures);
        }
    }

    /// <summary>Returns how much larger the memory's median is in the last third of the time than in the first, in percent.</summary>
    private static double Growth(double[] mb)
    {
        var third = mb.Length / 3;
        if (third == 0) return double.NaN;
        var first = Median(mb[..third]);
        return first == 0 ? double.NaN : 100 * ((Median(mb[^third..]) / first) - 1);
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
