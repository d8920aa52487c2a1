using System.Data.Common;
using Maru.Server.Platform;

namespace Maru.Server.Features.Files;

/// <summary>
/// Removes, at start and every few minutes, the content of files that are deleted, that never became whole, or that were not sent in time.
/// It looks at each file when that is old enough, and once a day at all of them again: rooms go, and pictures change.
/// </summary>
internal sealed partial class FileSweep(
    FileRecords records, FileRemoval removal, TimeProvider time, ILogger<FileSweep> log) : Sweep(Every, time)
{
    private const int AtOnce = 200;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Again = TimeSpan.FromDays(1);

    private long _looked;               // the last file that was looked at
    private DateTimeOffset _begun;      // with the first

    protected override async Task SweepAsync(CancellationToken ct)
    {
        await ForgetUnsentAsync(ct);
        var last = 0L;
        while (await records.GoneAsync(last, AtOnce, ct) is { Count: > 0 } gone)
        {
            foreach (var file in gone)
            {
                ct.ThrowIfCancellationRequested();
                await TryRemoveAsync(file, ct);
            }

            last = gone[^1].Id;
        }
    }

    private async Task ForgetUnsentAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        if (now - _begun >= Again) (_looked, _begun) = (0, now);
        while (await records.ForgetUnsentAsync(_looked, AtOnce, ct) is { } last) _looked = last;
    }

    protected override void Failed(LogLevel level, Exception e) => Log.Failed(log, level, e);

    /// <summary>A file store that fails keeps no other file.</summary>
    private async Task TryRemoveAsync(GoneFile file, CancellationToken ct)
    {
        try
        {
            await removal.RunAsync(file, ct);
        }
        catch (Exception e) when (e is not DbException and not OperationCanceledException)
        {
            Log.NotRemoved(log, e, file.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage("Files that are gone could not be removed; tried again in a few minutes")]
        public static partial void Failed(ILogger log, LogLevel level, Exception e);

        [LoggerMessage(LogLevel.Warning, "The content of file {Id} could not be removed; tried again in a few minutes")]
        public static partial void NotRemoved(ILogger log, Exception e, long id);
    }
}
