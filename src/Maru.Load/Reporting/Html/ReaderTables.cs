using System.Globalization;
using System.Net;
using System.Text;
using Maru.Load.Measuring;
using Maru.Load.Readers;

namespace Maru.Load.Reporting.Html;

/// <summary>What people's tabs and streams got, as tables.</summary>
internal static class ReaderTables
{
    public static string Of(ReaderFindings? r)
    {
        if (r is null) return "";
        var html = new StringBuilder("<h2>Readers</h2><table><tr><th></th><th></th></tr>");
        (string, double)[] counts =
        [
            ("people whose counts were compared", r.People), ("positions moved", r.Moves), ("connections of tabs", r.Tabs),
            ("tabs and streams open at the end", r.Open), ("lost connections", r.Disconnects), ("unread events", r.Events),
            ("told of an older state", r.Backwards), ("entries on streams of rooms", r.StreamEvents),
        ];
        foreach (var (name, count) in counts) Put(html, $"<tr><td>{name}</td><td>{count:#,0}</td></tr>");
        if (r.BytesPerListener is { } bytes)
            Put(html, $"<tr><td>server memory a tab or stream</td><td>{bytes / 1024:#,0.#} KB</td></tr>");
        Put(html, $"</table><div class=\"wide\"><table><tr><th>ms</th><th>samples</th>");
        Put(html, $"<th>p50</th><th>p95</th><th>p99</th><th>max</th></tr>");
        Row(html, "a shown count was not true for", r.WrongFor);
        Row(html, "first sight of a message to its unread event", r.Delays);
        Row(html, "schedule to delivery on a stream of a room", r.StreamDelays);
        Put(html, $"</table></div>");
        foreach (var example in r.Examples) Put(html, $"<p class=\"bad\">{WebUtility.HtmlEncode(example)}</p>");
        return html.Append('\n').ToString();
    }

    private static void Row(StringBuilder html, string name, Histogram histogram)
    {
        var p = Percentiles.Of(histogram);
        Put(html, $"<tr><td>{name}</td><td>{p.Count:#,0}</td><td>{p.P50:#,0.##}</td>");
        Put(html, $"<td>{p.P95:#,0.##}</td><td>{p.P99:#,0.##}</td><td>{p.Max:#,0.##}</td></tr>");
    }

    private static void Put(StringBuilder html, FormattableString text) => html.Append(text.ToString(CultureInfo.InvariantCulture));
}
