using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Storage.Sqlite;

/// <summary>
/// Connections that read, kept open with their prepared statements: preparing a list of rooms took twice as long as running it. Any thread.
/// </summary>
/// <param name="path">of the store's file</param>
internal sealed class SqliteReaders(string path) : IDisposable
{
    private const int Kept = 32;

    private readonly ConcurrentBag<SqliteReader> _idle = [];
    private volatile bool _isClosed;

    /// <summary>Opens a reader, the caller's until it is disposed.</summary>
    public SqliteReader Open()
    {
        if (_idle.TryTake(out var idle)) return idle;
        var reader = new SqliteReader(path, this);
        reader.Open();
        return reader;
    }

    /// <summary>Takes a reader back; false: it must be closed.</summary>
    public bool TryKeep(SqliteReader reader)
    {
        if (_isClosed || _idle.Count >= Kept) return false;
        _idle.Add(reader);
        if (_isClosed) Dispose();
        return true;
    }

    /// <summary>Closes the idle readers; the others are closed when they are disposed.</summary>
    public void Dispose()
    {
        _isClosed = true;
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }
}

/// <summary>
/// A connection for reading that keeps its statements. One user at a time, so it has no lock of SQLite's: with one, and through the driver
/// that also writes, a list of twenty rooms took twice as long.
/// </summary>
internal sealed class SqliteReader(string path, SqliteReaders readers) : DbConnection
{
    private const int KeptStatements = 100;
    private const int BusyMilliseconds = 30_000;    // readers wait only while a store is recovered

    private readonly Dictionary<string, SqliteQuery> _statements = [];
    private readonly HashSet<SqliteQuery> _taken = [];
    private sqlite3? _handle;
    private bool _hasFailed;

    [AllowNull]
    public override string ConnectionString { get => path; set => throw new NotSupportedException(); }

    public override string Database => "main";

    public override string DataSource => path;

    public override string ServerVersion => raw.sqlite3_libversion().utf8_to_string();

    public override ConnectionState State => _handle is null ? ConnectionState.Closed : ConnectionState.Open;

    public sqlite3 Handle => _handle ?? throw new InvalidOperationException("The reader is closed.");

    public override void Open()
    {
        var result = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX, null);
        if (result != raw.SQLITE_OK)
        {
            using (handle) SqliteException.ThrowExceptionForRC(result, handle);
        }

        raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
        SqliteFile.KeepPlans(handle);
        _handle = handle;
    }

    public override void Close()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
        _handle?.Dispose();
        _handle = null;
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    /// <summary>Prepares a statement, or takes the prepared one.</summary>
    public SqliteQuery Take(string sql)
    {
        if (!_statements.Remove(sql, out var statement)) statement = new SqliteQuery(Handle, sql);
        _taken.Add(statement);
        return statement;
    }

    /// <summary>Takes the step to a statement's next row; false: there is none.</summary>
    public bool Step(SqliteQuery statement)
    {
        var failed = true;
        try
        {
            var isRow = statement.Step();
            failed = false;
            return isRow;
        }
        finally
        {
            _hasFailed |= failed;
        }
    }

    /// <summary>Ends a statement and keeps it for the next user.</summary>
    public void GiveBack(SqliteQuery statement)
    {
        if (!_taken.Remove(statement)) return;
        statement.Reset();
        if (_hasFailed || _statements.Count >= KeptStatements || !_statements.TryAdd(statement.Sql, statement)) statement.Dispose();
    }

    /// <summary>Begins to read one state of the store, whatever the level.</summary>
    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => new Snapshot(this);

    protected override DbCommand CreateDbCommand() => new SqliteReaderCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing && _handle is not null)
        {
            foreach (var statement in _taken.ToArray()) GiveBack(statement);    // of rows that were not closed
            if (!_hasFailed && readers.TryKeep(this)) return;
            Close();
        }

        base.Dispose(disposing);
    }

    private sealed class Snapshot : DbTransaction
    {
        private readonly SqliteReader _reader;
        private bool _isOver;

        public Snapshot(SqliteReader reader)
        {
            _reader = reader;
            Run("BEGIN");
        }

        public override IsolationLevel IsolationLevel => IsolationLevel.Serializable;

        protected override DbConnection? DbConnection => _isOver ? null : _reader;

        public override void Commit() => Rollback();

        public override void Rollback()
        {
            if (_isOver) return;
            _isOver = true;
            Run("ROLLBACK");
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) Rollback();
            base.Dispose(disposing);
        }

        private void Run(string sql)
        {
            var result = raw.sqlite3_exec(_reader.Handle, sql);
            if (result == raw.SQLITE_OK) return;
            _reader._hasFailed = true;
            SqliteException.ThrowExceptionForRC(result, _reader.Handle);
        }
    }
}
