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

    private bool _puts;

    private BackupReader Backup => request.Backup;

    /// <summary>Puts keys, contents and the store back, when each part of the backup is what it was, and nothing is in its place.</summary>
    /// <exception cref="StartException">It cannot be restored.</exception>
    public async Task PutBackAsync()
    {
        try
        {
            await request.OpenAsync(options.S3);
            CheckKind();
            await store.CheckEmptyAsync(request.Ended);
            CheckFolders();
            await CheckFileStoreAsync();
            await Backup.VerifyAsync(request.Progress, request.Ended);
            OwnFile.MakeFolder(InData(""));
            await PutBackKeysAsync();
            await PutBackFilesAsync();
            await store.PutBackAsync(request);
        }
        catch (Exception e)
        {
            await UndoFilesAsync();
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new StartException($"The restore failed, and what it had made is removed. {e.Message}", e);
        }
    }

    /// <summary>
    /// Ends what would be alive again, and nobody can know whether it should be: all sessions, and tokens of other issuers. Uploads that
    /// were not whole have no parts; contents that were deleted while the backup was made go for good.
    /// </summary>
    public Task EndAsync() => database.Value.WriteAsync(
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

    /// <summary>Lets servers come, when all is as it should be.</summary>
    public Task ReleaseAsync() => store.ReleaseAsync(request.Ended);

    /// <summary>Ends a restore, when the store is closed.</summary>
    public void Place() => store.Place();

    /// <summary>Removes the contents that were put back: there was none.</summary>
    public async Task UndoFilesAsync()
    {
        if (!_puts) return;
        foreach (var folder in Folders)
        {
            var some = new List<string>();
            await foreach (var key in files.Value.ListAsync(folder, CancellationToken.None))
            {
                some.Add(key);
                if (some.Count < DeletedAtOnce) continue;
                await files.Value.DeleteAsync(some, CancellationToken.None);
                some.Clear();
            }

            await files.Value.DeleteAsync(some, CancellationToken.None);
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
        await foreach (var (part, _) in Backup.PartsAsync(request.Ended))
        {
            if (!BackupParts.IsKey(part)) continue;
            OwnFile.MakeFolders(InData(""), Path.GetDirectoryName(InData(part))!);
            await request.CopyAsync(part, InData(part));
        }
    }

    private async Task PutBackFilesAsync()
    {
        _puts = true;
        var (done, all) = (0L, Backup.Manifest.Counts.Contents);
        var draft = InData($"restoring-{Guid.NewGuid():n}");
        await foreach (var (part, _) in Backup.PartsAsync(request.Ended))
        {
            if (!BackupParts.IsContent(part)) continue;
            await request.CopyAsync(part, draft);
            await files.Value.PutAsync(BackupParts.KeyOf(part), draft, MediaType, request.Ended);
            File.Delete(draft);
            request.Progress("files", ++done, all);
        }
    }

    private string InData(string name) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(storage.Data, name)));
}
