using System.Text.Json;
using System.Text.RegularExpressions;

namespace Maru.Server.Tests.Deploy.Monitoring;

/// <summary>The incidents of docs/operations.md name drills, alerts, panels, log lines and pictures that are there.</summary>
[Trait("Store", "sqlite")]
public sealed partial class IncidentsDocumentTests
{
    private const int PictureBytes = 150 * 1024;

    private static readonly string Text = Repository.Read("docs/operations.md").Split("\n## Incidents\n")[1].Split("\n## ")[0];

    private static readonly string[] Sections = Text.Split("\n### ")[1..];

    [Fact]
    public void Each_drill_has_a_section_that_says_how_to_run_it_again()
    {
        var drills = Drill().Matches(Repository.Read("bench/incidents/catalogue.mjs")).Select(match => match.Groups[1].Value).ToArray();
        drills.Length.ShouldBe(8);
        Sections.Select(section => Again().Match(section).Groups[1].Value).ShouldBe(drills);
        Sections.ShouldAllBe(section => section.Contains("\n* Alert: ") && section.Contains("\n* Find: ") && section.Contains("\n* Do: "));
    }

    [Fact]
    public void Each_section_names_alerts_that_there_are()
    {
        var alerts = Alert().Matches(Repository.Read("deploy/prometheus/rules.yml")).Select(match => match.Groups[1].Value).ToArray();
        foreach (var section in Sections)
        {
            var named = AlertName().Matches(section).Select(match => match.Value).ToArray();
            named.ShouldNotBeEmpty(section);
            named.ShouldBeSubsetOf(alerts);
            var first = named[0];
            section.ShouldContain($"* Alert: [{first}](alerts.md#{first.ToLowerInvariant()})");
            section.ShouldContain($"| `{first}` fires |");
            section.ShouldContain($"| `{first}` ends |");
        }
    }

    [Fact]
    public void Each_section_shows_panels_that_the_dashboards_have()
    {
        var panels = Dashboards.Files.SelectMany(
            file => Dashboards.Panels(Dashboards.Read(file))
                .Select(panel => $"{Path.GetFileNameWithoutExtension(file)}, {Dashboards.Text(panel, "title")}")).ToArray();
        foreach (var section in Sections)
        {
            var named = Figures().Matches(section).Select(match => match.Groups[1].Value).ToArray();
            named.Distinct().Count().ShouldBeGreaterThan(2, section);
            named.ShouldBeSubsetOf(panels);
        }
    }

    [Fact]
    public void Each_query_is_one_of_the_dashboards()
    {
        var queries = Dashboards.Queries().Select(
            query => query.Expression.Replace(", instance=~\"$instance\"", "").Replace("$__rate_interval", "1m")).ToArray();
        foreach (var section in Sections)
        {
            var lines = Queries().Match(section).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var named = lines.Where(line => !line.StartsWith('#')).ToArray();
            named.Length.ShouldBeGreaterThan(2, section);
            named.ShouldBeSubsetOf(queries);
        }
    }

    [Fact]
    public void Each_log_line_is_one_that_the_program_writes()
    {
        var source = string.Concat(
            Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/")).Select(File.ReadAllText));
        var lines = Text.Split('\n').Where(line => line.StartsWith('{')).Select(line => line[..(line.LastIndexOf('}') + 1)]).ToArray();
        lines.Length.ShouldBeGreaterThan(5);
        foreach (var line in lines)
        {
            using var fields = JsonDocument.Parse(line);
            source.ShouldContain($" {fields.RootElement.GetProperty("event.code").GetString()}(", Case.Sensitive, line);
        }
    }

    [Fact]
    public void Each_picture_is_there_is_small_and_is_used()
    {
        var named = Picture().Matches(Text).Select(match => match.Groups[1].Value).ToArray();
        var there = Directory.GetFiles(Repository.PathOf("docs/images/incidents")).Select(file => new FileInfo(file)).ToArray();
        named.ShouldBe(there.Select(file => $"images/incidents/{file.Name}"), ignoreOrder: true);
        there.ShouldAllBe(file => file.Length <= PictureBytes);
        Sections.ShouldAllBe(section => Picture().Count(section) == 2);
    }

    [GeneratedRegex("^  '([a-z-]+)': [{]$", RegexOptions.Multiline)]
    private static partial Regex Drill();

    [GeneratedRegex("`node bench/incidents/incidents.mjs ([a-z-]+)`")]
    private static partial Regex Again();

    [GeneratedRegex("^      - alert: (Maru[A-Za-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Alert();

    [GeneratedRegex(@"\bMaru[A-Z][A-Za-z]+\b(?![._])")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"^\| ([a-z]+, [^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Figures();

    [GeneratedRegex("\n```promql\n(.*?)```\n", RegexOptions.Singleline)]
    private static partial Regex Queries();

    [GeneratedRegex(@"!\[[^\]]+\]\((images/incidents/[^)]+)\)")]
    private static partial Regex Picture();
}
