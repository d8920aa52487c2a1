using System.Data.Common;
using Maru.Server.Backup.Places;
using Maru.Server.Configuration;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Features.Sessions;
using Maru.Server.Files;
using Maru.Server.Storage;

namespace Maru.Server.Backup;

/// <summary>
/// Restores a backup: given to the program that is to do so, it works before the store is opened. One user.
/// </summary>
internal sealed class StoreRestore(
    RestoreRequest request, IStoreCopy store, Lazy<Database> database, Lazy<IFileStore> files, StorageOptions storage,
    FilesOptions kept, BackupOptions options, TimeProvider time)
{
    private const string MediaType = "application/octet-stream";    // the rows of files know theirs
    private const int DeletedAtOnce = 1000;

    private static readonly string[] Folders = ["files/", "previews/", "uploads/"];     // with which keys of contents begin

    private long _put;      // contents, in the order of the backup's list

    private BackupReader Backup => request.Backup;

    /// <summary>Puts keys, contents and the store back, when each part of the backup is what it was, and nothing is in its place.</summary>
    /// <exception cref="StartException">It cannot be restored.</exception>
    public async Task PutBackAsync()
    {
        await OrUndoAsync(async () =>
        {
            await request.OpenAsync(options.S3);
            CheckKind();
            await store.CheckEmptyAsync(request.Ended);
            await CheckFilesAsync();
            await Backup.VerifyAsync(request.Progress, request.Ended);
            OwnFile.MakeFolder(InData(""));
            await store.ClaimAsync(request);
            await CheckFilesAsync();    // somebody may have come meanwhile
            await PutBackKeysAsync();
            await PutBackFilesAsync();
            await store.PutBackAsync(request);
        });
    }

    /// <summary>Works on the store that was put back, while no server has it, and then lets servers come.</summary>
    /// <param name="recount">is the last step that may fail, or be ended</param>
    public async Task CompleteAsync(Func<Task> recount)
    {
        await OrUndoAsync(async () =>
        {
            await EndAsync();
            await recount();
        });
        request.Keep();
        await store.ReleaseAsync();
    }

    /// <summary>Ends a restore, when the store is closed.</summary>
    public void Place() => store.Place();

    /// <summary>Does some of it; when that fails, what was put into stores is removed. Files go when the store is closed.</summary>
    private async Task OrUndoAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e)
        {
            try
            {
                await UndoFilesAsync();
                await store.UndoAsync();
            }
            catch (Exception more) when (more is IOException or UnauthorizedAccessException or StartException or DbException)
            {
                throw new StartException(
                    $"The restore failed, and some of what it had made is left, in the store of files or the database. {e.Message} "
                    + more.Message,
                    e);
            }

            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new StartException($"The restore failed, and what it had made is removed. {e.Message}", e);
        }
    }

    /// <summary>
    /// Ends what would be alive again, and nobody can know whether it should be: all sessions, and tokens of other issuers. Uploads that
    /// were not whole have no parts; contents that were deleted while the backup was made go for good.
    /// </summary>
    private Task EndAsync() => database.Value.WriteAsync(
        async (transaction, token) =>
        {
            var at = new
            {
                now = time.GetUtcNow().ToUnixTimeMilliseconds(),
                second = time.GetUtcNow().ToUnixTimeSeconds(),
                reason = SessionEnd.Restored,
            };
            foreach (var sql in (string[])
            [
                "UPDATE sessions SET ended_at = @now, end_reason = @reason WHERE ended_at IS NULL",
                """
                UPDATE external_identities SET ended_until = @second, ended_at = @now, end_reason = @reason WHERE ended_until < @second
                """,
                "DELETE FROM upload_parts",
                "DELETE FROM uploads",
            ])
                await transaction.ExecuteAsync(sql, at, token);
            foreach (var (table, ids) in Backup.Manifest.Deleted)
            {
                if (table is not ("files" or "preview_pictures")) continue;     // the program knows its tables
                foreach (var few in ids.Chunk(500))
                    await transaction.ExecuteAsync(
                        $"UPDATE {table} SET deleted_at = @now WHERE id IN @few AND deleted_at IS NULL", new { at.now, few }, token);
            }
        },
        request.Ended);

    /// <summary>Removes the contents that were put back, and no others: a server may have come with its own.</summary>
    private async Task UndoFilesAsync()
    {
        if (_put == 0) return;
        var some = new List<string>();
        await foreach (var (part, _) in Backup.PartsAsync(CancellationToken.None))
        {
            if (!BackupParts.IsContent(part)) continue;
            some.Add(BackupParts.KeyOf(part));
            var isLast = --_put == 0;
            if (some.Count < DeletedAtOnce && !isLast) continue;
            await files.Value.DeleteAsync(some, CancellationToken.None);
            some.Clear();
            if (isLast) return;
        }
    }

    private void CheckKind()
    {
        var manifest = Backup.Manifest;
        if (manifest.Store != store.Kind)
            throw new StartException(
                $"The backup is of a store in {manifest.Store}, and Maru:Database names one in {store.Kind}. "
                + (store.Kind == "sqlite" ? "Name a database of PostgreSQL." : "Restore it into SQLite, then run maru migrate."));
        var known = Migrator.NewestOf($"Maru.Server.Storage.Migrations.{store.Kind}.");
        if (manifest.Needs > known)
            throw new StartException(
                $"The backup has schema {manifest.Schema}, of Maru {manifest.Version}, and needs a program that knows {manifest.Needs}; "
                + $"this one knows {known}. Take a newer program.");
    }

    private async Task CheckFilesAsync()
    {
        CheckFolders();
        await CheckFileStoreAsync();
    }

    private void CheckFolders()
    {
        foreach (var part in (string[])["keys", "files"])
        {
            var folder = InData(part);
            if (!Directory.Exists(folder) || !Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any()) continue;
            throw new StartException(
                $"There is something in {folder} already. Move it away, or name another folder by Maru:Data; nothing was changed.");
        }
    }

    /// <summary>A bucket may be a running server's: the numbers of files would be given twice, and its contents replaced.</summary>
    private async Task CheckFileStoreAsync()
    {
        if (!kept.S3.IsUsed) return;    // they are in the folder of data, which was looked at
        foreach (var folder in Folders)
        {
            await foreach (var key in files.Value.ListAsync(folder, request.Ended))
                throw new StartException(
                    $"The bucket of files has some already: {key}. Name another Maru:Files:S3:Prefix or Bucket, for the restore and the "
                    + "server; or remove them, if no server uses them any more. Nothing was changed.");
        }
    }

    private async Task PutBackKeysAsync()
    {
        await foreach (var (part, sum) in Backup.PartsAsync(request.Ended))
        {
            if (!BackupParts.IsKey(part)) continue;
            OwnFile.MakeFolders(InData(""), Path.GetDirectoryName(InData(part))!);
            await request.CopyAsync(part, sum, InData(part));
        }
    }

    private async Task PutBackFilesAsync()
    {
        var all = Backup.Manifest.Counts.Contents;
        var draft = InData($"restoring-{Guid.NewGuid():n}");
        await foreach (var (part, sum) in Backup.PartsAsync(request.Ended))
        {
            if (!BackupParts.IsContent(part)) continue;
            await request.CopyAsync(part, sum, draft);
            _put++;     // also where nobody knows
            await files.Value.PutAsync(BackupParts.KeyOf(part), draft, MediaType, request.Ended);
            File.Delete(draft);
            request.Progress("files", _put, all);
        }
    }

    private string InData(string name) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(storage.Data, name)));
}
