using Maru.Load.Scenarios;

namespace Maru.Load.Runs;

/// <summary>Where a run goes and what it may use; the rest is the scenario's.</summary>
/// <param name="Urls">the servers' WebSockets: the clients are spread over them</param>
/// <param name="TokensFile">one access token a line</param>
/// <param name="RoomsFile">one room id a line</param>
/// <param name="Pids">the servers' processes, for CPU and memory: ids, or files that hold one</param>
internal sealed record RunOptions(IReadOnlyList<Uri> Urls, string TokensFile, string RoomsFile, IReadOnlyList<string> Pids)
{
    /// <summary>The shell commands behind the names of the scenario's faults.</summary>
    public IReadOnlyDictionary<string, string> Faults { get; init; } = new Dictionary<string, string>();

    /// <summary>Which part of the scenario's clients are this process'.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>Takes what those commands print.</summary>
    public string FaultLog { get; init; } = "/dev/null";
}
