namespace Maru.Load.Runs;

/// <summary>Where a run goes and what it may use; the rest is the scenario's.</summary>
/// <param name="Url">the server's WebSocket</param>
/// <param name="TokensFile">one access token a line</param>
/// <param name="RoomsFile">one room id a line</param>
/// <param name="Pid">the server's process, for CPU and memory; null = not measured</param>
internal sealed record RunOptions(Uri Url, string TokensFile, string RoomsFile, int? Pid);
