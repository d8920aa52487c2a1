using System.Globalization;
using System.Text;
using Maru.Load.Attacks;
using Maru.Load.Faults;
using Maru.Load.Measuring;
using Maru.Load.Readers;

namespace Maru.Load.Reporting;

/// <summary>The result in a page of plain text.</summary>
internal static class ResultText
{
    public static string Of(RunResult r)
    {
        var text = new StringBuilder();
        Line(text, $"");
        Line(
            text,
            $"{r.Scenario.Name}: {r.Measures["messagesPerSecond"]:N0} messages/s, {r.Measures["deliveriesPerSecond"]:N0} deliveries/s");
        Line(text, $"{"ms",-12}{"mean",10}{"p50",10}{"p75",10}{"p90",10}{"p95",10}{"p99",10}{"p99.9",10}{"max",10}");
        Row(text, "delivery", r.Delivery);
        Row(text, "receipt", r.Receipt);
        if (r.Resume.Count > 0)
        {
            Row(text, "resume", r.Resume);
            Row(text, "catch-up", r.CatchUp);
        }

        Line(text, $"longest silence of a client: {r.Measures["longestSilenceMs"]:N0} ms");
        Servers(text, r);
        Counts(text, r);
        if (r.History is { } h)
        {
            Put(text, $"history: {h.Read:N0} read, {h.Found:N0} acknowledged found, ");
            Line(text, $"{h.UnacknowledgedPresent:N0} present without acknowledgement");
        }

        if (r.Readers is { } readers) Readers(text, readers);
        if (r.Attacks.Count > 0) text.Append(AttackText.Of(r.Attacks));
        foreach (var fault in r.Faults) Line(text, $"{Of(fault)}");
        if (r.Faults.Count > 0) Line(text, $"{r.Faults.Count} faults; again in the same order with --set seed={r.Scenario.Seed}");
        foreach (var (slug, count) in r.Errors) Line(text, $"error {slug}: {count:N0}");
        foreach (var check in r.Guarantees.Where(check => !check.Holds))
            Line(text, $"BROKEN {check.Name}: {check.Found:N0} ({check.Demand})");
        if (r.Guarantees.All(check => check.Holds)) Line(text, $"guarantees: all {r.Guarantees.Count} held");
        foreach (var check in r.Thresholds)
            Line(text, $"{(check.Holds ? "ok    " : "MISSED")} {check.Name} {check.Demand}: {check.Found:N2}");
        Line(text, $"{(r.Passed ? "PASSED" : "FAILED")}");
        return text.ToString();
    }

    public static string Of(FaultExecution fault) => string.Create(CultureInfo.InvariantCulture,
        $"{fault.At,7:N1} s fault {fault.Name}{(fault.ExitCode is { } code ? $": exit code {code} after {fault.Seconds:N1} s" : " ...")}");

    public static string Of(AttackProgress attack) => string.Create(CultureInfo.InvariantCulture,
        $"attack {attack.Number} of {attack.Of}, {attack.Name}: {attack.Share * 100:0} %, {attack.BytesSent / 1e6:N1} MB sent, "
        + $"{attack.MostOpen:N0} connections at most, {attack.Ended:N0} ended by the server");

    private static void Servers(StringBuilder text, RunResult r)
    {
        if (!r.Measures.TryGetValue("serverMb", out var mb)) return;
        var who = r.ServerCount > 1 ? $"{r.ServerCount} servers" : "server";
        Put(text, $"{who}: CPU {r.Measures["serverCpuPercent"]:N0} % of one core, ");
        var grown = r.Measures.TryGetValue("bytesPerConnection", out var bytes) ? $", {bytes:N0} bytes grown a connection" : "";
        Line(text, $"{mb:N0} MB at most{grown}");
        for (var i = 0; i < r.ServerCount && r.ServerCount > 1; i++)
        {
            var server = r.Timeline.Select(second => second.Servers[i]).ToArray();
            Line(text, $"server {i + 1}: CPU {server.Max(s => s.CpuPercent):N0} % and {server.Max(s => s.Mb):N0} MB at most");
        }
    }

    private static void Readers(StringBuilder text, ReaderFindings r)
    {
        var (wrong, delay, stream) = (Percentiles.Of(r.WrongFor), Percentiles.Of(r.Delays), Percentiles.Of(r.StreamDelays));
        Put(text, $"readers: {r.People:N0} people, {r.Moves:N0} moves; {r.Open:N0} tabs and streams open at the end ");
        Line(text, $"({r.Tabs:N0} connections of tabs, {r.Disconnects:N0} lost)");
        Put(text, $"unread: {r.Events:N0} events, ms to the event p50 {delay.P50:N0}, p99 {delay.P99:N0}, max {delay.Max:N0}; ");
        Line(text, $"longest not true {wrong.Max:N0} ms; {r.Backwards:N0} backwards");
        if (r.StreamEvents > 0) Line(text, $"streams of rooms: {r.StreamEvents:N0} entries, ms p50 {stream.P50:N2}, p99 {stream.P99:N2}");
        if (r.BytesPerListener is { } bytes) Line(text, $"server memory grown a tab or stream: {bytes:N0} bytes");
        foreach (var example in r.Examples) Line(text, $"wrong: {example}");
    }

    private static void Counts(StringBuilder text, RunResult r)
    {
        var c = r.Counts;
        var compared = c["compared"] * 100.0 / Math.Max(1, c["deliveries"]);
        Put(text, $"sent {c["sent"]:N0}, acknowledged {c["acknowledged"]:N0}, retried {c["retries"]:N0}, ");
        Put(text, $"unanswered {r.Measures["unacknowledged"]:N0}; ");
        Line(text, $"delivered {c["deliveries"]:N0} (slow clients {c["slowDeliveries"]:N0}; {compared:N1} % by comparison)");
        Put(text, $"bytes in {c["bytesIn"] / 1e6:N1} MB, out {c["bytesOut"] / 1e6:N1} MB; ");
        Line(text, $"dropped {c["drops"]:N0}, disconnected {c["disconnects"]:N0}, resumed {c["resumes"]:N0}");
    }

    private static void Row(StringBuilder text, string name, Percentiles p)
    {
        Put(text, $"{name,-12}");
        foreach (var value in (double[])[p.Mean, p.P50, p.P75, p.P90, p.P95, p.P99, p.P999, p.Max]) Put(text, $"{value,10:N2}");
        Line(text, $"");
    }

    private static void Line(StringBuilder text, FormattableString line)
    {
        Put(text, line);
        text.Append('\n');
    }

    private static void Put(StringBuilder text, FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture));
}
