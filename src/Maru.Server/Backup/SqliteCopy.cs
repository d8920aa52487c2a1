using System.Data.Common;
using Maru.Server.Configuration;
using Maru.Server.Files;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Backup;

/// <summary>
/// Copies a store in SQLite page by page, by SQLite's own backup, from a snapshot: the copy is of one moment, and no writer waits. The
/// write-ahead log grows meanwhile, since the snapshot needs the pages as they were. A store is restored under another name, and gets its
/// own at the end, which an empty file has until then, with a server's claim on it: no server starts meanwhile. One user.
/// </summary>
internal sealed class SqliteCopy(StorageOptions storage, Lazy<Database> database) : IStoreCopy
{
    private const int StepPages = 1024;
    private const int FlushBytes = 4 * 1024 * 1024;
    private const string Suffix = ".restoring";

    private static readonly string[] Ends = ["", "-wal", "-shm"];

    public string Kind => "sqlite";

    public string FileName => "maru.db";

    private string Restored => SqliteFile.PathOf(storage.Database);

    private string Target => Restored[..^Suffix.Length];

    /// <summary>Returns where a restore works.</summary>
    public static StorageOptions Aside(StorageOptions storage) => storage with
    {
        Database = new SqliteConnectionStringBuilder { DataSource = SqliteFile.PathOf(storage.Database) + Suffix }.ToString(),
    };

    public Task<long> SizeAsync(CancellationToken ct) => database.Value.FirstAsync<long>(
        "SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s", null, ct);

    public async Task CopyAsync(DbTransaction snapshot, BackupWriter target, BackupProgress progress, CancellationToken ct)
    {
        var path = target.DraftOf(FileName);
        var source = ((SqliteReader)snapshot.Connection!).Handle;
        OwnFile.Open(path, FileMode.CreateNew).Dispose();
        using var flushed = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using (var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            copy.Open();
            const string plain = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096";
            Check(raw.sqlite3_exec(copy.Handle, plain), copy.Handle);
            await CopyAsync(source, copy.Handle!, flushed, target.Pace, progress, ct);
        }

        RandomAccess.FlushToDisk(flushed);
    }

    /// <summary>SQLite writes its copy here and there in the file, so it is read for its checksum behind that.</summary>
    public Task CompleteAsync(BackupWriter target, CancellationToken ct) => target.AddDraftAsync(FileName, ct);

    public Task CheckEmptyAsync(CancellationToken ct)
    {
        CheckEmpty();
        return Task.CompletedTask;
    }

    public Task ClaimAsync(RestoreRequest request)
    {
        if (!File.Exists(Target)) request.Makes(Target);
        request.Holds(new StoreClaim(storage with
        {
            Database = new SqliteConnectionStringBuilder { DataSource = Target }.ToString(),
        }));
        CheckEmpty();   // a server may have been quicker
        return Task.CompletedTask;
    }

    public async Task PutBackAsync(RestoreRequest request)
    {
        Clear();    // what a restore that was killed has left
        foreach (var end in Ends) request.Makes(Restored + end);
        var sum = await request.Backup.SumOfAsync(FileName, request.Ended);
        await request.CopyAsync(FileName, sum, Restored, (done, all) => request.Progress("store", done, all));
    }

    public Task UndoAsync() => Task.CompletedTask;      // its files go

    public Task ReleaseAsync() => Task.CompletedTask;   // its name does

    public void Place()
    {
        CheckEmpty();   // programs beside a server come without a claim
        // What is not in the file itself would be lost by the new name.
        if (File.Exists($"{Restored}-wal") && new FileInfo($"{Restored}-wal").Length > 0)
            throw new StartException($"Another program has {Restored} open. End it and restore again.");
        OwnFile.Secure(Restored);
        File.Move(Restored, Target, overwrite: true);   // over an empty file at most
        LinuxFile.FlushFolder(Path.GetDirectoryName(Target)!);
        Clear();
    }

    private void CheckEmpty()
    {
        foreach (var end in Ends)
        {
            if (File.Exists(Target + end) && new FileInfo(Target + end).Length > 0)
                throw new StartException(
                    $"There is a store already: {Target}{end}. End its server, and move maru.db, keys and files away; "
                    + "nothing of it was changed.");
        }
    }

    private void Clear()
    {
        foreach (var file in Ends.Select(end => Restored + end).Where(File.Exists)) File.Delete(file);
    }

    private static async Task CopyAsync(
        sqlite3 source, sqlite3 copy, Microsoft.Win32.SafeHandles.SafeFileHandle file, Pace pace, BackupProgress progress,
        CancellationToken ct)
    {
        var backup = raw.sqlite3_backup_init(copy, "main", source, "main");
        if (backup.IsInvalid) Check(raw.sqlite3_errcode(copy), copy);
        var (page, unflushed) = (PageBytes(source), 0L);
        try
        {
            for (int result; (result = raw.sqlite3_backup_step(backup, StepPages)) != raw.SQLITE_DONE;)
            {
                Check(result, copy);
                var pages = raw.sqlite3_backup_pagecount(backup);
                progress("store", (pages - raw.sqlite3_backup_remaining(backup)) * page, pages * page);
                if ((unflushed += StepPages * page) >= FlushBytes)
                {
                    RandomAccess.FlushToDisk(file);
                    unflushed = 0;
                }

                await pace.PassAsync(StepPages * page, ct);
            }
        }
        finally
        {
            raw.sqlite3_backup_finish(backup);
        }
    }

    private static long PageBytes(sqlite3 source)
    {
        raw.sqlite3_prepare_v2(source, "PRAGMA page_size", out var statement);
        using (statement)
        {
            raw.sqlite3_step(statement);
            return raw.sqlite3_column_int64(statement, 0);
        }
    }

    private static void Check(int result, sqlite3? copy) => SqliteException.ThrowExceptionForRC(result, copy);
}
