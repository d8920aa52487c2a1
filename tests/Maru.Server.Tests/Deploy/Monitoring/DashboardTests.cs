using System.Text.Json;
using YamlDotNet.Serialization;

namespace Maru.Server.Tests.Deploy.Monitoring;

/// <summary>Each panel of a dashboard says what it shows, in which unit, and has its place.</summary>
[Trait("Store", "sqlite")]
public sealed class DashboardTests
{
    private const int Columns = 24;

    private static readonly string[] Names = ["clients", "cluster", "messages", "nodes", "overview", "storage"];

    // Grafana's names of units.
    private static readonly string[] Units = ["none", "s", "bytes", "Bps", "ops", "reqps", "percentunit"];

    [Fact]
    public void Each_dashboard_has_its_own_uid_and_the_two_variables()
    {
        Dashboards.Files.Select(Path.GetFileNameWithoutExtension).Order().ShouldBe(Names);
        foreach (var file in Dashboards.Files)
        {
            var board = Dashboards.Read(file);
            Dashboards.Text(board, "uid").ShouldBe($"maru-{Path.GetFileNameWithoutExtension(file)}");
            Dashboards.Text(board, "description").ShouldNotBeEmpty();
            var variables = board.GetProperty("templating").GetProperty("list").EnumerateArray().ToArray();
            variables.Select(variable => Dashboards.Text(variable, "name")).ShouldBe(["datasource", "instance"]);
            Dashboards.Text(variables[0], "type").ShouldBe("datasource");
        }
    }

    [Fact]
    public void Each_panel_has_a_title_a_description_a_unit_legends_and_a_place_of_its_own()
    {
        foreach (var board in Dashboards.Files.Select(Dashboards.Read))
        {
            var taken = new HashSet<(int X, int Y)>();
            var panels = Dashboards.Panels(board).ToArray();
            panels.Length.ShouldBeInRange(1, 10, "one sees it all");
            panels.Select(panel => panel.GetProperty("id").GetInt32()).ShouldBeUnique();
            panels.Select(panel => Dashboards.Text(panel, "title")).ShouldBeUnique();
            foreach (var panel in panels)
            {
                var title = $"{Dashboards.Text(board, "uid")}: {Dashboards.Text(panel, "title")}";
                Dashboards.Text(panel, "title").ShouldNotBeEmpty(title);
                Dashboards.Text(panel, "description").ShouldEndWith(".", Case.Sensitive, title);
                Dashboards.Text(panel.GetProperty("fieldConfig").GetProperty("defaults"), "unit").ShouldBeOneOf(Units);
                Dashboards.Text(panel.GetProperty("datasource"), "uid").ShouldBe("${datasource}", title);
                foreach (var cell in Cells(panel.GetProperty("gridPos"))) taken.Add(cell).ShouldBeTrue($"{title} lies over another");
                var targets = panel.GetProperty("targets").EnumerateArray().ToArray();
                targets.Select(target => Dashboards.Text(target, "refId")).ShouldBeUnique();
                foreach (var target in targets)
                {
                    Dashboards.Text(target, "legendFormat").ShouldNotBeEmpty(title);
                    Dashboards.Text(target.GetProperty("datasource"), "uid").ShouldBe("${datasource}", title);
                }
            }

            taken.ShouldAllBe(cell => cell.X < Columns);
        }
    }

    [Fact]
    public void What_Grafana_reads_at_its_start_names_the_data_source_and_the_folder()
    {
        Read("datasources/prometheus.yml", "datasources")["type"].ShouldBe((object)"prometheus");
        var options = (Dictionary<object, object>)Read("dashboards/maru.yml", "providers")["options"];
        Repository.Read("docs/operations.md").ShouldContain((string)options["path"]);
    }

    private static IEnumerable<(int X, int Y)> Cells(JsonElement place) =>
        from x in Enumerable.Range(place.GetProperty("x").GetInt32(), place.GetProperty("w").GetInt32())
        from y in Enumerable.Range(place.GetProperty("y").GetInt32(), place.GetProperty("h").GetInt32())
        select (x, y);

    private static Dictionary<object, object> Read(string file, string list) =>
        (Dictionary<object, object>)((List<object>)new DeserializerBuilder().Build()
            .Deserialize<Dictionary<object, object>>(Repository.Read($"deploy/grafana/provisioning/{file}"))[list])[0];
}
