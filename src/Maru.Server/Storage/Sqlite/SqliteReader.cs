using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Storage.Sqlite;

/// <summary>
/// Connections that read, kept open with their prepared statements: preparing a list of rooms took twice as long as running it. Any thread.
/// </summary>
internal sealed class SqliteReaders(string connectionString) : IDisposable
{
    private const int Kept = 32;

    private readonly ConcurrentBag<SqliteReader> _idle = [];
    private volatile bool _isClosed;

    /// <summary>Opens a reader, the caller's until it is disposed.</summary>
    public SqliteReader Open()
    {
        if (_idle.TryTake(out var idle)) return idle;
        var reader = new SqliteReader(connectionString, this);
        reader.Open();
        SqliteFile.KeepPlans(reader);
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

/// <summary>A connection for reading that keeps its statements. One user at a time.</summary>
internal sealed class SqliteReader(string connectionString, SqliteReaders readers) : SqliteConnection(connectionString)
{
    private const int KeptStatements = 100;

    private readonly Dictionary<string, SqliteCommand> _statements = [];
    private readonly HashSet<SqliteCommand> _taken = [];
    private bool _hasFailed;

    protected override DbCommand CreateDbCommand() => new Command(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Dapper's readers forget their command when they are disposed asynchronously.
            foreach (var statement in _taken.ToArray()) GiveBack(statement);
            if (!_hasFailed && State == ConnectionState.Open && readers.TryKeep(this)) return;
            foreach (var statement in _statements.Values) statement.Dispose();
            _statements.Clear();
        }

        base.Dispose(disposing);
    }

    private SqliteCommand Take(string sql)
    {
        if (!_statements.Remove(sql, out var statement))
        {
            statement = CreateCommand();
            statement.CommandText = sql;
            statement.Prepare();
        }

        _taken.Add(statement);
        return statement;
    }

    private void GiveBack(SqliteCommand statement)
    {
        if (!_taken.Remove(statement)) return;
        statement.Parameters.Clear();
        if (_hasFailed || _statements.Count >= KeptStatements || !_statements.TryAdd(statement.CommandText, statement)) statement.Dispose();
    }

    /// <summary>
    /// A command that runs on the prepared statement of its text. The statement goes back when the command or the connection is disposed;
    /// its reader must be closed by then.
    /// </summary>
    private sealed class Command(SqliteReader connection) : DbCommand
    {
        private readonly SqliteCommand _own = new();    // holds the parameters
        private SqliteCommand? _statement;

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; } = connection.DefaultTimeout;

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; } = connection;

        protected override DbParameterCollection DbParameterCollection => _own.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        public override int ExecuteNonQuery() => Run(x => x.ExecuteNonQuery());

        public override object? ExecuteScalar() => Run(x => x.ExecuteScalar());

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Run(x => x.ExecuteReader(behavior));

        protected override DbParameter CreateDbParameter() => new SqliteParameter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                if (_statement is { } statement) connection.GiveBack(statement);
                _statement = null;
                _own.Dispose();
            }

            base.Dispose(disposing);
        }

        private T Run<T>(Func<SqliteCommand, T> run)
        {
            if (_statement is { } before) connection.GiveBack(before);
            var statement = _statement = connection.Take(CommandText);
            statement.Transaction = (SqliteTransaction?)DbTransaction;
            statement.CommandTimeout = CommandTimeout;
            foreach (SqliteParameter parameter in _own.Parameters) statement.Parameters.Add(parameter);
            try
            {
                return run(statement);
            }
            catch
            {
                connection._hasFailed = true;
                throw;
            }
        }
    }
}
