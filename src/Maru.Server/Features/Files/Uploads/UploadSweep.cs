using System.Data.Common;
using Maru.Server.Platform;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>
/// At start and every few minutes: puts together what a server that died was about to, and removes the parts of uploads that are over.
/// </summary>
internal sealed partial class UploadSweep(
    UploadRecords records, UploadParts parts, UploadAssembly assembly, TimeProvider time, ILogger<UploadSweep> log) : Sweep(Every, time)
{
    private const int AtOnce = 100;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    protected override async Task SweepAsync(CancellationToken ct)
    {
        var last = 0L;
        while (await records.LeftAsync(last, AtOnce, ct) is { Count: > 0 } left)
        {
            foreach (var upload in left) await TryAsync(upload.Id, () => assembly.RunAsync(upload, ct), ct);
            last = left[^1].Id;
        }

        last = 0;
        while (await records.OverAsync(last, AtOnce, ct) is { Count: > 0 } over)
        {
            foreach (var id in over) await TryAsync(id, () => parts.RemoveAllAsync(id, ct), ct);
            last = over[^1];
        }
    }

    protected override void Failed(LogLevel level, Exception e) => Log.Failed(log, level, e);

    /// <summary>A file store that fails keeps no other upload.</summary>
    private async Task TryAsync(long id, Func<Task> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            await work();
        }
        catch (Exception e) when (e is not DbException and not OperationCanceledException)
        {
            Log.Left(log, e, id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage("Uploads that are left could not be ended; tried again in a few minutes")]
        public static partial void Failed(ILogger log, LogLevel level, Exception e);

        [LoggerMessage(LogLevel.Warning, "Upload {Id} could not be ended; tried again in a few minutes")]
        public static partial void Left(ILogger log, Exception e, long id);
    }
}
