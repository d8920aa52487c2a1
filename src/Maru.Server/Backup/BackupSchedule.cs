using System.Diagnostics.Metrics;
using Maru.Server.Backup.Places;
using Maru.Server.Configuration;
using Maru.Server.Features.Files;

namespace Maru.Server.Backup;

/// <summary>
/// Makes a backup every so often and keeps the newest ones, each named by its time. One that was cut off is removed.
/// When one fails, the next try is an hour later at the latest. One loop.
/// </summary>
internal sealed partial class BackupSchedule : BackgroundService
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromHours(1);

    private readonly Meter _meter = new("Maru.Server");
    private readonly Histogram<double> _duration;
    private readonly BackupRun _run;
    private readonly BackupOptions _options;
    private readonly FilesOptions _files;
    private readonly TimeProvider _time;
    private readonly ILogger<BackupSchedule> _log;
    private long _newest;       // unix milliseconds of its snapshot; 0: there is none

    public BackupSchedule(BackupRun run, BackupOptions options, FilesOptions files, TimeProvider time, ILogger<BackupSchedule> log)
    {
        (_run, _options, _files, _time, _log) = (run, options, files, time, log);
        _meter.CreateObservableGauge("maru.backup.age", Age, "s", "Time since the moment of the newest backup that the server has made.");
        _duration = _meter.CreateHistogram<double>(
            "maru.backup.duration", "s", "Time that a backup took, by result: made, incomplete or failed.");
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.Every == TimeSpan.Zero) return;
        try
        {
            var due = await LookAsync(stoppingToken) is { } last ? last + _options.Every : _time.GetUtcNow();
            while (true)
            {
                for (TimeSpan rest; (rest = due - _time.GetUtcNow()) > TimeSpan.Zero;)
                    await Task.Delay(rest < LongestRest ? rest : LongestRest, _time, stoppingToken);
                due = _time.GetUtcNow() + await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server goes down; what it had begun is removed
        }
    }

    /// <summary>Makes a backup; returns the time to the next one.</summary>
    private async Task<TimeSpan> TryAsync(CancellationToken ct)
    {
        var begun = _time.GetTimestamp();
        try
        {
            using var place = BackupPlaces.OpenToWrite(_options.Folder, _options.S3, _files.S3);
            var (path, manifest, _) = await _run.AddAsync(place, _options.Keep, (_, _, _) => { }, ct);
            _newest = manifest.TakenAt.ToUnixTimeMilliseconds();
            Record(begun, manifest.LostCount == 0 ? "made" : "incomplete");
            if (manifest.LostCount > 0) Log.Incomplete(_log, path, manifest.LostCount);
            Log.Made(_log, path, manifest.Counts.Bytes, (long)_time.GetElapsedTime(begun).TotalSeconds);
            return _options.Every;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Record(begun, "failed");    // also by a bug: that there is no backup must not end the server
            Log.Failed(_log, e, e.Message);
            return _options.Every < AgainAfter ? _options.Every : AgainAfter;
        }
    }

    private void Record(long begun, string result) =>
        _duration.Record(_time.GetElapsedTime(begun).TotalSeconds, new KeyValuePair<string, object?>("result", result));

    /// <summary>Returns the time of the newest backup; null: there is none.</summary>
    private async Task<DateTimeOffset?> LookAsync(CancellationToken ct)
    {
        try
        {
            using var place = BackupPlaces.OpenToWrite(_options.Folder, _options.S3, _files.S3);
            if ((await place.ListAsync(ct)).Whole is not [.., var newest]) return null;
            var taken = (await BackupReader.ReadManifestAsync(place, newest, ct)).TakenAt;
            if (taken > _time.GetUtcNow())
            {
                Log.FromTheFuture(_log, place.NameOf(newest), taken);
                return null;
            }

            _newest = taken.ToUnixTimeMilliseconds();
            return taken;
        }
        catch (Exception e) when (e is StartException or IOException or UnauthorizedAccessException)
        {
            return null;    // the next backup says what is wrong
        }
    }

    private IEnumerable<Measurement<double>> Age() =>
        _newest > 0 ? [new Measurement<double>((_time.GetUtcNow().ToUnixTimeMilliseconds() - _newest) / 1000d)] : [];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Made a backup in {Folder}: {Bytes} bytes, {Seconds} s")]
        public static partial void Made(ILogger log, string folder, long bytes, long seconds);

        [LoggerMessage(
            LogLevel.Warning,
            "The backup in {Folder} lacks {Lost} contents that are not in the store of files: maru audit --contents names them. "
            + "Older backups that have them are kept")]
        public static partial void Incomplete(ILogger log, string folder, long lost);

        [LoggerMessage(LogLevel.Warning, "The newest backup, {Backup}, is of {At}, which is to come: a clock was wrong. One is made now")]
        public static partial void FromTheFuture(ILogger log, string backup, DateTimeOffset at);

        [LoggerMessage(LogLevel.Error, "The backup could not be made: {Reason}")]
        public static partial void Failed(ILogger log, Exception e, string reason);
    }
}
