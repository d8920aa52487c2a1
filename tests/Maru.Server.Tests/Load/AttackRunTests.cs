using System.Text.RegularExpressions;
using Maru.Load.Attacks;
using Maru.Load.Reporting;
using Maru.Load.Reporting.Html;
using Maru.Load.Runs;
using Maru.Load.Scenarios;

namespace Maru.Server.Tests.Load;

/// <summary>
/// Each kind of attack, small and short, on a real server: it attacks, the members' part is verified as ever, and the report says both.
/// </summary>
[Trait("Category", "Load")]
public sealed partial class AttackRunTests
{
    [Theory]
    [InlineData("pongs,pongs+token,pongs+tls,blank-lines,blank-lines+tls")]
    [InlineData("pipelined,pipelined+token,pipelined+tls,subscribe,refused-sends+tls")]
    [InlineData("signals,large-signals,transactions,long-ids+tls")]
    [InlineData("slots,handles,deaf,upgrade-flood,upgrade-flood+tls")]
    public async Task Members_are_served_beside_attackers_and_the_report_says_what_both_got(string kinds)
    {
        var result = await RunAsync(kinds);

        Runs.Broken(result).ShouldBeEmpty();
        using (var folder = new Folder())
        {
            ResultFile.Write(Path.Combine(folder, "result.json"), result);
            result = ResultFile.Read(Path.Combine(folder, "result.json"));
        }

        result.Attacks.Select(one => one.Name).ShouldBe([AttackFindings.None, .. kinds.Split(','), AttackFindings.Faults]);
        var html = HtmlReport.Of(result);
        foreach (var attack in result.Attacks.Where(one => one.IsAttack))
        {
            attack.Opened.ShouldBeGreaterThan(0, attack.Name);
            if (attack.Name != "handles") attack.FramesSent.ShouldBeGreaterThan(0, attack.Name);
            attack.Receipt.Count.ShouldBeGreaterThan(0, attack.Name);
            (attack.Live.Took.Count + attack.Live.Failures).ShouldBeGreaterThan(0, attack.Name);
            ResultText.Of(result).ShouldContain($"\n{attack.Name}: ");
            html.ShouldContain($"<td>{attack.Name}</td>");
        }

        result.Measures.ShouldContainKey("attackReceiptP99Ms");
        result.Measures["serversMissing"].ShouldBe(0);
    }

    [Fact]
    public async Task Attackers_without_an_account_need_no_files()
    {
        var result = await RunAsync("handles", attackers: false);

        result.Attacks.Single(one => one.Name == "handles").Opened.ShouldBeGreaterThan(0);
        (await Should.ThrowAsync<ScenarioException>(() => RunAsync("deaf", attackers: false))).Message.ShouldContain("--attack-tokens");
    }

    private static async Task<RunResult> RunAsync(string kinds, bool attackers = true)
    {
        using var folder = new Folder();
        using var certificate = new ServerCertificate();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 20, rooms: 2);
        // one room is the members', the other one the attackers'
        File.WriteAllLines(In("tokens.txt"), tokens.Where((_, i) => i % 2 == 0));
        File.WriteAllLines(In("rooms.txt"), [$"{rooms[0]}"]);
        if (attackers)
        {
            File.WriteAllLines(In("attack-tokens.txt"), tokens.Where((_, i) => i % 2 == 1));
            File.WriteAllLines(In("attack-rooms.txt"), [$"{rooms[1]}"]);
        }

        await using var server = await MaruProcess.StartAsync(folder, certificate.Settings);
        Match secure = Match.Empty;
        await Deadline.Until(
            () => server.Lines.Any(line => (secure = Secure().Match(line)).Success), "the server to listen for TLS");
        const string Small = """
            {
                "clients": 10, "rate": 200, "ramp": 0, "warmup": 0.1, "drainTimeout": 30,
                "attackFor": 0.3, "attackRest": 0.1, "attackSize": 0.02
            }
            """;
        var run = new LoadRun(
            ScenarioFile.Parse(Small, "test", ["kinds=" + kinds]),
            new RunOptions([new Uri($"ws://{server.Address.Authority}/ws")], In("tokens.txt"), In("rooms.txt"), [$"{server.Id}"])
            {
                AttackTokensFile = In("attack-tokens.txt"),
                AttackRoomsFile = In("attack-rooms.txt"),
                TlsUrl = new Uri($"wss://{secure.Groups[1].Value}/ws"),
            },
            new PlainScreen(TextWriter.Null));
        using var deadline = new CancellationTokenSource(Deadline.Time);
        return await run.RunAsync(deadline.Token);

        string In(string file) => Path.Combine(folder, file);
    }

    [GeneratedRegex("https://([0-9.:]+)")]
    private static partial Regex Secure();
}
