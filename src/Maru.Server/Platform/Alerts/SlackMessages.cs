using System.Globalization;
using System.Text.Json.Nodes;

namespace Maru.Server.Platform.Alerts;

/// <summary>
/// Messages in Slack's blocks: https://docs.slack.dev/reference/block-kit/blocks. A header has 150 characters at most, a section's text 3,000
/// and a field 2,000.
/// </summary>
/// <param name="node">the name of this one</param>
/// <param name="link">a page, with <c>{trace}</c> for a trace id; empty: none</param>
internal sealed class SlackMessages(string node, string link)
{
    private const int MostInHeader = 150;
    private const int MostInField = 1000;
    private const int MostInText = 2000;

    public string Of(Alert alert)
    {
        var critical = alert.Level == LogLevel.Critical;
        var title = $"{(critical ? "Critical" : "Error")} in {alert.Kind.Category}";
        var times = alert.Count == 1 ? "once" : $"{alert.Count.ToString("N0", CultureInfo.InvariantCulture)} times";
        var blocks = new JsonArray(
            new JsonObject
            {
                ["type"] = "header",
                ["text"] = Text("plain_text", Cut($"{(critical ? ":rotating_light:" : ":red_circle:")} {title}", MostInHeader)),
            },
            new JsonObject
            {
                ["type"] = "section",
                ["text"] = Text("mrkdwn", $"```{Escape(Cut(alert.Template, MostInText)).Replace("`", "'", StringComparison.Ordinal)}```"),
            },
            new JsonObject
            {
                ["type"] = "section",
                ["fields"] = new JsonArray(
                [
                    Field("Happened", times),
                    Field("Exception", alert.Kind.Exception ?? "none"),
                    Field("First", Time(alert.First), isEscaped: true),
                    Field("Last", Time(alert.Last), isEscaped: true),
                    Field("Event", alert.Kind.Event),
                    Field("Trace", alert.Trace ?? "none"),
                ]),
            },
            new JsonObject
            {
                ["type"] = "context",
                ["elements"] = new JsonArray(Text("mrkdwn", $"Maru {Product.Version}, node {Escape(node)}{LinkOf(alert)}")),
            });
        // The text is what notifications show, and programs that read messages aloud.
        return new JsonObject { ["text"] = Escape(Cut($"{title}: {times}", MostInField)), ["blocks"] = blocks }.ToJsonString();
    }

    private static JsonObject Text(string type, string text) => new() { ["type"] = type, ["text"] = text };

    private static JsonObject Field(string name, string value, bool isEscaped = false) =>
        Text("mrkdwn", $"*{name}*\n{(isEscaped ? value : Escape(Cut(value, MostInField)))}");

    /// <summary>Slack shows it in each reader's own time zone.</summary>
    private static string Time(DateTimeOffset time) => string.Create(
        CultureInfo.InvariantCulture,
        $"<!date^{time.ToUnixTimeSeconds()}^{{date_num}} {{time_secs}}|{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC>");

    private string LinkOf(Alert alert)
    {
        if (link.Length == 0) return "";
        var page = link.Replace("{trace}", alert.Trace ?? "", StringComparison.Ordinal).Replace("|", "%7C", StringComparison.Ordinal);
        return $" · <{Escape(page)}|look>";
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : $"{text[..(most - 1)]}…";

    /// <summary>The three characters that Slack's markup uses.</summary>
    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
