using System.CommandLine;
using System.Globalization;
using Maru.Server.Backup;
using Maru.Server.Backup.Places;
using Maru.Server.Configuration;
using Maru.Server.Features.Files;
using Maru.Server.Storage;
using Spectre.Console;

namespace Maru.Server.Commands;

/// <summary><c>maru backup</c>: copies everything that is not made again by itself, while servers run or not.</summary>
internal static class BackupCommand
{
    private const int Incomplete = 1;

    /// <param name="guard">turns exceptions into an exit code</param>
    /// <param name="build">makes the server whose store is backed up</param>
    public static Command Create(Func<Func<Task>, Task<int>> guard, ServerBuilder build)
    {
        var place = new Argument<string>("place") { Description = "The folder of the backup, empty or not there; or s3://bucket/prefix" };
        var keep = new Option<int?>("--keep") { Description = "In a bucket: how many of the newest backups are kept, this one too" };
        keep.Validators.Add(result =>
        {
            if (result.GetValue(keep) is < 1) result.AddError("--keep must be 1 or more.");
        });
        var command = new Command(
            "backup",
            "Copy the store, the files and the keys into a folder or a bucket, all of one moment, also while servers run on the store. "
            + "In a bucket each backup is named by its time, and they share the contents of files. "
            + "The index of search is left out: it is made anew. PostgreSQL needs its program pg_dump. "
            + "A backup that fails or is ended is none. The exit code is 0 when it is whole, 1 when it lacks contents that are not in the "
            + "store of files any more, and 2 when there is none. "
            + "Takes the settings of the server: the same environment, or --Maru:Database=… here.")
        {
            place, keep,
        };
        command.TreatUnmatchedTokensAsErrors = false;   // settings: --Maru:Database=…
        command.SetAction(async (parsed, _) =>
        {
            var lost = 0L;
            var code = await guard(async () => lost = await RunAsync(
                build, parsed.GetRequiredValue(place), parsed.GetValue(keep), parsed.UnmatchedTokens));
            return code == 0 && lost > 0 ? Incomplete : code;
        });
        return command;
    }

    private static async Task<long> RunAsync(ServerBuilder build, string where, int? keep, IReadOnlyList<string> settings)
    {
        ConfigurationArguments.Check("maru backup", settings);
        var isBucket = BackupPlaces.IsBucket(where);
        if (keep is not null && !isBucket) throw new StartException("--keep is for backups in a bucket: a folder has one.");
        await using var app = await build(
            [.. ConfigurationArguments.OfCommands, .. settings], services => services.AddSingleton<ExistingStore>());
        using var interrupted = new Interruption();
        try
        {
            var run = app.Services.GetRequiredService<BackupRun>();
            using var place = BackupPlaces.OpenToWrite(
                where, app.Services.GetRequiredService<BackupOptions>().S3, app.Services.GetRequiredService<FilesOptions>().S3);
            var (path, manifest, left) = await CopyBars.ShowAsync(progress => isBucket
                ? run.AddAsync(place, keep, progress, interrupted.Token)
                : run.MakeAsync(place, progress, interrupted.Token));
            var counts = manifest.Counts;
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} has the store as of {manifest.TakenAt:yyyy-MM-dd HH:mm:ss} UTC: users {counts.Users:N0}, "
                + $"rooms {counts.Rooms:N0}, messages {counts.Messages:N0}, contents of files {counts.Contents:N0}, "
                + $"bytes {counts.Bytes:N0}."));
            foreach (var key in manifest.Lost)
                AnsiConsole.WriteLine($"{key} was not whole in the file store: the backup lacks it (maru audit --contents).");
            if (manifest.LostCount > manifest.Lost.Count)
                AnsiConsole.WriteLine($"The backup lacks {manifest.LostCount:N0} contents in all.");
            if (left is not null) AnsiConsole.WriteLine($"Warning: what is not needed any more could not be removed. {left}");
            return manifest.LostCount;
        }
        catch (OperationCanceledException e) when (interrupted.Token.IsCancellationRequested)
        {
            throw new StartException("The backup was ended: it is none.", e);
        }
    }
}
