using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Maru.Server.Tests.Platform.Logging;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Maru.Server.Tests.Deploy;

/// <summary>
/// The files of deploy/logs name the fields that a real server writes, and no others. They are read here, and not by the programs that
/// they are for.
/// </summary>
[Trait("Store", "sqlite")]
public sealed partial class LogPipelineTests(LoggedServer server) : IClassFixture<LoggedServer>
{
    private const string Elastic = "deploy/logs/elastic";
    private const string Loki = "deploy/logs/loki";

    /// <summary>Fields that programs on the way add.</summary>
    private static readonly string[] Added = ["agent.", "data_stream.", "input", "stream", "log.offset", "event.original"];

    [Fact]
    public void The_template_maps_each_field_that_is_written_as_the_schema_does()
    {
        var template = Json($"{Elastic}/index-template.json");
        "logs-maru-default".ShouldStartWith(template["index_patterns"]![0]!.GetValue<string>().TrimEnd('*'));
        template["data_stream"].ShouldNotBeNull();
        template["priority"]!.GetValue<int>().ShouldBeGreaterThan(100, "that of the template for all logs");
        var mappings = template["template"]!["mappings"]!;
        var mapped = Mapped(mappings["properties"]!.AsObject(), "")
            .Where(pair => !IsAdded(pair.Name)).ToDictionary(pair => pair.Name, pair => pair.Type);
        mapped.OrderBy(pair => pair.Key).ShouldBe(LogSchema.Types.OrderBy(pair => pair.Key));

        var labels = mappings["dynamic_templates"]![0]!["labels"]!;
        (labels["path_match"]!.GetValue<string>(), labels["mapping"]!["type"]!.GetValue<string>()).ShouldBe(("labels.*", "keyword"));
        server.Fields.Where(name => !mapped.ContainsKey(name)).ShouldAllBe(name => name.StartsWith(LogSchema.Labels));

        var policy = template["template"]!["settings"]!["index.lifecycle.name"]!.GetValue<string>();
        policy.ShouldBe("maru-logs");
        Repository.Read("docs/operations.md").ShouldContain($"_ilm/policy/{policy}");
        Json($"{Elastic}/lifecycle.json")["policy"]!["phases"]!.AsObject().Select(phase => phase.Key).ShouldBe(["hot", "delete"]);
    }

    [Fact]
    public void The_dashboard_shows_fields_that_are_written()
    {
        var objects = Repository.Read($"{Elastic}/kibana.ndjson").TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToArray();
        var ids = objects.Select(Key).ToArray();
        ids.ShouldBeUnique();
        objects.SelectMany(saved => saved["references"]!.AsArray()).Select(reference => Key(reference!)).Except(ids).ShouldBeEmpty();

        var names = new List<string>();
        foreach (var attributes in objects.Select(saved => saved["attributes"]!))
        {
            if (Inner(attributes["visState"]) is { } state)
                names.AddRange(state["aggs"]!.AsArray().Select(agg => agg!["params"]!["field"]?.GetValue<string>()).OfType<string>());
            if (attributes["columns"] is JsonArray columns) names.AddRange(columns.Select(column => column!.GetValue<string>()));
            if (Inner(attributes["kibanaSavedObjectMeta"]?["searchSourceJSON"]) is { } source)
                names.AddRange(Compared().Matches($"{source["query"]!["query"]}").Select(match => match.Groups[1].Value));
        }

        ShouldBeWritten(names, 12);
        var panels = Inner(objects.Single(saved => Key(saved) == "dashboard maru")["attributes"]!["panelsJSON"])!;
        panels.AsArray().Count.ShouldBe(ids.Length - 2, "all but the dashboard and the view of data");
    }

