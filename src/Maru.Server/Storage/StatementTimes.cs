namespace Maru.Server.Storage;

/// <summary>
/// Which statements take longest, over the last five to ten minutes: of at most <see cref="MaxStatements"/>, by their text, which has no
/// values. Those of this process, whatever their store. One lock: an add takes a microsecond, with four threads no longer than with one,
/// and the statements of the commit loops are not among them. Any thread.
/// </summary>
internal static class StatementTimes
{
    public const int MaxStatements = 300;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private static readonly Lock Gate = new();

    private static Dictionary<string, StatementTime> Now = [];
    private static Dictionary<string, StatementTime> Before = [];
    private static long Began = TimeProvider.System.GetTimestamp();

    /// <summary>Runs a statement and takes its time.</summary>
    /// <param name="sql">without values</param>
    public static async Task<T> MeasureAsync<T>(string sql, Func<Task<T>> run)
    {
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            return await run();
        }
        finally
        {
            Add(sql, TimeProvider.System.GetElapsedTime(began));
        }
    }

    public static void Add(string sql, TimeSpan took)
    {
        lock (Gate)
        {
            Turn();
            if (!Now.TryGetValue(sql, out var known) && Now.Count >= MaxStatements) return;
            Now[sql] = new StatementTime(sql, 1, took, took).With(known);
        }
    }

    /// <summary>Returns the statements, in any order.</summary>
    public static IReadOnlyList<StatementTime> List()
    {
        lock (Gate)
        {
            Turn();
            return [.. Now.Values.Concat(Before.Values).GroupBy(x => x.Sql).Select(x => x.Aggregate((a, b) => a.With(b)))];
        }
    }

    private static void Turn()
    {
        var passed = TimeProvider.System.GetElapsedTime(Began);
        if (passed < Window) return;
        (Before, Now) = (passed < 2 * Window ? Now : [], []);
        Began = TimeProvider.System.GetTimestamp();
    }
}

/// <param name="Total">of all its runs</param>
internal readonly record struct StatementTime(string Sql, long Count, TimeSpan Total, TimeSpan Longest)
{
    public StatementTime With(in StatementTime other) => new(
        Sql, Count + other.Count, Total + other.Total, Longest > other.Longest ? Longest : other.Longest);
}
