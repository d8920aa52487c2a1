using Maru.Engine;
using Maru.Server.Storage;

namespace Maru.Server.Features.Operations;

/// <summary>
/// Tells the nodes every fifteen seconds, and when something changed, what this one does and what went wrong on it. Any thread.
/// </summary>
internal sealed class NodeReports(ChatEngine engine, LogLevels levels, ErrorBook errors, NodeBook book, TimeProvider time)
    : BackgroundService
{
    private const int Most = 10;        // statements of each order, and twice as many errors: some 20 kB
    private const int MaxSql = 600;     // characters

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>Returns what this node would tell now.</summary>
    public NodeReport Make() => new(
        engine.IsDraining,
        levels.Current,
        new SlowQueries(QueriesBy(x => x.Total), QueriesBy(x => x.Longest)),
        errors.List(2 * Most));

    public void Tell() => book.Tell(Make());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do Tell();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server goes down
        }
    }

    private static SlowQuery[] QueriesBy(Func<StatementTime, TimeSpan> key) =>
        [.. StatementTimes.List().OrderByDescending(key).Take(Most).Select(x => new SlowQuery(
            x.Sql.Length <= MaxSql ? x.Sql : $"{x.Sql[..MaxSql]}…", x.Count, x.Total.TotalSeconds, x.Longest.TotalSeconds))];
}
