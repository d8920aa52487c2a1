using Maru.Load.Attacks;
using Maru.Load.Measuring;
using Maru.Load.Reporting;
using Maru.Load.Scenarios;
using Maru.Load.Verification;

namespace Maru.Load.Runs;

/// <summary>Merges the results of a scenario's shards into one: all counts are added, thresholds are judged anew.</summary>
internal static class Merge
{
    private static readonly string[] Summed =
        ["messagesPerSecond", "deliveriesPerSecond", "disconnects", "reconnects", "unacknowledged", "faults", "faultsFailed"];

    public static RunResult Of(IReadOnlyList<RunResult> results)
    {
        RunResult[] parts = [.. results.OrderBy(part => part.Shard.Number)];
        Check(parts);
        var first = parts[0]; // it made the faults, hence its seed is the run's
        var (attacks, timeline) = (Attacks(parts), Timeline(parts));
        var measures = Measures(parts);
        foreach (var (name, value) in AttackMeasures.Of(attacks, timeline)) measures[name] = value;
        var guarantees = first.Guarantees.Select(check => Add(check, parts)).ToArray();
        var thresholds = Verdict.Thresholds(first.Scenario.Thresholds, measures);
        return first with
        {
            Passed = guarantees.All(check => check.Holds) && thresholds.All(check => check.Holds),
            Shard = Shard.Whole,
            Began = parts.Min(part => part.Began),
            Guarantees = guarantees,
            Thresholds = thresholds,
            Measures = measures,
            Latencies = parts.Select(part => part.Latencies).Aggregate((sum, one) => sum.Plus(one)),
            Counts = first.Counts.Keys.ToDictionary(
                name => name, name => parts.Sum(part => part.Counts.GetValueOrDefault(name)), StringComparer.Ordinal),
            Errors = parts.SelectMany(part => part.Errors).GroupBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal),
            History = parts.Any(part => part.History is null)
                ? null
                : parts.Aggregate(new HistoryFindings(), (sum, part) => sum.Plus(part.History!)),
            Faults = [.. first.Faults.Select(fault => fault with { At = fault.At + After(first, parts) })],
            Attacks = attacks,
            Timeline = timeline,
        };
    }

    private static void Check(RunResult[] parts)
    {
        var of = parts[0].Shard.Of;
        if (parts.Length != of || !parts.Select(part => part.Shard).SequenceEqual(Enumerable.Range(1, of).Select(i => new Shard(i, of))))
        {
            throw new ScenarioException(
                $"A verdict needs every shard once; these are {string.Join(", ", parts.Select(part => part.Shard))}. "
                + "Give the result.json of each process that ran with --shard 1/n to n/n.");
        }

        static string Text(RunResult part) => ResultFile.Text(part.Scenario with { Seed = 0 });
        if (parts.Any(part => Text(part) != Text(parts[0]))) throw new ScenarioException("These are results of different scenarios.");
    }

    private static Check Add(Check check, RunResult[] parts)
    {
        var same = parts.SelectMany(part => part.Guarantees).Where(one => one.Name == check.Name).ToArray();
        return check with { Found = same.Sum(one => one.Found), Holds = same.Length == parts.Length && same.All(one => one.Holds) };
    }

    private static Dictionary<string, double> Measures(RunResult[] parts)
    {
        var measures = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var name in parts[0].Measures.Keys.Where(name => parts.All(part => part.Measures.ContainsKey(name))))
        {
            var values = parts.Select(part => part.Measures[name]);
            measures[name] = Summed.Contains(name) ? values.Sum()
                // each saw the whole growth, and divided it by its own clients
                : name == "bytesPerConnection" ? 1 / values.Sum(value => 1 / value)
                : values.Max();
        }

        foreach (var (name, value) in parts.Select(part => part.Latencies).Aggregate((sum, one) => sum.Plus(one)).Measures())
            measures[name] = value;
        return measures;
    }

    private static AttackFindings[] Attacks(RunResult[] parts) => [.. parts[0].Attacks.Select(attack => parts.Skip(1)
        .SelectMany(part => part.Attacks).Where(other => other.Name == attack.Name).Aggregate(attack, (sum, one) => sum.Plus(one)))];

    /// <summary>
    /// Merges timelines second by second: rates added, latencies the worst of the shards', servers those of the shard that saw the most.
    /// </summary>
    private static List<SecondSample> Timeline(RunResult[] parts) =>
    [
        .. parts.SelectMany(part => part.Timeline.Select(sample => (Second: Math.Round(sample.At + After(part, parts)), Sample: sample)))
            .GroupBy(one => one.Second, one => one.Sample).OrderBy(second => second.Key).Select(second => new SecondSample
            {
                At = second.Key,
                Phase = second.First().Phase,
                Attack = second.First().Attack,
                Connections = second.Sum(s => s.Connections),
                SentPerSecond = second.Sum(s => s.SentPerSecond),
                AcknowledgedPerSecond = second.Sum(s => s.AcknowledgedPerSecond),
                DeliveriesPerSecond = second.Sum(s => s.DeliveriesPerSecond),
                MegabytesInPerSecond = second.Sum(s => s.MegabytesInPerSecond),
                DeliveryP50Ms = second.Max(s => s.DeliveryP50Ms),
                DeliveryP99Ms = second.Max(s => s.DeliveryP99Ms),
                DeliveryMaxMs = second.Max(s => s.DeliveryMaxMs),
                ReceiptP99Ms = second.Max(s => s.ReceiptP99Ms),
                ServerCpuPercent = second.Max(s => s.ServerCpuPercent),
                ServerMb = second.Max(s => s.ServerMb),
                Servers = second.MaxBy(s => s.ServerMb)!.Servers,
                ServersMissing = second.Max(s => s.ServersMissing),
                ClientCpuPercent = second.Sum(s => s.ClientCpuPercent),
                ClientMb = second.Sum(s => s.ClientMb),
                Violations = second.Sum(s => s.Violations),
            }),
    ];

    private static double After(RunResult part, RunResult[] parts) => (part.Began - parts.Min(one => one.Began)).TotalSeconds;
}
