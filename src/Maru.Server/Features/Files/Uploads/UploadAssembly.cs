using System.Collections.Concurrent;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>
/// Puts the parts of a whole upload together and takes the file in, as one that came in one request. It bears to be done twice, also on
/// two nodes at once: the row of the upload says which file it became. Any thread.
/// </summary>
internal sealed class UploadAssembly(
    UploadRecords records, UploadParts parts, IFileStore store, Arrivals arrivals, PictureMaker pictures, FileIntake intake)
{
    // Those that this node works on. Bounded by the turns of arrivals
    private readonly ConcurrentDictionary<long, bool> _running = new();

    /// <summary>
    /// Returns why the file is not taken, which ends the upload; null: it is a file now, or will be: there was no turn for it, or somebody
    /// is at it.
    /// </summary>
    public async Task<Refusal?> RunAsync(Upload upload, CancellationToken ct)
    {
        var user = new UserId(upload.UserId);
        if (!_running.TryAdd(upload.Id, true)) return null;
        try
        {
            using var arrival = pictures.IsFull ? null : arrivals.Begin(user);
            if (arrival is null || !await CollectAsync(upload.Id, arrival, ct)) return null;
            var (_, refusal) = await intake.TakeAsync(arrival, user, TusHeaders.Details(upload.Metadata), ct, upload.Id);
            if (refusal?.Problem == Problem.RateLimited) return null;
            // Room may come later, and so may a process that makes pictures
            if (refusal is { RetryAfter: > 0 } || refusal?.Problem == FileProblems.QuotaExceeded) return refusal;
            if (refusal is not null) await records.EndAsync(upload.Id, user);
            await parts.RemoveWholeAsync(upload.Id);
            return refusal;
        }
        finally
        {
            _running.TryRemove(upload.Id, out _);
        }
    }

    /// <summary>False: parts are gone, since another node has put them together.</summary>
    private async Task<bool> CollectAsync(long upload, Arrivals.Arrival arrival, CancellationToken ct)
    {
        foreach (var part in await records.PartsAsync(upload, whole: true, ct))
        {
            await using var content = await store.OpenAsync(part.Key, ct);
            if (content is null || arrival.Size != part.Start || content.Length != part.Size) return false;
            await arrival.ReceiveAsync(content, _ => long.MaxValue, ct);
        }

        return true;
    }
}
