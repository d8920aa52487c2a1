using System.CommandLine;
using System.Runtime.CompilerServices;
using Maru.Server.Commands.Doctor;
using Maru.Server.Configuration;
using Maru.Server.Platform;

namespace Maru.Server.Commands;

/// <summary><c>maru doctor</c>: looks at all that a server needs, says what is wrong and what to do, and changes nothing.</summary>
internal static class DoctorCommand
{
    private const int Sick = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="guard">turns exceptions into an exit code</param>
    /// <param name="read">reads the settings</param>
    public static Command Create(Func<Func<Task>, Task<int>> guard, SettingsReader read)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object, for machines" };
        var command = new Command(
            "doctor",
            "Look at all that the server needs: settings, secrets, system limits, disks, clock, database, Redis, store of files, ports. "
            + "Each check prints a line: ok, warning or problem, what was found, and what to do. It changes nothing, and servers may run "
            + "on the store meanwhile; a disk is measured by a file of 64 MB at most, which is removed. "
            + "The exit code is 0 if there is no problem, 1 if there is one, and 2 if it cannot look. "
            + "Takes the settings of the server: the same environment, or --Maru:Database=… here.")
        {
            json,
        };
        command.TreatUnmatchedTokensAsErrors = false;   // settings: --Maru:Database=…
        command.SetAction(async (parsed, ct) =>
        {
            var verdict = Level.Ok;
            var asJson = parsed.GetValue(json);
            var code = await guard(async () => verdict = await RunAsync(read, asJson, parsed.UnmatchedTokens, ct));
            return code == 0 && verdict == Level.Problem ? Sick : code;
        });
        return command;
    }

    private static async Task<Level> RunAsync(SettingsReader read, bool asJson, IReadOnlyList<string> settings, CancellationToken ct)
    {
        ConfigurationArguments.Check("maru doctor", settings);
        List<Finding> all = [];
        await foreach (var finding in LookAsync(read, [.. settings], ct))
        {
            all.Add(finding);
            if (!asJson) Console.WriteLine(Line(finding));
        }

        var verdict = all.Max(x => x.Level);
        Console.WriteLine(asJson ? new DoctorReport(Product.Version, verdict, all).ToJson() : Sum(all));
        return verdict;
    }

    private static async IAsyncEnumerable<Finding> LookAsync(
        SettingsReader read, string[] settings, [EnumeratorCancellation] CancellationToken ct)
    {
        var (patient, first) = Admit(read, settings);
        foreach (var finding in first) yield return finding;
        if (patient is null) yield break;
        foreach (var (name, check) in Checks(patient.Options))
        {
            foreach (var finding in await RunAsync(name, check, patient, ct)) yield return finding;
        }
    }

    /// <summary>Reads the settings as far as they can be read.</summary>
    private static (Patient? Patient, IReadOnlyList<Finding> Found) Admit(SettingsReader read, string[] settings)
    {
        IReadOnlyList<Finding> unknown = [];
        try
        {
            var configuration = read(settings);
            unknown = SettingsCheck.Unknown(configuration);
            HostSettings.Check(configuration);
            return (new Patient(MaruOptions.ReadKnown(configuration), (IConfigurationRoot)configuration, TimeProvider.System), unknown);
        }
        catch (StartException e)
        {
            return
            (
                null,
                [
                    .. unknown,
                    Finding.Problem("settings", e.Message.TrimEnd('.'), "Correct it: docs/operations.md has every setting."),
                    Finding.Warning("settings", "nothing else was looked at: the settings say what to look at", "Look again then."),
                ]
            );
        }
    }

    private static IEnumerable<(string Name, Check Check)> Checks(MaruOptions options)
    {
        yield return ("settings", SettingsCheck.LookAsync);
        yield return ("secrets", SecretsCheck.LookAsync);
        yield return ("system", SystemCheck.LookAsync);
        yield return ("ports", PortsCheck.LookAsync);
        yield return ("disk", DiskCheck.LookAsync);
        yield return ("clock", ClockCheck.LookAsync);
        yield return ("database", options.Storage.IsShared ? PostgresCheck.LookAsync : SqliteCheck.LookAsync);
        if (options.Storage.IsShared && options.Redis.Length > 0) yield return ("redis", RedisCheck.LookAsync);
        yield return ("files", FilesCheck.LookAsync);
        if (options.Backup.Folder.Length > 0) yield return ("backups", BackupsCheck.LookAsync);
    }

    /// <summary>Runs a check, which may hang on a disk or a network that does.</summary>
    private static async Task<IReadOnlyList<Finding>> RunAsync(string name, Check check, Patient patient, CancellationToken ct)
    {
        try
        {
            return await Task.Run(() => check(patient, ct), ct).WaitAsync(Patience, patient.Time, ct);
        }
        catch (TimeoutException)
        {
            return
            [
                Finding.Problem(
                    name, $"no answer within {Patience.TotalSeconds} s", "Look at that disk or network: the server would hang, too."),
            ];
        }
        catch (StartException e)
        {
            return [Finding.Problem(name, e)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Finding.Problem(name, $"it cannot be looked at: {e.Message}", "Run this as the server's user.")];
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A bug: the other checks are of use all the same. What it says may be of anything.
            return [Finding.Problem(name, $"the check itself failed: {e.GetType().Name}", "Report it: it is a bug of Maru.")];
        }
    }

    private static string Line(Finding finding)
    {
        var advice = finding.Advice is { } text ? $" → {text}" : "";
        return $"{finding.Level.ToString().ToLowerInvariant(),-8} {finding.Check,-12} {finding.Found}{advice}".ReplaceLineEndings(" ");
    }

    private static string Sum(List<Finding> all)
    {
        var (problems, warnings) = (all.Count(x => x.Level == Level.Problem), all.Count(x => x.Level == Level.Warning));
        return problems + warnings == 0 ? "All is well." : $"Problems: {problems}, warnings: {warnings}.";
    }
}
