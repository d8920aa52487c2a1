using System.CommandLine;
using System.Globalization;
using Maru.Server.Audit;
using Maru.Server.Configuration;
using Maru.Server.Features.Files;
using Maru.Server.Files;
using Maru.Server.Storage;
using Spectre.Console;

namespace Maru.Server.Commands;

/// <summary><c>maru audit</c>: recounts what must balance, also while servers run on the store.</summary>
internal static class AuditCommand
{
    private const int Drifted = 1;

    /// <param name="guard">turns exceptions into an exit code</param>
    /// <param name="build">makes the server whose store is audited</param>
    public static Command Create(Func<Func<Task>, Task<int>> guard, ServerBuilder build)
    {
        var mend = new Option<bool>("--mend") { Description = "Make right what is wrong, under the rooms' locks, and print each change" };
        var contents = new Option<bool>("--contents")
        {
            Description = "Look also whether the content of every file and preview picture is in the file store: a request for each",
        };
        var command = new Command(
            "audit",
            "Recount from scratch what the store keeps twice: each room's log and its numbers, members, reactions, mentions, and what each "
            + "member has not read. Servers may run on the store meanwhile; each look at some rooms sees one state of it. "
            + "The exit code is 0 if everything balances (with --mend: at the end), 1 if not, and 2 if there is no such store or it "
            + "cannot be used. Takes the settings of the server: the same environment, or --Maru:Database=… here.")
        {
            mend, contents,
        };
        command.TreatUnmatchedTokensAsErrors = false;   // settings: --Maru:Database=…
        command.SetAction(async (parsed, ct) =>
        {
            var left = 0L;
            var looks = parsed.GetValue(contents);
            var code = await guard(async () => left = await RunAsync(build, parsed.GetValue(mend), looks, parsed.UnmatchedTokens, ct));
            return code == 0 && left > 0 ? Drifted : code;
        });
        return command;
    }

    private static async Task<long> RunAsync(
        ServerBuilder build, bool mends, bool looksAtContents, IReadOnlyList<string> settings, CancellationToken ct)
    {
        ConfigurationArguments.Check("maru audit", settings);
        await using var app = await build(
            [.. ConfigurationArguments.OfCommands, .. settings], services => services.AddSingleton<ExistingStore>());
        return await RunAsync(app.Services, mends, looksAtContents, ct);
    }

    /// <summary>Recounts the store of a program, and prints what was found; returns what does not balance at the end.</summary>
    public static async Task<long> RunAsync(IServiceProvider services, bool mends, bool looksAtContents, CancellationToken ct)
    {
        var audit = services.GetRequiredService<StoreAudit>();
        var rooms = await audit.CountRoomsAsync(ct);
        var reports = await WithBarsAsync(rooms, looked => audit.RunAsync(mends, looked, x => Write($"mended: {x.Text}"), ct));
        if (looksAtContents) reports = [.. reports, .. await LookAtContentsAsync(services.GetServices<IContentCheck>(), ct)];
        var left = reports.Sum(x => x.Left);
        await services.GetRequiredService<LastAudit>().StoreAsync(left, ct);

        var table = new Table().AddColumns("check", "rows", "drift", "left", "seconds");
        foreach (var report in reports)
            table.AddRow(report.Name, Number(report.Rows), Number(report.Drift), Number(report.Left), $"{report.Time.TotalSeconds:F1}");
        AnsiConsole.Write(table);
        foreach (var report in reports.Where(x => x.Left > 0))
        {
            foreach (var text in report.First) Write(text);
            if (report.Drift > report.First.Count) Write($"and {Number(report.Drift - report.First.Count)} more in {report.Name}");
        }

        Write(left == 0 ? $"Everything balances: rooms looked at: {Number(rooms)}." : $"Numbers that do not balance: {Number(left)}.");
        return left;
    }

    private static async Task<List<CheckReport>> LookAtContentsAsync(IEnumerable<IContentCheck> checks, CancellationToken ct)
    {
        try
        {
            List<CheckReport> reports = [];
            foreach (var check in checks) reports.Add(await check.CheckAsync(ct));
            return reports;
        }
        catch (FileStoreException e)
        {
            throw new StartException($"The store of files cannot be looked at. {e.Message}", e);
        }
    }

    /// <summary>Shows how far each check is, on a terminal.</summary>
    private static Task<IReadOnlyList<CheckReport>> WithBarsAsync(
        long rooms, Func<Action<CheckReport, int>, Task<IReadOnlyList<CheckReport>>> run)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal) return run((_, _) => { });
        var progress = AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());
        return progress.StartAsync(console =>
        {
            var bars = new Dictionary<string, ProgressTask>();
            return run((report, done) =>
            {
                if (!bars.TryGetValue(report.Name, out var bar))
                    bars[report.Name] = bar = console.AddTask(report.Name, maxValue: Math.Max(1, rooms));
                bar.Value = done;
            });
        });
    }

    private static void Write(string line) => AnsiConsole.WriteLine(line);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
