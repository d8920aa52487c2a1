using System.Text.RegularExpressions;

namespace Maru.Server.Tests.Deploy.Monitoring;

/// <summary>What an expression of Prometheus asks for: enough of its grammar for the files of deploy/.</summary>
internal static partial class PromQl
{
    private static readonly string[] Words = ["and", "or", "unless", "offset", "bool", "inf", "nan"];

    /// <summary>Returns the series that it names, each with its matchers; a regular expression as it is.</summary>
    public static IEnumerable<(string Name, (string Label, string Value)[] Matchers)> Selectors(string expression)
    {
        foreach (Match match in Selector().Matches(Grouping().Replace(expression, " ")))
        {
            var matchers = Matcher().Matches(match.Groups["matchers"].Value).Select(x => (x.Groups[1].Value, x.Groups[2].Value));
            if (!Words.Contains(match.Groups["name"].Value)) yield return (match.Groups["name"].Value, [.. matchers]);
        }
    }

    /// <summary>Returns the labels that it groups or joins by.</summary>
    public static IEnumerable<string> Labels(string expression) => Grouping().Matches(expression)
        .SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("""(?<![\w:"])(?<name>[a-zA-Z_:][\w:]*)(?![\w:]|\s*\()(?:\{(?<matchers>[^}]*)\})?""")]
    private static partial Regex Selector();

    [GeneratedRegex("""(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)["]""")]
    private static partial Regex Matcher();
}
