using System.Text.Json;

namespace Maru.Server.Tests.Deploy.Monitoring;

/// <summary>The dashboards of deploy/grafana, read as files: no Grafana runs here.</summary>
internal static class Dashboards
{
    public static readonly string[] Files = Directory.GetFiles(Repository.PathOf("deploy/grafana/dashboards"), "*.json");

    public static JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllText(file)).RootElement;

    public static IEnumerable<JsonElement> Panels(JsonElement board) => board.GetProperty("panels").EnumerateArray();

    /// <summary>Returns every query, with where it stands.</summary>
    public static IEnumerable<(string Where, string Expression)> Queries() =>
        from file in Files
        let board = Read(file)
        from panel in Panels(board)
        from target in panel.GetProperty("targets").EnumerateArray()
        select ($"{Text(board, "uid")}: {Text(panel, "title")}", Text(target, "expr"));

    public static string Text(JsonElement node, string name) => node.GetProperty(name).GetString()!;
}
