using Maru.Engine;
using Maru.Server.Platform;
using Maru.Server.Storage;

namespace Maru.Server.Features.Operations;

/// <summary>
/// Tells the nodes every fifteen seconds, and when something changed, what this one does and what went wrong on it. Any thread.
/// </summary>
internal sealed partial class NodeReports(
    ChatEngine engine, LogLevels levels, ErrorBook errors, NodeBook book, TimeProvider time, ILogger<NodeReports> log) : Sweep(Every, time)
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

    protected override Task SweepAsync(CancellationToken ct)
    {
        Tell();
        return Task.CompletedTask;
    }

    protected override void Failed(LogLevel level, Exception e) => Log.Failed(log, level, e);

    private static SlowQuery[] QueriesBy(Func<StatementTime, TimeSpan> key) =>
        [.. StatementTimes.List().OrderByDescending(key).Take(Most).Select(x => new SlowQuery(
            x.Sql.Length <= MaxSql ? x.Sql : $"{x.Sql[..MaxSql]}…", x.Count, x.Total.TotalSeconds, x.Longest.TotalSeconds))];

    private static partial class Log
    {
        [LoggerMessage("This node's report failed. The next one is made in fifteen seconds")]
        public static partial void Failed(ILogger log, LogLevel level, Exception e);
    }
}
