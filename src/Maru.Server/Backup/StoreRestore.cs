using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Features.Sessions;
using Maru.Server.Files;
using Maru.Server.Storage;

namespace Maru.Server.Backup;

/// <summary>
/// Restores a backup: given to the program that is to do so, it works before the store is opened. One user.
/// </summary>
internal sealed class StoreRestore(
    RestoreRequest request, IStoreCopy store, Lazy<Database> database, Lazy<IFileStore> files, StorageOptions storage, TimeProvider time)
{
    private const string Files = "files";
    private const string MediaType = "application/octet-stream";    // the rows of files know theirs

    private readonly BackupReader _backup = request.Backup;

    /// <summary>Puts keys, contents and the store back, when each part of the backup is what it was, and nothing is in its place.</summary>
    /// <exception cref="StartException">It cannot be restored.</exception>
    public async Task PutBackAsync()
    {
        CheckKind();
        await store.CheckEmptyAsync(request.Ended);
        CheckFolder();
        await _backup.VerifyAsync(request.Progress, request.Ended);
        try
        {
            OwnFile.MakeFolder(InData(""));
            foreach (var part in _backup.Sums.Keys.Where(BackupRun.IsKey))
            {
                OwnFile.MakeFolders(InData(""), Path.GetDirectoryName(InData(part))!);
                await request.CopyAsync(part, InData(part));
            }

            await PutBackFilesAsync();
            await store.PutBackAsync(request);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
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
            foreach (var (table, ids) in _backup.Manifest.Deleted)
            {
                if (table is not ("files" or "preview_pictures")) continue;     // the program knows its tables
                foreach (var few in ids.Chunk(500))
                    await transaction.ExecuteAsync(
                        $"UPDATE {table} SET deleted_at = @now WHERE id IN @few AND deleted_at IS NULL", new { at.now, few }, token);
            }
        },
        request.Ended);

    /// <summary>Ends a restore, when the store is closed.</summary>
    public void Place() => store.Place();

    private void CheckKind()
    {
        var manifest = _backup.Manifest;
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

    private void CheckFolder()
    {
        foreach (var part in (string[])["keys", Files])
        {
            var folder = Path.GetFullPath(Path.Combine(storage.Data, part));
            if (!Directory.Exists(folder) || !Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any()) continue;
            throw new StartException(
                $"There is something in {folder} already. Move it away, or name another folder by Maru:Data; nothing was changed.");
        }
    }

    private async Task PutBackFilesAsync()
    {
        var parts = _backup.Sums.Keys.Where(part => part.StartsWith($"{Files}/", StringComparison.Ordinal)).ToArray();
        var draft = InData($"restoring-{Guid.NewGuid():n}");
        for (var i = 0; i < parts.Length; i++)
        {
            await request.CopyAsync(parts[i], draft);
            request.Makes(InData(parts[i]));    // where the files are in the folder
            await files.Value.PutAsync(parts[i][(Files.Length + 1)..], draft, MediaType, request.Ended);
            File.Delete(draft);
            request.Progress("files", i + 1, parts.Length);
        }
    }

    private string InData(string name) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(storage.Data, name)));
}
