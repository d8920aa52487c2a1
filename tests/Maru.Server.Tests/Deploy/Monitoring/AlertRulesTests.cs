using Maru.Server.Tests.Platform.Telemetry;
using YamlDotNet.Serialization;

namespace Maru.Server.Tests.Deploy.Monitoring;

/// <summary>The alerts of deploy/prometheus: they fire when they should, are explained, and ask for what there is.</summary>
public sealed class AlertRulesTests
{
    private const string Rules = "deploy/prometheus/rules.yml";
    private const string Cases = "deploy/prometheus/rules-test.yml";

    private static readonly Dictionary<object, object>[] All =
        [.. Under(Read(Rules), "groups").SelectMany(group => Under(group, "rules"))];

    private static readonly Dictionary<object, object>[] Alerts = [.. All.Where(rule => rule.ContainsKey("alert"))];

    private static readonly string[] Recorded = [.. All.Where(rule => rule.ContainsKey("record")).Select(rule => (string)rule["record"])];

    [Theory]
    [InlineData("promtool", "check rules rules.yml")]
    [InlineData("promtool", "check config prometheus.yml")]
    [InlineData("promtool", "test rules rules-test.yml")]
    [InlineData("amtool", "check-config alertmanager.yml")]
    [Trait("Store", "postgres")]
    public async Task The_tools_find_nothing_wrong(string program, string arguments)
    {
        var words = arguments.Split(' ');
        var file = Repository.PathOf($"deploy/prometheus/{words[^1]}");
        var (code, lines) = await PrometheusTools.RunAsync(program, "", [.. words[..^1], file]);
        code.ShouldBe(0, string.Join('\n', lines));
    }

    [Fact]
    [Trait("Store", "sqlite")]
    public void Each_alert_says_how_grave_it_is_what_it_means_and_where_more_is()
    {
        var sections = Repository.Read("docs/alerts.md").Split("\n### ").Skip(1).ToDictionary(text => text[..text.IndexOf('\n')]);
        sections.Keys.ShouldBe(Alerts.Select(Name), ignoreOrder: true);
        sections.Values.ShouldAllBe(text => text.Contains("\n* Cause: ") && text.Contains("\n* Do: "));
        foreach (var alert in Alerts)
        {
            var annotations = (Dictionary<object, object>)alert["annotations"];
            annotations.Keys.Cast<string>().ShouldBe(["summary", "description", "runbook"], Name(alert));
            ((string)annotations["runbook"]).ShouldBe($"docs/alerts.md#{Name(alert).ToLowerInvariant()}");
            ((string)((Dictionary<object, object>)alert["labels"])["severity"]).ShouldBeOneOf("page", "ticket");
        }
    }

    /// <summary>Silence says nothing where there is nothing to hear: the normal situation has each metric that an alert asks for.</summary>
    [Fact]
    [Trait("Store", "sqlite")]
    public void Each_alert_has_a_situation_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var cases = Under(Read(Cases), "tests").ToDictionary(Named);
        cases.Keys.ShouldBe(["normal", .. Alerts.Select(Name)], ignoreOrder: true);
        foreach (var alert in Alerts)
        {
            var samples = Under(cases[Name(alert)], "promql_expr_test").SelectMany(test => Under(test, "exp_samples"));
            samples.ShouldHaveSingleItem()["labels"].ShouldBeOfType<string>().ShouldContain($"alertname=\"{Name(alert)}\"");
        }

        ((string)Under(cases["normal"], "promql_expr_test").First()["expr"]).ShouldBe("ALERTS");
        var there = Under(cases["normal"], "input_series").Select(series => PromQl.Selectors((string)series["series"]).First().Name);
        All.SelectMany(rule => PromQl.Selectors((string)rule["expr"])).Select(selector => selector.Name).Except(Recorded)
            .ShouldBeSubsetOf(there);
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task They_ask_for_metrics_and_labels_that_a_server_has()
    {
        var names = await MetricNames.OfServerAsync();
        names.Faults("maru_refusal_total{job=\"maru\"}", []).ShouldBe(["no metric maru_refusal_total"]);
        names.Faults("maru_refusals_total{cause=\"internal\"}", []).ShouldBe(["no label cause of maru_refusals_total"]);
        names.Faults("sum by (nobody) (maru_refusals_total{reason=~\"full|internal\"})", [])
            .ShouldBe(["no value full|internal of reason", "no label nobody"]);
        Recorded.ShouldBeUnique();
        All.SelectMany(rule => names.Faults((string)rule["expr"], Recorded)).ShouldBeEmpty();
    }

    private static string Name(Dictionary<object, object> alert) => (string)alert["alert"];

    private static string Named(Dictionary<object, object> test) => (string)test["name"];

    private static IEnumerable<Dictionary<object, object>> Under(Dictionary<object, object> node, string key) =>
        ((List<object>)node[key]).Cast<Dictionary<object, object>>();

    private static Dictionary<object, object> Read(string path) =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(Repository.Read(path));
}