    [Fact]
    public void Filebeat_and_Logstash_name_fields_that_are_written()
    {
        var beat = Yaml($"{Elastic}/filebeat.yml");
        var inputs = (List<object>)beat["filebeat.inputs"];
        inputs.Count.ShouldBe(2);
        foreach (Dictionary<object, object> input in inputs.Cast<Dictionary<object, object>>())
        {
            var parser = (Dictionary<object, object>)((Dictionary<object, object>)((List<object>)input["parsers"])[^1])["ndjson"];
            (parser["target"], parser["expand_keys"], parser["overwrite_keys"]).ShouldBe(("", "true", "true"));
        }

        var text = Repository.Read($"{Elastic}/filebeat.yml");
        ShouldBeWritten(
            [.. Compares().Matches(text).Select(match => match.Groups[1].Value), .. Dropped().Matches(text).SelectMany(Quoted)], 5);

        var lines = Repository.Read($"{Elastic}/maru.conf").Split('\n').Where(line => !line.TrimStart().StartsWith('#')).ToArray();
        var stash = string.Join('\n', lines);
        foreach (var (open, close) in ((char, char)[])[('{', '}'), ('[', ']')])
            stash.Count(c => c == open).ShouldBe(stash.Count(c => c == close));
        lines.Where(line => line.Length > 0 && char.IsAsciiLetter(line[0])).ShouldBe(["input {", "filter {", "output {"]);
        ShouldBeWritten(References().Matches(stash).Select(match => match.Value.Trim('[', ']').Replace("][", ".")), 4);
        foreach (var (name, value) in ((string, string)[])[("type", "logs"), ("dataset", "maru"), ("namespace", "default")])
            stash.ShouldContain($"data_stream_{name} => \"{value}\"");
    }

    [Fact]
    public void Loki_s_files_name_fields_that_are_written()
    {
        var alloy = Repository.Read($"{Loki}/config.alloy");
        ShouldBeWritten(Escaped().Matches(alloy).Select(match => match.Groups[1].Value), 5);
        alloy.Count(c => c == '{').ShouldBe(alloy.Count(c => c == '}'));
        foreach (var used in Receivers().Matches(alloy).Select(match => match.Groups))
            alloy.ShouldContain($"{used[1].Value} \"{used[2].Value}\" {{");

        var flat = server.Fields.Select(name => name.Replace('.', '_').Replace('@', '_')).ToHashSet();
        var queries = Repository.Read($"{Loki}/queries.logql").Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToArray();
        queries.Length.ShouldBeGreaterThan(5);
        queries.SelectMany(query => Flat().Matches(query)).Select(match => match.Value).Distinct().Except(flat)
            .Except(["count_over_time", "quantile_over_time", "service_name"]).ShouldBeEmpty();

        var loki = Yaml($"{Loki}/loki.yaml");
        loki.Keys.ShouldContain("schema_config");
        ((Dictionary<object, object>)loki["server"])["http_listen_address"].ShouldBe("127.0.0.1");
    }

    private static bool IsAdded(string name) => Added.Any(added => name.StartsWith(added, StringComparison.Ordinal));

    private void ShouldBeWritten(IEnumerable<string> names, int atLeast)
    {
        var all = names.Distinct().ToArray();
        all.Length.ShouldBeGreaterThanOrEqualTo(atLeast, string.Join(' ', all));
        all.Where(name => !IsAdded(name)).Except(server.Fields).ShouldBeEmpty("no line has them");
    }

    private static IEnumerable<(string Name, string Type)> Mapped(JsonObject properties, string above) => properties.SelectMany(pair =>
        pair.Value!["properties"] is JsonObject inner
            ? Mapped(inner, $"{above}{pair.Key}.")
            : [($"{above}{pair.Key}", pair.Value["type"]!.GetValue<string>())]);

    /// <summary>Kibana keeps JSON as texts within JSON.</summary>
    private static JsonNode? Inner(JsonNode? text) => text is null ? null : JsonNode.Parse(text.GetValue<string>());

    private static string Key(JsonNode saved) => $"{saved["type"]} {saved["id"]}";

    private static IEnumerable<string> Quoted(Match list) => Words().Matches(list.Value).Select(match => match.Groups[1].Value);

    private static JsonNode Json(string path) => JsonNode.Parse(Repository.Read(path))!;

    private static Dictionary<object, object> Yaml(string path) => new DeserializerBuilder().Build()
        .Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(new StringReader(Repository.Read(path)))));

    [GeneratedRegex(@"([a-z_]+(?:\.[a-z_]+)+)\s*(?::|>=)")]
    private static partial Regex Compared();

    [GeneratedRegex(@"not\.equals\.([a-z_.]+):")]
    private static partial Regex Compares();

    [GeneratedRegex(@"\bfields: \[.*\]")]
    private static partial Regex Dropped();

    [GeneratedRegex(@"""([^""]+)""")]
    private static partial Regex Words();

    [GeneratedRegex(@"(?:\[[a-z_]+\])+")]
    private static partial Regex References();

    [GeneratedRegex(@"\\""([a-z_.@]+)\\""")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"([a-z.]+)\.([a-z]+)\.(?:receiver|targets)\b")]
    private static partial Regex Receivers();

    [GeneratedRegex(@"\b[a-z]+(?:_[a-z]+)+\b")]
    private static partial Regex Flat();
}
