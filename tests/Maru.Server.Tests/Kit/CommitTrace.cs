using System.Diagnostics;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Maru.Server.Tests.Kit;

/// <summary>The statements that a server's commit loops run, as the store's library tells them.</summary>
internal sealed class CommitTrace : IDisposable
{
    private readonly List<string> _statements = [];
    private ActivityListener? _listener;

    public int Count
    {
        get
        {
            lock (_statements) return _statements.Count;
        }
    }

    public static async Task<CommitTrace> BeginAsync(MaruServer server)
    {
        var trace = new CommitTrace();
        if (TestStore.IsPostgres) trace.Listen(new NpgsqlConnectionStringBuilder(server.Store).Database!);
        else await trace.TraceAsync((SqliteDatabase)server.Service<Database>());
        return trace;
    }

    public void Clear()
    {
        lock (_statements) _statements.Clear();
    }

    public void Dispose() => _listener?.Dispose();

    private async Task TraceAsync(SqliteDatabase store)
    {
        using var lease = await store.EnterWriterAsync(TestContext.Current.CancellationToken);
        strdelegate_trace trace = (_, sql) => Note(sql);
        raw.sqlite3_trace(lease.Connection.Handle, trace, null);
    }

    private void Listen(string database)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (!activity.TagObjects.Any(x => x.Value as string == database)) return;
                // A batch is one activity, with all of its statements.
                var text = activity.TagObjects.FirstOrDefault(x => x.Key is "db.query.text" or "db.statement").Value;
                foreach (var sql in (text as string ?? "").Split(';')) Note(sql);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private void Note(string sql)
    {
        if (Thread.CurrentThread.Name?.StartsWith("maru commit", StringComparison.Ordinal) is not true) return;
        if (sql.Trim().Length == 0) return;
        lock (_statements) _statements.Add(sql);
    }
}
