using Maru.Server.Backup.Places;
using Maru.Server.Configuration;

namespace Maru.Server.Backup;

/// <summary>Keeps the newest backups of a place, and the contents that they share.</summary>
internal static class BackupRotation
{
    private const int RemovedAtOnce = 1000;

    /// <param name="place">where they are</param>
    /// <param name="claim">on the place, which is to be held still</param>
    /// <param name="whole">its backups, the oldest first</param>
    /// <param name="keep">how many are kept, and those besides that have contents which the newest one lacks</param>
    /// <param name="newest">the newest one</param>
    /// <param name="scratch">a folder for a list of what they have</param>
    /// <param name="ct">ends it</param>
    public static async Task RunAsync(
        IBackupPlace place, IPlaceClaim claim, IReadOnlyList<string> whole, int keep, BackupManifest newest, string scratch,
        CancellationToken ct)
    {
        var kept = whole.TakeLast(keep).ToList();
        foreach (var name in whole.SkipLast(keep))
        {
            if (await HasLostAsync(place, name, newest, ct))
            {
                kept.Add(name);
                continue;
            }

            await claim.CheckAsync(ct);
            await place.RemoveAsync(name, ct);
        }

        if (kept.Count == whole.Count) return;
        using var list = new PartList(Path.Combine(scratch, "kept.db"));
        var sharesAny = false;
        await foreach (var (part, size) in place.SharedAsync(null, ct))
        {
            list.MayShare(part, size);
            sharesAny = true;
        }

        if (!sharesAny) return;     // a folder has links
        try
        {
            foreach (var name in kept)
            {
                await foreach (var (part, sum) in (await BackupReader.OpenAsync(place, name, ct)).PartsAsync(ct))
                {
                    if (BackupParts.IsContent(part)) list.Uses(part, sum);
                }
            }
        }
        catch (StartException)
        {
            return;     // nobody knows what a damaged one has: all contents stay while it is kept, and the next run warns of it
        }

        foreach (var some in list.Unused().Chunk(RemovedAtOnce))
        {
            await claim.CheckAsync(ct);
            await place.RemoveSharedAsync(some, ct);
        }
    }

    /// <summary>Returns whether an old backup has, or may have, what the newest one lacks.</summary>
    private static async Task<bool> HasLostAsync(IBackupPlace place, string name, BackupManifest newest, CancellationToken ct)
    {
        if (newest.LostCount == 0) return false;
        if (newest.LostCount > newest.Lost.Count) return true;      // not all of them are named
        var lost = newest.Lost.ToHashSet();
        try
        {
            await foreach (var (part, _) in (await BackupReader.OpenAsync(place, name, ct)).PartsAsync(ct))
            {
                if (BackupParts.IsContent(part) && lost.Contains(BackupParts.KeyOf(part))) return true;
            }

            return false;
        }
        catch (StartException)
        {
            return false;   // a damaged one gives nothing back
        }
    }
}
