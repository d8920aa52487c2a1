using System.Diagnostics.Metrics;
using Maru.Server.Storage;

namespace Maru.Server.Audit;

/// <summary>
/// What the last audit of the store found: kept there, for an audit is a command of its own, and told by two gauges, which follow within a
/// minute.
/// </summary>
internal sealed partial class LastAudit : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger<LastAudit> _log;
    private readonly Meter _meter = new("Maru.Server");
    private volatile Result? _last;

    public LastAudit(Database database, TimeProvider time, ILogger<LastAudit> log)
    {
        (_database, _time, _log) = (database, time, log);
        _meter.CreateObservableGauge("maru.audit.drift", Drift, "{number}", "Numbers that the last audit found wrong and did not mend.");
        _meter.CreateObservableGauge("maru.audit.age", Age, "s", "Time since the last audit ended.");
    }

    /// <summary>Stores what an audit found.</summary>
    public Task StoreAsync(long drift, CancellationToken ct) => _database.WriteAsync(
        (transaction, inner) => transaction.ExecuteAsync(
            "DELETE FROM last_audit; INSERT INTO last_audit (at, drift) VALUES (@at, @drift)",
            new { at = _time.GetUtcNow().ToUnixTimeMilliseconds(), drift },
            inner),
        ct);

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, _time);
        try
        {
            do await ReadAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server ends
        }
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        try
        {
            _last = await _database.FirstAsync<Result>("SELECT at, drift FROM last_audit", null, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.NotRead(_log, e);
        }
    }

    private IEnumerable<Measurement<long>> Drift() => _last is { } last ? [new Measurement<long>(last.Drift)] : [];

    private IEnumerable<Measurement<long>> Age() =>
        _last is { } last ? [new Measurement<long>((_time.GetUtcNow().ToUnixTimeMilliseconds() - last.At) / 1000)] : [];

    private sealed record Result(long At, long Drift);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "What the last audit found could not be read; tried again in a minute")]
        public static partial void NotRead(ILogger log, Exception e);
    }
}
