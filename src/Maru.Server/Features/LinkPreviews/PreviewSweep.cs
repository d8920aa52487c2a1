using System.Data.Common;
using Maru.Server.Platform;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>
/// Removes, at start and every hour, what is known of addresses for too long or of too many, and pictures that nothing shows.
/// </summary>
internal sealed partial class PreviewSweep(
    PreviewStore store, PreviewPictures pictures, TimeProvider time, ILogger<PreviewSweep> log) : Sweep(TimeSpan.FromHours(1), time)
{
    protected override async Task SweepAsync(CancellationToken ct)
    {
        while (await store.ForgetAsync(ct))
        {
            // so many at once
        }

        var last = 0L;
        while (await store.GiveUpPicturesAsync(last, ct) is { Count: > 0 } gone)
        {
            foreach (var id in gone) await TryRemoveAsync(id, ct);
            last = gone[^1];
        }
    }

    protected override void Failed(LogLevel level, Exception e) => Log.Failed(log, level, e);

    /// <summary>A file store that fails keeps no other picture.</summary>
    private async Task TryRemoveAsync(long id, CancellationToken ct)
    {
        try
        {
            await pictures.DeleteAsync(id, ct);
            await store.RemovePictureAsync(id, ct);
        }
        catch (Exception e) when (e is not DbException and not OperationCanceledException)
        {
            Log.Failed(log, LogLevel.Warning, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage("What is left of old previews could not be removed; tried again in an hour")]
        public static partial void Failed(ILogger log, LogLevel level, Exception e);
    }
}
