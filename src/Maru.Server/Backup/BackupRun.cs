using System.Data.Common;
using Maru.Server.Backup.Places;
using Maru.Server.Configuration;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;
using Maru.Server.Followers;
using Maru.Server.Platform;
using Maru.Server.Storage;

namespace Maru.Server.Backup;

/// <summary>
/// Makes a backup, while servers run on the store or not. Contents of files are copied first, then the store in one snapshot, then the
/// contents that came in between: so what is deleted meanwhile is in the backup where the snapshot has it. What is left is a file that
/// came and went while the backup was made: its deletion holds, and the manifest tells it. All of it runs on a thread of a low priority,
/// at the pace of the setting. Any thread.
/// </summary>
internal sealed partial class BackupRun(
    Database database, IStoreCopy store, IFileStore files, IEnumerable<IContentCheck> contents, StorageOptions storage,
    BackupOptions options, TimeProvider time, ILogger<BackupRun> log)
{
    private const string Keys = "keys";
    private const string MadeAt = "(SELECT min(applied_at) FROM migrations)";   // a restore keeps it
    private const string Work = "backup-work";      // no name that somebody gives to a folder of backups: what is dead in it is removed

    /// <summary>Makes a backup in a place that others have too, named by its time; the newest ones are kept.</summary>
    /// <param name="place">a folder of backups, or a part of a bucket</param>
    /// <param name="keep">how many are kept; null: all</param>
    /// <param name="progress">gets how far it is</param>
    /// <param name="ct">ends it; nothing is left then, but contents in a bucket, which the next one uses</param>
    /// <exception cref="StartException">It cannot be made, or failed.</exception>
    public Task<MadeBackup> AddAsync(IBackupPlace place, int? keep, BackupProgress progress, CancellationToken ct) =>
        GuardAsync(
            place,
            async (claim, scratch, token) =>
            {
                var (whole, broken) = await place.ListAsync(token);
                var earlier = await NewestAsync(place, whole, token);
                await CheckOwnAsync(place, earlier, token);
                var left = await TidyAsync(place, async () =>
                {
                    foreach (var cutOff in broken) await place.RemoveAsync(cutOff, token);
                });
                var name = BackupParts.NewName(time.GetUtcNow(), whole.Count > 0 ? whole[^1] : null);
                var made = await MakeAsync(new Target(place, name, claim, scratch), earlier, progress, token);
                if (keep is { } count)
                {
                    left = await TidyAsync(place, () => BackupRotation.RunAsync(
                        place, claim, [.. whole, name], count, made.Manifest, scratch, token)) ?? left;
                }

                return made with { Left = left };
            },
            ct);

    /// <summary>Makes a backup that has a place to itself.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public Task<MadeBackup> MakeAsync(IBackupPlace place, BackupProgress progress, CancellationToken ct) =>
        GuardAsync(place, (claim, scratch, token) => MakeAsync(new Target(place, "", claim, scratch), null, progress, token), ct);

    private async Task<MadeBackup> GuardAsync(
        IBackupPlace place, Func<IPlaceClaim, string, CancellationToken, Task<MadeBackup>> make, CancellationToken ct)
    {
        using var thread = new FollowerThread("maru backup");
        MadeBackup? made = null;
        await thread.RunAsync(async () =>
        {
            try
            {
                await using var claim = await place.ClaimAsync(ct);
                using var scratch = ScratchFolder.Open(Path.Combine(storage.Data, Work));
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct, claim.Lost);
                try
                {
                    made = await make(claim, scratch.FullName, ended.Token);
                }
                catch (OperationCanceledException e) when (claim.Lost.IsCancellationRequested && !ct.IsCancellationRequested)
                {
                    throw new StartException(
                        $"The backup was ended: another program writes to {place.NameOf("")} now, or it could not be reached.", e);
                }
            }
            catch (Exception e) when (e is not StartException && Fault(e) is { } fault)
            {
                throw new StartException($"The backup cannot be made. {fault}", e);
            }
        });
        return made!;
    }

    private async Task<MadeBackup> MakeAsync(Target target, BackupReader? earlier, BackupProgress progress, CancellationToken ct)
    {
        await target.Place.BeginAsync(target.Name, ct);
        try
        {
            using var writer = new BackupWriter(target.Place, target.Name, target.Scratch, new Pace(options.BytesPerSecond, time));
            var manifest = await MakeAsync(writer, target.Claim, earlier, progress, ct);
            return new MadeBackup(target.Place.NameOf(target.Name), manifest);
        }
        catch (Exception e)
        {
            var left = await TidyAsync(target.Place, () => target.Place.RemoveAsync(target.Name, CancellationToken.None)) is null
                ? "it is none"
                : "the next one removes what is left of it";
            if (Fault(e) is { } fault) throw new StartException($"The backup failed, and {left}. {fault}", e);
            throw;
        }
    }

    /// <summary>
    /// Removes what is not needed. That it stays is no reason to have no backup: returns why it does; null: it does not.
    /// </summary>
    private async Task<string?> TidyAsync(IBackupPlace place, Func<Task> remove)
    {
        try
        {
            await remove();
            return null;
        }
        catch (Exception e)
        {
            Log.Untidy(log, e, place.NameOf(""), e.Message);
            return e.Message;
        }
    }

    /// <exception cref="StartException">The newest backup is of another store: the two would remove each other's.</exception>
    private async Task CheckOwnAsync(IBackupPlace place, BackupReader? newest, CancellationToken ct)
    {
        if (newest is not { Manifest: { StoreMadeAt: > 0 and var madeAt } other }) return;
        if (madeAt == await database.FirstAsync<long>($"SELECT {MadeAt}", null, ct)) return;
        throw new StartException(
            $"{place.NameOf("")} has backups of another store: {place.NameOf(newest.Name)} is of {other.Name} on {other.Host}. "
            + "Name a folder or prefix for this store alone.");
    }

    private async Task<BackupManifest> MakeAsync(
        BackupWriter target, IPlaceClaim claim, BackupReader? earlier, BackupProgress progress, CancellationToken ct)
    {
        var begun = time.GetUtcNow();
        CheckKeys(target);
        var copies = new ContentCopies(target, files, contents, earlier, progress);
        await target.LookAtSharedAsync(earlier, ct);
        await database.ReadAsync(ListAsync, ct);
        target.CheckRoom(await store.SizeAsync(ct));
        await copies.AddAsync(ct);

        var (state, taken) = await database.ReadAsync(
            async (snapshot, token) =>
            {
                var state = await StateAsync(snapshot, token);      // from here on the snapshot is what it is
                var taken = time.GetUtcNow();
                await ListAsync(snapshot, token);
                await store.CopyAsync(snapshot, target, progress, token);
                return (state, taken);
            },
            ct);
        await store.CompleteAsync(target, ct);
        await target.LeaveOutUnwantedAsync(ct);
        await copies.AddAsync(ct);
        var (deleted, lostCount, lost) = await database.ReadAsync(copies.SortAsync, ct);
        await AddKeysAsync(target, ct);
        return await target.SealAsync(
            new BackupManifest(
                BackupManifest.ThisFormat, Product.Version, store.Kind, database.Name, Environment.MachineName, state.Schema, state.Needs,
                begun, taken, time.GetUtcNow(),
                new BackupCounts(
                    state.Users, state.Rooms, state.Messages, state.Entries, target.Parts.Contents, target.Parts.Bytes),
                deleted, lost, lostCount, state.MadeAt, ""),
            claim,
            ct);

        async Task<bool> ListAsync(DbTransaction snapshot, CancellationToken token)
        {
            await copies.ListAsync(snapshot, token);
            return true;
        }
    }

    private static async Task<State> StateAsync(DbTransaction snapshot, CancellationToken ct) => (await snapshot.FirstAsync<State>(
        $"""
        SELECT {MadeAt} AS made_at, (SELECT max(number) FROM migrations) AS schema, (SELECT max(needs) FROM migrations) AS needs,
          (SELECT count(*) FROM users WHERE deleted_at IS NULL) AS users,
          (SELECT count(*) FROM rooms WHERE deleted_at IS NULL) AS rooms,
          (SELECT CAST(coalesce(sum(messages), 0) AS BIGINT) FROM room_heads) AS messages,
          (SELECT CAST(coalesce(sum(last_seq), 0) AS BIGINT) FROM room_heads) AS entries
        """,
        null, ct))!;

    /// <summary>Returns the newest backup that can be read: one that is damaged must not be the end of all later ones.</summary>
    private async Task<BackupReader?> NewestAsync(IBackupPlace place, IEnumerable<string> whole, CancellationToken ct)
    {
        foreach (var name in whole.Reverse())
        {
            try
            {
                return await BackupReader.OpenAsync(place, name, ct);
            }
            catch (StartException e)
            {
                Log.Damaged(log, place.NameOf(name), e.Message);
            }
        }

        return null;
    }

    /// <summary>Looks before hours of copying whether the place takes the names of all keys.</summary>
    private void CheckKeys(BackupWriter target)
    {
        foreach (var (part, _) in KeyFiles()) target.CheckName(part);
    }

    private async Task AddKeysAsync(BackupWriter target, CancellationToken ct)
    {
        foreach (var (part, path) in KeyFiles())
        {
            await using var key = File.OpenRead(path);
            await target.AddAsync(part, key, ct);
        }
    }

    private IEnumerable<(string Part, string Path)> KeyFiles()
    {
        var folder = Path.GetFullPath(Path.Combine(storage.Data, Keys));
        if (!Directory.Exists(folder)) return [];
        return Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (BackupParts.OfKey(Path.GetRelativePath(folder, path)), path));
    }

    /// <summary>Returns what the operator can mend; null: it is a bug, or the operator's will.</summary>
    private string? Fault(Exception e) => e switch
    {
        StartException or FileStoreException => e.Message,
        IOException when OwnFile.IsFull(e) => "The disk is full: make room.",
        IOException or UnauthorizedAccessException => e.Message,
        DbException failure => database.Unusable(failure).Message,
        _ => null,
    };

    private sealed record State(long MadeAt, long Schema, long Needs, long Users, long Rooms, long Messages, long Entries);

    private sealed record Target(IBackupPlace Place, string Name, IPlaceClaim Claim, string Scratch);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Old backups, or what was cut off, could not be removed from {Place}: {Reason}")]
        public static partial void Untidy(ILogger log, Exception e, string place, string reason);

        [LoggerMessage(LogLevel.Warning, "The backup in {Folder} is not as it was made: keep another one. {Reason}")]
        public static partial void Damaged(ILogger log, string folder, string reason);
    }
}

/// <summary>A backup that was made.</summary>
/// <param name="Path">where it is, for people</param>
/// <param name="Manifest">what it is</param>
/// <param name="Left">why something that is not needed any more could not be removed; null: nothing is</param>
internal sealed record MadeBackup(string Path, BackupManifest Manifest, string? Left = null);
