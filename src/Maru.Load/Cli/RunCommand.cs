using System.CommandLine;
using System.Net;
using Maru.Load.Faults;
using Maru.Load.Reporting;
using Maru.Load.Reporting.Html;
using Maru.Load.Runs;
using Maru.Load.Scenarios;

namespace Maru.Load.Cli;

/// <summary><c>maru-load run</c>.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> Which =
        new("scenario") { Description = "a scenario file (JSON), or the name of a ready one: see 'maru-load scenarios'" };
    private static readonly Option<string[]> Url = new("--url")
    {
        Description = "the server's WebSocket; several times for several nodes",
        DefaultValueFactory = _ => ["ws://127.0.0.1:8080/ws"],
    };
    private static readonly Option<string> Tokens = new("--tokens")
    {
        Description = "access tokens, one a line, as 'maru seed --tokens' writes them",
        DefaultValueFactory = _ => "tokens.txt",
    };
    private static readonly Option<string> Rooms = new("--rooms")
    {
        Description = "room ids, one a line, as 'maru seed --rooms-file' writes them",
        DefaultValueFactory = _ => "rooms.txt",
    };
    private static readonly Option<string[]> Pid = new("--pid")
    {
        Description = "the server's process id, or a file that holds it: measures its CPU and memory; several times for several nodes",
    };
    private static readonly Option<string?> Out = new("--out") { Description = "a folder for result.json and report.html" };
    private static readonly Option<string[]> Set =
        new("--set") { Description = "changes a field of the scenario, as key=value; may be given several times" };
    private static readonly Option<string[]> Faults = new("--fault")
    {
        Description = "a shell command that the scenario's faults may run, as name=\"command\"; may be given several times",
    };
    private static readonly Option<string> AttackTokens = new("--attack-tokens")
    {
        Description = "the attackers' access tokens, as 'maru seed --tokens' writes them",
        DefaultValueFactory = _ => "attack-tokens.txt",
    };
    private static readonly Option<string> AttackRooms = new("--attack-rooms")
    {
        Description = "the attackers' room ids, as 'maru seed --rooms-file' writes them",
        DefaultValueFactory = _ => "attack-rooms.txt",
    };
    private static readonly Option<string?> TlsUrl = new("--tls-url")
    {
        Description = "the server's WebSocket over TLS (wss://…), for attacks that come that way; without it they are left out",
    };
    private static readonly Option<string> Part = new("--shard")
    {
        Description = "this process' part of the clients, as number/count; 'maru-load merge' makes one result of all parts",
        DefaultValueFactory = _ => "1/1",
    };
    private static readonly Option<bool> AllowRemote =
        new("--allow-remote") { Description = "allows a target that is not this machine; only ever load what is yours" };

    public static Command Create()
    {
        var command = new Command("run", "Runs a scenario against a server, verifies every delivery and prints the verdict.")
        {
            Which, Url, Tokens, Rooms, Pid, Out, Set, Faults, AttackTokens, AttackRooms, TlsUrl, Part, AllowRemote,
        };
        command.SetAction(ActAsync);
        return command;
    }

    private static async Task<int> ActAsync(ParseResult parsed, CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux())
            throw new ScenarioException("maru-load runs on Linux only: it waits for its sockets by epoll and reads /proc.");
        var scenario = ScenarioFile.Load(parsed.GetValue(Which)!, parsed.GetValue(Set) ?? []);
        var allowRemote = parsed.GetValue(AllowRemote);
        var urls = await Task.WhenAll(parsed.GetValue(Url)!.Select(url => TargetAsync(url, "ws", allowRemote, ct)));
        var tls = parsed.GetValue(TlsUrl) is { } text ? await TargetAsync(text, "wss", allowRemote, ct) : null;
        if (tls is null) scenario = scenario.WithoutTls();
        var options = new RunOptions(urls, parsed.GetValue(Tokens)!, parsed.GetValue(Rooms)!, parsed.GetValue(Pid) ?? [])
        {
            Faults = FaultCommands.Parse(parsed.GetValue(Faults) ?? []),
            Shard = Shard.Parse(parsed.GetValue(Part)!),
            AttackTokensFile = parsed.GetValue(AttackTokens)!,
            AttackRoomsFile = parsed.GetValue(AttackRooms)!,
            TlsUrl = tls,
        };
        var folder = parsed.GetValue(Out);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            options = options with { FaultLog = Path.Combine(folder, "faults.log") };
        }

        var output = parsed.InvocationConfiguration.Output;
        Task<RunResult> PlayAsync(IRunScreen screen) => new LoadRun(scenario, options, screen).RunAsync(ct);
        var result = Console.IsOutputRedirected ? await PlayAsync(new PlainScreen(output)) : await LiveScreen.ShowAsync(PlayAsync);
        await output.WriteAsync(ResultText.Of(result));
        if (folder is not null)
        {
            ResultFile.Write(Path.Combine(folder, "result.json"), result);
            HtmlReport.Write(Path.Combine(folder, "report.html"), result);
            await output.WriteLineAsync($"written: {Path.Combine(folder, "result.json")}, report.html");
        }

        return result.Passed ? 0 : 1;
    }

    private static async Task<Uri> TargetAsync(string text, string scheme, bool allowRemote, CancellationToken ct)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != scheme)
            throw new ScenarioException(
                $"{text}: give a WebSocket address such as {scheme}://127.0.0.1:8080/ws (members come over ws only, --tls-url is wss).");
        var addresses = await Dns.GetHostAddressesAsync(url.Host, ct);
        if (!allowRemote && !addresses.All(IPAddress.IsLoopback))
            throw new ScenarioException(
                $"{url.Host} is not this machine. A load test can take a server down: give --allow-remote if the server is yours.");
        return url;
    }
}
