using Maru.Load.Scenarios;

namespace Maru.Load.Runs;

/// <summary>The servers of a run and the files that it may use; the scenario has the rest.</summary>
/// <param name="Urls">the servers' WebSockets: the clients are spread over them</param>
/// <param name="TokensFile">one access token a line</param>
/// <param name="RoomsFile">one room id a line</param>
/// <param name="Pids">the servers' processes, for CPU and memory: ids, or files that hold one</param>
internal sealed record RunOptions(IReadOnlyList<Uri> Urls, string TokensFile, string RoomsFile, IReadOnlyList<string> Pids)
{
    /// <summary>The shell commands behind the names of the scenario's faults.</summary>
    public IReadOnlyDictionary<string, string> Faults { get; init; } = new Dictionary<string, string>();

    /// <summary>The part of the scenario's clients that this process plays.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>The attackers' access tokens, one a line.</summary>
    public string AttackTokensFile { get; init; } = "attack-tokens.txt";

    /// <summary>The attackers' rooms, one a line.</summary>
    public string AttackRoomsFile { get; init; } = "attack-rooms.txt";

    /// <summary>The server's WebSocket over TLS, for attacks that come that way.</summary>
    public Uri? TlsUrl { get; init; }

    /// <summary>The file for the output of those commands.</summary>
    public string FaultLog { get; init; } = "/dev/null";
}
