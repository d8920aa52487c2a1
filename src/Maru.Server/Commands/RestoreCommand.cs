using System.CommandLine;
using Maru.Server.Backup;
using Maru.Server.Configuration;
using Maru.Server.Storage.Sqlite;
using Spectre.Console;

namespace Maru.Server.Commands;

/// <summary><c>maru restore</c>: makes the store, the files and the keys of a backup, where there are none.</summary>
internal static class RestoreCommand
{
    private const int Drifted = 1;

    /// <param name="guard">turns exceptions into an exit code</param>
    /// <param name="build">makes the server whose store is restored</param>
    public static Command Create(Func<Func<Task>, Task<int>> guard, ServerBuilder build)
    {
        var folder = new Argument<string>("backup") { Description = "The folder of the backup, or s3://bucket/prefix/time" };
        var command = new Command(
            "restore",
            "Restore a backup into a folder of data and a store that are empty, and a bucket without files; nothing is overwritten. "
            + "All parts are compared with their checksums first, and the store is recounted at the end, as by maru audit --contents. "
            + "Everybody is signed out: nobody knows which sessions were ended since. "
            + "PostgreSQL needs its program pg_restore, and an empty database. "
            + "The exit code is 0 when all is restored and balances, 1 when it is restored and does not, and 2 if it cannot be. "
            + "Takes the settings of the server: the same environment, or --Maru:Database=… here.")
        {
            folder,
        };
        command.TreatUnmatchedTokensAsErrors = false;   // settings: --Maru:Database=…
        command.SetAction(async (parsed, _) =>
        {
            var left = 0L;
            var code = await guard(async () => left = await RunAsync(build, parsed.GetRequiredValue(folder), parsed.UnmatchedTokens));
            return code == 0 && left > 0 ? Drifted : code;
        });
        return command;
    }

    private static async Task<long> RunAsync(ServerBuilder build, string from, IReadOnlyList<string> settings)
    {
        ConfigurationArguments.Check("maru restore", settings);
        using var interrupted = new Interruption();
        RestoreRequest? request = null;
        try
        {
            var left = await RunAsync(
                progress => Build(build, request = new RestoreRequest(from, progress, interrupted.Token), settings), interrupted.Token);
            AnsiConsole.WriteLine(
                $"Restored as of {request!.Backup.Manifest.TakenAt:yyyy-MM-dd HH:mm:ss} UTC. Everybody signs in again; the index of search "
                + "is made anew while the server runs.");
            return left;
        }
        catch (Exception e) when (request is { IsKept: true })
        {
            throw new StartException(
                $"The restore failed at its last step, and what it has made is left: remove it and restore again. {e.Message}", e);
        }
        catch (Exception e)
        {
            request?.Undo();
            if (e is not OperationCanceledException) throw;
            throw new StartException("The restore was ended, and the files that it had made are removed.", e);
        }
        finally
        {
            request?.Dispose();
        }
    }

    private static async Task<long> RunAsync(Func<BackupProgress, Task<WebApplication>> build, CancellationToken ct)
    {
        StoreRestore restore;
        var left = 0L;
        await using (var app = await CopyBars.ShowAsync(build))
        {
            restore = app.Services.GetRequiredService<StoreRestore>();
            await restore.CompleteAsync(
                async () => left = await AuditCommand.RunAsync(app.Services, mends: false, looksAtContents: true, ct));
        }

        restore.Place();
        return left;
    }

    private static Task<WebApplication> Build(ServerBuilder build, RestoreRequest request, IReadOnlyList<string> settings) => build(
        [.. ConfigurationArguments.OfCommands, .. settings],
        services =>
        {
            services.AddSingleton<StoreClaim>();
            services.AddRestore(request);
        });
}
