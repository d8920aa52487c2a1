using Maru.Load.Reporting;
using Maru.Load.Runs;
using Maru.Load.Scenarios;

namespace Maru.Server.Tests.Load;

/// <summary>Short runs of ten clients in one room.</summary>
internal static class Runs
{
    public static async Task<RunResult> RunAsync(string fault, string[] changes)
    {
        using var server = new FaultyServer(fault);
        return await RunAsync(server.Urls, changes);
    }

    public static async Task<RunResult> RunAsync(
        IReadOnlyList<Uri> urls, string[] changes, Dictionary<string, string>? faults = null, Shard? shard = null)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var (tokens, rooms) = (Path.Combine(folder, "tokens.txt"), Path.Combine(folder, "rooms.txt"));
        File.WriteAllLines(tokens, Enumerable.Range(0, 10).Select(i => $"token{i}"));
        File.WriteAllLines(rooms, ["1"]);
        const string Scenario =
            """{"clients": 10, "senders": 5, "rate": 200, "ramp": 0, "warmup": 0, "duration": 0.5, "drainTimeout": 30}""";
        var run = new LoadRun(
            ScenarioFile.Parse(Scenario, "test", changes),
            new RunOptions(urls, tokens, rooms, []) { Faults = faults ?? [], Shard = shard ?? Shard.Whole },
            new PlainScreen(TextWriter.Null));
        using var deadline = new CancellationTokenSource(Deadline.Time);
        return await run.RunAsync(deadline.Token);
    }

    public static string[] Broken(RunResult result) => [.. result.Guarantees.Where(check => !check.Holds).Select(check => check.Name)];
}
