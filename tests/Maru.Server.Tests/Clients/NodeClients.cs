using System.Text.Json;

namespace Maru.Server.Tests.Clients;

/// <summary>Node with the clients of <c>tests/clients</c>.</summary>
internal static class NodeClients
{
    /// <summary>Runs the script; returns what it printed, step by step.</summary>
    public static async Task<IReadOnlyList<JsonElement>> PlayAsync(string script, object cast)
    {
        var folder = await NodePackages.InstallAsync("clients");
        var (_, output) = await NodePackages.RunAsync(folder, "node", script, JsonSerializer.Serialize(cast));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>The browser's program, which a script starts.</summary>
    public static string FindChromium()
    {
        var found = Programs.Find("chromium");
        if (found is null) NodePackages.SkipWithout("Chromium is needed to test a browser, and is not installed.");
        return found!;
    }
}
