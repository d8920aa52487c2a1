using System.Data.Common;
using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Storage.Sqlite;

/// <summary>
/// SQLite in a file: many readers, one writer. Writers wait here, in the order of arrival, instead of polling the file. Any thread.
/// </summary>
internal sealed partial class SqliteDatabase : Database
{
    /// <summary>The beginning of its migrations' resource names.</summary>
    public const string Scripts = "Maru.Server.Storage.Migrations.sqlite.";

    /// <summary>Run after messages without keys were inserted beside the log: the next start need not search them.</summary>
    private const string SkipKeyless =
        """
        UPDATE message_keys_watermark SET message_id = (SELECT coalesce(max(id), 0) FROM messages)
        WHERE NOT EXISTS (SELECT 1 FROM messages WHERE id > message_id AND client_key IS NOT NULL)
        """;

    private const long BulkCacheBytes = 256 << 20;

    private readonly StoreClaim? _claim;
    private readonly SqliteFile _file;
    private readonly SqliteOptions _options;
    private readonly SqliteReaders _readers;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _gate = new(1, 1);   // its asynchronous waiters are served first come, first served

    /// <param name="claim">keeps other servers out while the store is open; null in programs that may run beside a server</param>
    /// <param name="existing">null in programs that may make the store</param>
    public SqliteDatabase(
        StorageOptions storage, SqliteOptions options, ILogger<SqliteDatabase> log, StoreClaim? claim = null,
        ExistingStore? existing = null)
    {
        _claim = claim;
        if (options.Synchronous != "FULL") Log.Relaxed(log, options.Synchronous);
        _options = options;
        _file = SqliteFile.Prepare(storage.Database, mayMake: existing is null);
        _readers = new SqliteReaders(_file.Path);
        _writer = _file.OpenWriter(options);
        _file.CloseToOthers(log);   // now that it is a store
    }

    /// <summary>The file.</summary>
    public override string Name => _writer.DataSource;

    public override string Folder => Scripts;

    public override string Clock => "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

    public override bool TellsWhoRuns => _claim is not null;

    /// <summary>Opens a reader. It sees one state of the store for as long as a statement or transaction on it lasts.</summary>
    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        return _readers.Open();
    }

    protected override async Task<T> TransactAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> write, CancellationToken ct)
    {
        using var lease = await EnterWriterAsync(ct);
        var transaction = lease.Connection.BeginTransaction();   // BEGIN IMMEDIATE
        try
        {
            var result = await write(transaction, ct);
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        finally
        {
            End(transaction, lease.Connection.Handle);
        }
    }

    /// <summary>Inserts rows and checkpoints at once, so that the write-ahead log does not grow with them.</summary>
    public override async Task InsertAsync(string table, string[] columns, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        using var lease = await EnterWriterAsync(ct);
        var writer = lease.Connection.Handle ?? throw new InvalidOperationException("The writer is not open.");
        // Many rows change the same pages of their indexes; those that do not fit are written more than once.
        Run($"PRAGMA cache_size = {-BulkCacheBytes / 1024}");
        var places = string.Join(", ", Enumerable.Range(1, columns.Length).Select(i => $"?{i}"));
        using (var insert = new SqliteStatement(writer, $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({places})"))
        using (var transaction = lease.Connection.BeginTransaction())
        {
            foreach (var row in rows)
            {
                ct.ThrowIfCancellationRequested();
                for (var i = 0; i < row.Length; i++) insert.BindValue(i + 1, row[i]);
                insert.Run();
            }

            transaction.Commit();
        }

        if (table == "messages") Run(SkipKeyless);
        Run("PRAGMA wal_checkpoint(TRUNCATE)");
        Run($"PRAGMA cache_size = {-_options.CacheBytes / 1024}");

        void Run(string sql)
        {
            using var command = new SqliteCommand(sql, lease.Connection);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Nothing to do: there is one writer.</summary>
    public override Task LockSchemaAsync(DbTransaction transaction, CancellationToken ct) => Task.CompletedTask;

    public override Problem ProblemOf(DbException e) => e is SqliteException sqlite ? SqliteErrors.ProblemOf(sqlite) : Problem.Unavailable;

    public override StartException Unusable(DbException e) =>
        e is SqliteException sqlite ? SqliteErrors.Unusable(Name, sqlite) : base.Unusable(e);

    /// <summary>Waits until the writer is free. The connection is the caller's alone until the lease is disposed.</summary>
    public async ValueTask<WriterLease> EnterWriterAsync(CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        await _gate.WaitAsync(ct);
        return new WriterLease(_writer, _gate);
    }

    /// <inheritdoc cref="EnterWriterAsync"/>
    /// <remarks>For the commit loop, on its own thread.</remarks>
    public WriterLease EnterWriter()
    {
        _gate.Wait();
        return new WriterLease(_writer, _gate);
    }

    /// <summary>Opens a connection for the write-ahead log's checkpoints; the caller's to dispose.</summary>
    public SqliteConnection OpenCheckpointer() => _file.OpenWriter(_options);

    /// <summary>Waits for the write under way. Closing the last connection checkpoints the write-ahead log.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        _readers.Dispose();
        await _writer.DisposeAsync();
        _claim?.Dispose();
        _gate.Dispose();
    }

    /// <summary>
    /// Ends a failed transaction. Some failures, a full disk among them, have rolled back already: ADO.NET would fail at rolling back once
    /// more, hide the cause, and keep the transaction as open for ever, so it is given one to roll back.
    /// </summary>
    private static void End(SqliteTransaction transaction, sqlite3? writer)
    {
        var open = transaction.Connection is not null;
        if (open && raw.sqlite3_get_autocommit(writer) != 0) raw.sqlite3_exec(writer, "BEGIN");
        transaction.Dispose();
        if (open && raw.sqlite3_get_autocommit(writer) == 0) raw.sqlite3_exec(writer, "ROLLBACK");
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Maru:Sqlite:Synchronous is {Mode}: a power cut can take back what was acknowledged")]
        public static partial void Relaxed(ILogger log, string mode);
    }
}

/// <summary>The right to the one writer connection. Dispose it once.</summary>
internal readonly struct WriterLease(SqliteConnection connection, SemaphoreSlim gate) : IDisposable
{
    public SqliteConnection Connection { get; } = connection;

    public void Dispose() => gate.Release();
}
