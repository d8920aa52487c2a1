using Maru.Load.Attacks;
using Maru.Load.Measuring;

namespace Maru.Load.Reporting.Html;

/// <summary>Makes the charts of a result.</summary>
internal static class Charts
{
    public static IEnumerable<LineChart> Of(RunResult r)
    {
        var measured = r.Timeline.Where(s => s.Phase == "measure").ToArray();
        (double, double)? shade = measured.Length < 2 ? null : (measured[0].At - 1, measured[^1].At);
        Mark[] events = [.. r.Faults.Select(fault => new Mark(fault.At, fault.Name)), .. Attacks(r)];
        LineChart Time(string title, string unit, params (string Name, Func<SecondSample, double> Value)[] lines)
        {
            var series = lines.Select(line => new Series(line.Name, [.. r.Timeline.Select(s => (s.At, line.Value(s)))]));
            return new(title, unit, "s", [.. series]) { Shade = shade, Events = events };
        }

        if (r.Counts["acknowledged"] > 0)
        {
            yield return Percentile(r);
            yield return Time(
                "Latency, each second", "ms", ("p50", s => s.DeliveryP50Ms), ("p99", s => s.DeliveryP99Ms), ("max", s => s.DeliveryMaxMs));
            yield return Time("Deliveries", "1/s", ("delivered", s => s.DeliveriesPerSecond));
            yield return Time("Messages", "1/s", ("sent", s => s.SentPerSecond), ("acknowledged", s => s.AcknowledgedPerSecond));
        }

        yield return Time("Connections", "", ("connections", s => s.Connections));
        if (r.Measures.ContainsKey("serverMb"))
        {
            var servers = Enumerable.Range(0, r.ServerCount).ToArray();
            string Name(int i) => servers.Length == 1 ? "server" : $"server {i + 1}";
            yield return Time(
                "CPU",
                "% of one core",
                [
                    .. servers.Select(i => (Name(i), (Func<SecondSample, double>)(s => s.Servers[i].CpuPercent))),
                    ("client", s => s.ClientCpuPercent),
                ]);
            yield return Time(
                "Memory, resident",
                "MB",
                [.. servers.Select(i => (Name(i), (Func<SecondSample, double>)(s => s.Servers[i].Mb))), ("client", s => s.ClientMb)]);
        }
        else
        {
            yield return Time("CPU", "% of one core", ("client", s => s.ClientCpuPercent));
        }
    }

    /// <summary>The seconds in which attacks began.</summary>
    private static IEnumerable<Mark> Attacks(RunResult r) => r.Timeline.Zip(r.Timeline.Skip(1))
        .Where(pair => pair.First.Attack != pair.Second.Attack && pair.Second.Attack is not ("" or AttackFindings.None))
        .Select(pair => new Mark(pair.Second.At - 1, pair.Second.Attack));

    /// <summary>Percentiles with the tail stretched: each step to the right is ten times rarer.</summary>
    private static LineChart Percentile(RunResult r)
    {
        Mark[] marks = [new(0, "50 %"), At(0.75), At(0.9), At(0.95), At(0.99), At(0.999), At(0.9999)];
        static Mark At(double p) => new(Math.Log10(0.5 / (1 - p)), $"{p * 100:0.##} %".Replace(',', '.'));
        Series Line(string name, Percentiles p)
            => new(name, [.. marks.Select(mark => mark.At).Zip(new[] { p.P50, p.P75, p.P90, p.P95, p.P99, p.P999, p.P9999 })]);
        return new LineChart("Percentiles", "ms", "", [Line("delivery", r.Delivery), Line("receipt", r.Receipt)]) { XMarks = marks };
    }
}
