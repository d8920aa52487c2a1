using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Load.Scenarios;

namespace Maru.Load.Reporting;

/// <summary><c>result.json</c>: written by a run, read by <c>maru-load report</c>.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a measure that could not be taken is NaN
    };

    public static void Write(string path, RunResult result) => File.WriteAllText(path, JsonSerializer.Serialize(result, Options) + "\n");

    /// <summary>Returns the scenario as text with which it can be run again.</summary>
    public static string Text(Scenario scenario) => JsonSerializer.Serialize(scenario, Options);

    public static RunResult Read(string path)
    {
        if (!File.Exists(path))
            throw new ScenarioException($"There is no file '{path}'. Give the result.json that a run wrote into its --out folder.");
        try
        {
            return JsonSerializer.Deserialize<RunResult>(File.ReadAllText(path), Options) ?? throw new JsonException("it is empty.");
        }
        catch (JsonException e)
        {
            throw new ScenarioException($"'{path}' is not a result of maru-load: {e.Message}");
        }
    }
}
