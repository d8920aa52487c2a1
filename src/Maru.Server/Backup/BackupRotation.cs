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
    /// <param name="keep">how many are kept</param>
    /// <param name="scratch">a folder for a list of what they have</param>
    /// <param name="ct">ends it</param>
    public static async Task RunAsync(
        IBackupPlace place, IPlaceClaim claim, IReadOnlyList<string> whole, int keep, string scratch, CancellationToken ct)
    {
        var old = whole.SkipLast(keep).ToArray();
        foreach (var name in old)
        {
            await claim.CheckAsync(ct);
            await place.RemoveAsync(name, ct);
        }

        if (old.Length == 0) return;
        using var list = new PartList(Path.Combine(scratch, "kept.db"));
        await foreach (var (part, size) in place.SharedAsync(null, ct)) list.MayShare(part, size);
        try
        {
            foreach (var name in whole.TakeLast(keep))
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
}
