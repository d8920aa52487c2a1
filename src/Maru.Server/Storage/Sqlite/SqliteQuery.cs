using System.Data.Common;
using SQLitePCL;

namespace Maru.Server.Storage.Sqlite;

/// <summary>A prepared statement that reads, with the names of its parameters and columns. One user at a time.</summary>
internal sealed class SqliteQuery : IDisposable
{
    private readonly SqliteStatement _statement;
    private readonly string[] _parameters;

    public SqliteQuery(sqlite3 connection, string sql)
    {
        Sql = sql;
        _statement = new SqliteStatement(connection, sql);
        _parameters = [.. Enumerable.Range(1, raw.sqlite3_bind_parameter_count(_statement.Handle))
            .Select(i => raw.sqlite3_bind_parameter_name(_statement.Handle, i).utf8_to_string())];
        Columns = [.. Enumerable.Range(0, raw.sqlite3_column_count(_statement.Handle)).Select(Column)];
        Handle = _statement.Handle.DangerousGetHandle();
    }

    public string Sql { get; }

    /// <summary>Each column's name, and its type where a value does not tell it.</summary>
    public (string Name, Type Type)[] Columns { get; }

    /// <summary>For <see cref="SqliteColumns"/>, until this is disposed.</summary>
    public nint Handle { get; }

    /// <summary>Binds the parameters of a command; those that the statement does not name are left out.</summary>
    public void Bind(DbParameterCollection parameters)
    {
        for (var i = 0; i < _parameters.Length; i++) _statement.BindValue(i + 1, Find(parameters, _parameters[i]).Value);
    }

    /// <inheritdoc cref="SqliteStatement.Step"/>
    public bool Step() => _statement.Step();

    /// <summary>Ends the reading, and lets go of what was bound.</summary>
    public void Reset()
    {
        _statement.Reset();
        raw.sqlite3_clear_bindings(_statement.Handle);
    }

    public void Dispose() => _statement.Dispose();

    /// <summary>Finds a parameter by its name, which may be without the sign that it has in the statement.</summary>
    private static DbParameter Find(DbParameterCollection parameters, string name)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            var own = parameters[i].ParameterName;
            if (own == name || name.AsSpan(1).SequenceEqual(own)) return parameters[i];
        }

        throw new InvalidOperationException($"The statement's parameter {name} has no value.");
    }

    private (string, Type) Column(int column)
    {
        var declared = raw.sqlite3_column_decltype(_statement.Handle, column).utf8_to_string();
        var type = declared switch
        {
            "INTEGER" => typeof(long),
            "REAL" => typeof(double),
            "TEXT" => typeof(string),
            _ => typeof(byte[]),    // as SQLite's other drivers say of an expression
        };
        return (raw.sqlite3_column_name(_statement.Handle, column).utf8_to_string(), type);
    }
}
