using System.Globalization;
using System.Net;
using System.Text;
using Maru.Load.Attacks;

namespace Maru.Load.Reporting.Html;

/// <summary>Makes the report's tables of attacks: what the members felt, and what the attackers got.</summary>
internal static class AttackTables
{
    public static string Of(RunResult r)
    {
        AttackFindings[] found = [.. r.Attacks.Where(one => one.Receipt.Count + one.Live.Took.Count + one.Live.Failures > 0)];
        if (found.Length == 0) return "";
        var html = new StringBuilder();
        Felt(html, found);
        Made(html, [.. found.Where(one => one.IsAttack)]);
        return html.ToString();
    }

    private static void Felt(StringBuilder html, AttackFindings[] found)
    {
        Put(html, $"<h2>What members felt <small>ms, under each attack</small></h2><div class=\"wide\"><table><tr>");
        string[] heads =
        [
            "", "receipts", "p50", "p99", "max", "deliveries p50", "p99", "max", "newcomers p50", "p99", "failed",
            "sign-ins p50", "p99", "failed", "/health/live p50", "p99", "failed", "server CPU, %", "MB at most",
        ];
        foreach (var head in heads) Put(html, $"<th>{head}</th>");
        Put(html, $"</tr>");
        foreach (var one in found)
        {
            Put(html, $"<tr><td>{Encode(one.Name)}</td><td>{one.Receipt.Count:#,0}</td>");
            Put(html, $"<td>{one.Receipt.PercentileMs(0.5):#,0.#}</td><td>{one.Receipt.PercentileMs(0.99):#,0.#}</td>");
            Put(html, $"<td>{one.Receipt.MaxMs:#,0.#}</td><td>{one.Delivery.PercentileMs(0.5):#,0.#}</td>");
            Put(html, $"<td>{one.Delivery.PercentileMs(0.99):#,0.#}</td><td>{one.Delivery.MaxMs:#,0.#}</td>");
            foreach (var probe in (ProbeFindings[])[one.Newcomer, one.SignIn, one.Live])
            {
                Put(html, $"<td>{probe.Took.PercentileMs(0.5):#,0.#}</td><td>{probe.Took.PercentileMs(0.99):#,0.#}</td>");
                var style = probe.Failures == 0 ? "" : " class=\"bad\"";
                Put(html, $"<td{style} title=\"{Encode(AttackText.Reasons(probe.Failed))}\">{probe.Failures:#,0}</td>");
            }

            Put(html, $"<td>{one.ServerCpuPercent:#,0}</td><td>{one.ServerMb:#,0}</td></tr>");
        }

        Put(html, $"</table></div>\n");
    }

    private static void Made(StringBuilder html, AttackFindings[] attacks)
    {
        if (attacks.Length == 0) return;
        Put(html, $"<h2>What attackers got</h2><div class=\"wide\"><table><tr><th></th><th>connections</th><th>at once</th>");
        Put(html, $"<th>MB sent</th><th>frames sent</th><th>MB read</th><th>ended by the server</th></tr>");
        foreach (var one in attacks)
        {
            Put(html, $"<tr><td>{Encode(one.Name)}</td><td>{one.Opened:#,0}</td><td>{one.MostOpen:#,0}</td>");
            Put(html, $"<td>{one.BytesSent / 1e6:#,0.#}</td><td>{one.FramesSent:#,0}</td><td>{one.BytesReceived / 1e6:#,0.#}</td>");
            Put(html, $"<td>{Encode(AttackText.Reasons(one.Ended))}</td></tr>");
        }

        Put(html, $"</table></div>\n");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static void Put(StringBuilder html, FormattableString text) => html.Append(text.ToString(CultureInfo.InvariantCulture));
}
