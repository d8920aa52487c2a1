using System.Diagnostics.Metrics;
using System.Globalization;
using Maru.Server.Configuration;

namespace Maru.Server.Backup;

/// <summary>
/// Makes a backup every so often and keeps the newest ones, each in a folder that is named by its time. One that was cut off is removed.
/// When one fails, the next try is an hour later at the latest. One loop.
/// </summary>
internal sealed partial class BackupSchedule : BackgroundService
{
    private const string Form = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromHours(1);

    private readonly Meter _meter = new("Maru.Server");
    private readonly Histogram<double> _duration;
    private readonly BackupRun _run;
    private readonly BackupOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BackupSchedule> _log;
    private long _newest;       // unix milliseconds of its snapshot; 0: there is none

    public BackupSchedule(BackupRun run, BackupOptions options, TimeProvider time, ILogger<BackupSchedule> log)
    {
        (_run, _options, _time, _log) = (run, options, time, log);
        _meter.CreateObservableGauge("maru.backup.age", Age, "s", "Time since the moment of the newest backup that the server has made.");
        _duration = _meter.CreateHistogram<double>("maru.backup.duration", "s", "Time that a backup took, by result: made or failed.");
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
            var due = Look() is { } last ? last + _options.Every : _time.GetUtcNow();
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
            Directory.CreateDirectory(_options.Folder);
            var (whole, broken) = Find();
            foreach (var folder in broken) Directory.Delete(folder, recursive: true);
            var path = Path.Combine(_options.Folder, _time.GetUtcNow().ToString(Form, CultureInfo.InvariantCulture));
            var manifest = await _run.RunAsync(path, whole.FindLast(IsReadable), (_, _, _) => { }, ct);
            _newest = manifest.TakenAt.ToUnixTimeMilliseconds();
            Record(begun, "made");
            Log.Made(_log, path, manifest.Counts.Bytes, (long)_time.GetElapsedTime(begun).TotalSeconds);
            foreach (var old in whole.Append(path).SkipLast(_options.Keep)) Remove(old);
            return _options.Every;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Record(begun, "failed");    // also by a bug: that there is no backup must not end the server
            Log.Failed(_log, e, e.Message);
            return _options.Every < AgainAfter ? _options.Every : AgainAfter;
        }
    }

    /// <summary>Returns whether contents may be taken from a backup; one that is damaged must not be the end of all later ones.</summary>
    private bool IsReadable(string folder)
    {
        try
        {
            BackupReader.Open(folder);
            return true;
        }
        catch (StartException e)
        {
            Log.Damaged(_log, folder, e.Message);
            return false;
        }
    }

    private void Record(long begun, string result) =>
        _duration.Record(_time.GetElapsedTime(begun).TotalSeconds, new KeyValuePair<string, object?>("result", result));

    /// <summary>Returns the time of the newest backup; null: there is none.</summary>
    private DateTimeOffset? Look()
    {
        try
        {
            if (!Directory.Exists(_options.Folder) || Find().Whole.LastOrDefault() is not { } newest) return null;
            var taken = BackupReader.Open(newest).Manifest.TakenAt;
            _newest = taken.ToUnixTimeMilliseconds();
            return taken;
        }
        catch (Exception e) when (e is StartException or IOException or UnauthorizedAccessException)
        {
            return null;    // the next backup says what is wrong
        }
    }

    /// <summary>Returns the backups in the order of their times, and those that were cut off; other folders are not looked at.</summary>
    private (List<string> Whole, List<string> Broken) Find()
    {
        var all = Directory.GetDirectories(_options.Folder).Where(IsOne).Order(StringComparer.Ordinal).ToLookup(
            folder => File.Exists(Path.Combine(folder, BackupFolder.ManifestName)));
        return ([.. all[true]], [.. all[false]]);

        static bool IsOne(string folder) => DateTime.TryParseExact(
            Path.GetFileName(folder), Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }

    /// <summary>Removes the manifest first: what is half gone is no backup.</summary>
    private static void Remove(string folder)
    {
        File.Delete(Path.Combine(folder, BackupFolder.ManifestName));
        Directory.Delete(folder, recursive: true);
    }

    private IEnumerable<Measurement<double>> Age() =>
        _newest > 0 ? [new Measurement<double>((_time.GetUtcNow().ToUnixTimeMilliseconds() - _newest) / 1000d)] : [];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Made a backup in {Folder}: {Bytes} bytes, {Seconds} s")]
        public static partial void Made(ILogger log, string folder, long bytes, long seconds);

        [LoggerMessage(LogLevel.Warning, "The backup in {Folder} is not as it was made: keep another one. {Reason}")]
        public static partial void Damaged(ILogger log, string folder, string reason);

        [LoggerMessage(LogLevel.Error, "The backup could not be made: {Reason}")]
        public static partial void Failed(ILogger log, Exception e, string reason);
    }
}
