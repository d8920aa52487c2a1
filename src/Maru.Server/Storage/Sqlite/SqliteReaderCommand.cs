using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Storage.Sqlite;

/// <summary>A command that runs on the prepared statement of its text, which goes back when its rows are closed.</summary>
internal sealed class SqliteReaderCommand(SqliteReader reader) : DbCommand
{
    private readonly SqliteCommand _own = new();    // holds the parameters

    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; } = reader;

    protected override DbParameterCollection DbParameterCollection => _own.Parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel()
    {
    }

    public override void Prepare()
    {
    }

    public override int ExecuteNonQuery()
    {
        using var rows = ExecuteReader();
        while (rows.Read())
        {
        }

        return -1;
    }

    public override object? ExecuteScalar()
    {
        using var rows = ExecuteReader();
        return rows.Read() ? rows.GetValue(0) : null;
    }

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        var query = reader.Take(CommandText);
        query.Bind(_own.Parameters);
        return new SqliteRows(reader, query);
    }

    protected override DbParameter CreateDbParameter() => new SqliteParameter();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _own.Dispose();
        base.Dispose(disposing);
    }
}
