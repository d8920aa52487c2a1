using System.Data.Common;
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
internal sealed class BackupRun(
    Database database, IStoreCopy store, IFileStore files, IEnumerable<IContentCheck> contents, StorageOptions storage,
    BackupOptions options, TimeProvider time)
{
    private const string Keys = "keys";
    private const string Files = "files";

    /// <param name="folder">empty, or not there</param>
    /// <param name="earlier">a backup on the same disk whose contents may be used again; null: all are copied</param>
    /// <param name="progress">gets how far it is</param>
    /// <param name="ct">ends it; nothing is left then</param>
    /// <exception cref="StartException">It cannot be made, or failed; nothing is left.</exception>
    public async Task<BackupManifest> RunAsync(string folder, string? earlier, BackupProgress progress, CancellationToken ct)
    {
        using var thread = new FollowerThread("maru backup");
        BackupManifest? manifest = null;
        await thread.RunAsync(async () =>
        {
            var pace = new Pace(options.BytesPerSecond, time);
            var target = BackupFolder.Make(folder, pace);
            try
            {
                manifest = await RunAsync(target, earlier is null ? null : BackupReader.Open(earlier), pace, progress, ct);
            }
            catch (Exception e)
            {
                target.GiveUp();
                if (Fault(e) is { } fault) throw new StartException($"The backup failed, and nothing of it is left. {fault}", e);
                throw;
            }
        });
        return manifest!;
    }

    private async Task<BackupManifest> RunAsync(
        BackupFolder target, BackupReader? earlier, Pace pace, BackupProgress progress, CancellationToken ct)
    {
        var begun = time.GetUtcNow();
        var copies = new ContentCopies(target, files, earlier, progress);
        var before = await database.ReadAsync(ListAsync, ct);
        target.CheckRoom(await store.SizeAsync(ct) + before.Where(x => !copies.IsLinked(x)).Sum(x => x.Size ?? 0));
        await copies.AddAsync(before, ct);

        var (state, taken, there) = await database.ReadAsync(
            async (snapshot, token) =>
            {
                var state = await StateAsync(snapshot, token);      // from here on the snapshot is what it is
                var taken = time.GetUtcNow();
                var there = await ListAsync(snapshot, token);
                await store.CopyAsync(snapshot, target.PathOf(store.FileName), pace, progress, token);
                return (state, taken, there);
            },
            ct);
        await target.AddWrittenAsync(store.FileName, ct);
        copies.KeepOnly(there);
        await copies.AddAsync(there, ct);
        var (deleted, lost) = await SortAsync(there.Where(x => !copies.Has(x)).ToArray(), ct);
        await AddKeysAsync(target, ct);
        return await target.SealAsync(
            new BackupManifest(
                BackupManifest.ThisFormat, Product.Version, store.Kind, database.Name, Environment.MachineName, state.Schema, state.Needs,
                begun, taken, time.GetUtcNow(),
                new BackupCounts(state.Users, state.Rooms, state.Messages, state.Entries, there.Count - lost.Length, target.Bytes),
                deleted, lost, ""),
            ct);
    }

    /// <summary>Returns the key of a content among the parts.</summary>
    public static string PartOf(string key) => $"{Files}/{key}";

    /// <summary>Returns the parts that are keys of tokens, by their place in the folder of data.</summary>
    public static bool IsKey(string part) => part.StartsWith($"{Keys}/", StringComparison.Ordinal);

    private async Task<IReadOnlyList<Content>> ListAsync(DbTransaction snapshot, CancellationToken ct)
    {
        List<Content> all = [];
        foreach (var some in contents) all.AddRange(await some.ListAsync(snapshot, ct));
        return all;
    }

    private static async Task<State> StateAsync(DbTransaction snapshot, CancellationToken ct) => (await snapshot.FirstAsync<State>(
        """
        SELECT (SELECT max(number) FROM migrations) AS schema, (SELECT max(needs) FROM migrations) AS needs,
          (SELECT count(*) FROM users WHERE deleted_at IS NULL) AS users,
          (SELECT count(*) FROM rooms WHERE deleted_at IS NULL) AS rooms,
          (SELECT CAST(coalesce(sum(messages), 0) AS BIGINT) FROM room_heads) AS messages,
          (SELECT CAST(coalesce(sum(last_seq), 0) AS BIGINT) FROM room_heads) AS entries
        """,
        null, ct))!;

    /// <summary>Tells contents that were deleted meanwhile from those that should be there.</summary>
    private async Task<(Dictionary<string, long[]> Deleted, string[] Lost)> SortAsync(Content[] missing, CancellationToken ct)
    {
        if (missing.Length == 0) return ([], []);
        var now = (await database.ReadAsync(ListAsync, ct)).Select(x => x.Key).ToHashSet();
        return (
            missing.Where(x => !now.Contains(x.Key)).GroupBy(x => x.Table, x => x.Id).ToDictionary(x => x.Key, x => x.Distinct().ToArray()),
            [.. missing.Where(x => now.Contains(x.Key)).Select(x => x.Key)]);
    }

    private async Task AddKeysAsync(BackupFolder target, CancellationToken ct)
    {
        var folder = Path.GetFullPath(Path.Combine(storage.Data, Keys));
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            await using var key = File.OpenRead(path);
            await target.AddAsync($"{Keys}/{Path.GetRelativePath(folder, path).Replace('\\', '/')}", key, ct);
        }
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

    private sealed record State(long Schema, long Needs, long Users, long Rooms, long Messages, long Entries);
}
