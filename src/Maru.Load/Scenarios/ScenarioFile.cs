using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Maru.Load.Scenarios;

/// <summary>Reads scenarios: a path, or the name of a ready one that is embedded in the program.</summary>
internal static class ScenarioFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
    };

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static IEnumerable<string> ReadyNames => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.EndsWith(".scenario.json", StringComparison.Ordinal))
        .Select(name => name[..^".scenario.json".Length])
        .Order(StringComparer.Ordinal);

    /// <summary>Loads by path or ready name, with <c>key=value</c> changes on top.</summary>
    public static Scenario Load(string nameOrPath, IReadOnlyList<string> changes)
    {
        var ready = ReadyNames.Contains(nameOrPath, StringComparer.Ordinal);
        if (!ready && !File.Exists(nameOrPath))
            throw new ScenarioException($"There is no scenario file '{nameOrPath}', and no ready scenario of that name. "
                + $"Ready ones: {string.Join(", ", ReadyNames)}.");
        return Parse(ready ? ReadyText(nameOrPath) : File.ReadAllText(nameOrPath), Path.GetFileNameWithoutExtension(nameOrPath), changes);
    }

    public static Scenario Parse(string json, string name, IReadOnlyList<string> changes)
    {
        try
        {
            var root = JsonNode.Parse(json, null, Lenient) as JsonObject
                ?? throw new ScenarioException("A scenario is a JSON object, for instance {\"clients\": 10, \"rate\": 100}.");
            foreach (var change in changes) Apply(root, change);
            var scenario = root.Deserialize<Scenario>(Options)!;
            if (scenario.Name.Length == 0) scenario = scenario with { Name = name };
            if (scenario.Clients == 0) scenario = scenario with { Clients = scenario.Rooms * scenario.Members };
            if (scenario.Kinds.Count > 0 && !root.ContainsKey("duration")) scenario = scenario with { Duration = scenario.AttackRound };
            ScenarioRules.Check(scenario);
            return scenario;
        }
        catch (JsonException e)
        {
            throw new ScenarioException($"The scenario '{name}' cannot be read: {e.Message} The fields are described in docs/load.md.");
        }
    }

    private static void Apply(JsonObject root, string change)
    {
        var split = change.IndexOf('=', StringComparison.Ordinal);
        if (split <= 0) throw new ScenarioException($"--set {change}: give it as key=value, for instance --set rate=5000.");
        var (key, value) = (change[..split], change[(split + 1)..]);
        try
        {
            root[key] = JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            root[key] = value; // a bare word is a string
        }
    }

    private static string ReadyText(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name + ".scenario.json")
            ?? throw new ScenarioException($"There is no ready scenario '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
