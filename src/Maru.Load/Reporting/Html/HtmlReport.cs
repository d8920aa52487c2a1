using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;

namespace Maru.Load.Reporting.Html;

/// <summary>A result as one HTML file that needs nothing else: conditions, verdict, tables, charts.</summary>
internal static class HtmlReport
{
    public static void Write(string path, RunResult result) => File.WriteAllText(path, Of(result));

    public static string Of(RunResult r)
    {
        var html = new StringBuilder();
        Put(html, $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        Put(html, $"<meta name=\"viewport\" content=\"width=device-width\">");
        Put(html, $"<title>{Encode(r.Scenario.Name)} · maru-load</title><style>{Style()}</style></head><body>\n");
        Head(html, r);
        Tiles(html, r);
        Checks(html, r);
        Latency(html, r);
        html.Append(ReaderTables.Of(r.Readers));
        html.Append(AttackTables.Of(r));
        Broken(html, r);
        Put(html, $"<h2>Over time <small>shaded: measured</small></h2><div class=\"charts\">");
        foreach (var chart in Charts.Of(r)) html.Append(chart.ToHtml());
        Put(html, $"</div>");
        Counted(html, r);
        Put(html, $"<details><summary>Scenario</summary><pre>{Encode(ResultFile.Text(r.Scenario))}</pre></details></body></html>\n");
        return html.ToString();
    }

    private static void Head(StringBuilder html, RunResult r)
    {
        var c = r.Conditions;
        Put(html, $"<header><div><h1>{Encode(r.Scenario.Name)}</h1><p class=\"soft\">{Encode(r.Scenario.Description)}</p></div>");
        Put(html, $"<span class=\"verdict {(r.Passed ? "good" : "bad")}\">{(r.Passed ? "PASSED" : "FAILED")}</span></header><dl>");
        (string, string)[] facts =
        [
            ("Started", c.Started), ("Machine", $"{c.Machine}, {c.Cores} cores, {c.Memory}"), ("Kernel", c.Kernel),
            ("Runtime of the client", c.Runtime), ("Server", c.Server), ("Address", c.Url), ("Tool", c.Tool), ("Load", Load(r.Scenario)),
        ];
        foreach (var (name, value) in facts) Put(html, $"<div><dt>{Encode(name)}</dt><dd>{Encode(value)}</dd></div>");
        Put(html, $"</dl>\n");
    }

    private static void Tiles(StringBuilder html, RunResult r)
    {
        Put(html, $"<div class=\"tiles\">");
        Tile(html, Text($"{r.Measures["messagesPerSecond"]:#,0}"), "messages/s acknowledged");
        Tile(html, Text($"{r.Measures["deliveriesPerSecond"]:#,0}"), "deliveries/s");
        Tile(html, Text($"{r.Delivery.P99:#,0.##} ms"), "delivery p99");
        Tile(html, Text($"{r.Receipt.P99:#,0.##} ms"), "receipt p99");
        if (r.Resume.Count > 0) Tile(html, Text($"{r.Measures["longestSilenceMs"]:#,0} ms"), "longest silence of a client");
        if (r.Measures.TryGetValue("serverCpuPercent", out var cpu)) Tile(html, Text($"{cpu:0} %"), "server CPU, of one core");
        if (r.Measures.TryGetValue("serverMb", out var mb)) Tile(html, Text($"{mb:#,0} MB"), "server memory at most");
        if (r.Scenario.SendingClients == 0 && r.Measures.TryGetValue("bytesPerConnection", out var bytes))
            Tile(html, Text($"{bytes / 1024:#,0.#} KB"), "grown a connection");
        Put(html, $"</div>\n");
    }

    private static void Tile(StringBuilder html, string figure, string meaning) =>
        Put(html, $"<div class=\"card\"><b>{Encode(figure)}</b><small>{Encode(meaning)}</small></div>");

    private static void Checks(StringBuilder html, RunResult r)
    {
        if (r.Thresholds.Count > 0)
        {
            Put(html, $"<h2>Thresholds</h2>");
            Head(html, "Measure", "Demand", "Found", "");
            foreach (var check in r.Thresholds)
            {
                var meaning = Threshold.Measures.GetValueOrDefault(check.Name, "");
                Put(html, $"<tr><td>{check.Name} <small>{Encode(meaning)}</small></td><td>{Encode(check.Demand)}</td>");
                Put(html, $"<td>{check.Found:#,0.###}</td>{Held(check)}</tr>");
            }

            Put(html, $"</table>");
        }

        Put(html, $"<h2>Guarantees</h2>");
        Head(html, "Promise", "Violations", "");
        foreach (var check in r.Guarantees)
            Put(html, $"<tr><td>{Encode(check.Demand)} <small>{check.Name}</small></td><td>{check.Found:#,0}</td>{Held(check)}</tr>");
        Put(html, $"</table>\n");
    }

    private static string Held(Check check) => check.Holds ? "<td class=\"good\">held</td>" : "<td class=\"bad\">broken</td>";

    private static void Latency(StringBuilder html, RunResult r)
    {
        Put(html, $"<h2>Latency <small>ms, from the moment a message was due</small></h2><div class=\"wide\">");
        Head(html, "", "samples", "mean", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "max");
        Row(html, "delivery", r.Delivery);
        Row(html, "receipt", r.Receipt);
        if (r.Resume.Count > 0)
        {
            Row(html, "lost connection to new subscription", r.Resume);
            Row(html, "lost connection to up to date", r.CatchUp);
        }

        Put(html, $"</table></div>\n");
    }

    private static void Row(StringBuilder html, string name, Percentiles p)
    {
        Put(html, $"<tr><td>{name}</td><td>{p.Count:#,0}</td>");
        foreach (var value in (double[])[p.Mean, p.P50, p.P75, p.P90, p.P95, p.P99, p.P999, p.P9999, p.Max])
            Put(html, $"<td>{value:#,0.##}</td>");
        Put(html, $"</tr>");
    }

    private static void Broken(StringBuilder html, RunResult r)
    {
        if (r.Faults.Count == 0) return;
        Put(html, $"<h2>Faults <small>seed {r.Scenario.Seed}; dashed in the charts</small></h2>");
        Head(html, "Name", "at, s", "took, s", "exit code");
        foreach (var fault in r.Faults)
        {
            var style = fault.ExitCode == 0 ? "" : " class=\"bad\"";
            var code = fault.ExitCode is { } number ? Text($"{number}") : "not ended";
            Put(html, $"<tr><td>{Encode(fault.Name)}</td><td>{fault.At:0.#}</td><td>{fault.Seconds:0.##}</td><td{style}>{code}</td></tr>");
        }

        Put(html, $"</table>\n");
    }

    private static void Counted(StringBuilder html, RunResult r)
    {
        Put(html, $"<h2>Counted</h2><dl>");
        foreach (var (name, count) in r.Counts) Put(html, $"<div><dt>{Encode(name)}</dt><dd>{count:#,0}</dd></div>");
        if (r.History is { } h)
        {
            Put(html, $"<div><dt>history</dt><dd>{h.Read:#,0} read, {h.Found:#,0} acknowledged found, ");
            Put(html, $"{h.UnacknowledgedPresent:#,0} present without acknowledgement</dd></div>");
        }

        foreach (var (slug, count) in r.Errors) Put(html, $"<div><dt>error {Encode(slug)}</dt><dd>{count:#,0}</dd></div>");
        Put(html, $"</dl>\n");
    }

    /// <summary>Begins a table.</summary>
    private static void Head(StringBuilder html, params ReadOnlySpan<string> columns)
    {
        Put(html, $"<table><tr>");
        foreach (var column in columns) Put(html, $"<th>{column}</th>");
        Put(html, $"</tr>");
    }

    private static string Load(Scenario s)
    {
        var rooms = Text($"{s.Clients:#,0} clients in {s.RoomsInUse:#,0} {(s.RoomsInUse == 1 ? "room" : "rooms")}");
        var sends = s.Rate > 0 ? Text($"{s.Rate:#,0.##} messages/s from {s.SendingClients:#,0} senders")
            : s.Window > 0 ? Text($"{s.SendingClients:#,0} senders with a window of {s.Window}")
            : "nobody sends";
        return Text($"{rooms}, {sends}, {s.Payload} bytes of text, {s.Duration:0.#} s");
    }

    private static string Style()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Put(StringBuilder html, FormattableString text) => html.Append(Text(text));
}
