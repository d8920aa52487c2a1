using System.Collections;
using System.Text;
using SQLitePCL;

namespace Maru.Server.Storage.Sqlite;

/// <summary>The rows of a query, read straight from its statement. One user at a time.</summary>
/// <param name="reader">where the statement goes back to</param>
/// <param name="query">prepared and bound</param>
internal sealed class SqliteRows(SqliteReader reader, SqliteQuery query) : Utf8Reader
{
    private bool _isClosed;
    private bool _isRow;
    private bool _isOver;

    public override int Depth => 0;

    public override int FieldCount => query.Columns.Length;

    public override bool HasRows => throw new NotSupportedException("Read tells.");

    public override bool IsClosed => _isClosed;

    public override int RecordsAffected => -1;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool Read()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_isOver) return false;      // SQLite would begin again
        _isRow = reader.Step(query);
        _isOver = !_isRow;
        return _isRow;
    }

    public override bool NextResult() => false;

    public override bool IsDBNull(int ordinal) => Type(ordinal) == raw.SQLITE_NULL;

    public override long GetInt64(int ordinal) =>
        Type(ordinal) == raw.SQLITE_NULL ? throw Null(ordinal) : SqliteColumns.Int64(query.Handle, ordinal);

    public override string GetString(int ordinal) => Encoding.UTF8.GetString(Utf8(ordinal));

    public override ReadOnlySpan<byte> Utf8(int ordinal) =>
        Type(ordinal) == raw.SQLITE_NULL ? throw Null(ordinal) : SqliteColumns.Bytes(query.Handle, ordinal);

    public override object GetValue(int ordinal) => Type(ordinal) switch
    {
        raw.SQLITE_INTEGER => SqliteColumns.Int64(query.Handle, ordinal),
        raw.SQLITE_FLOAT => SqliteColumns.Double(query.Handle, ordinal),
        raw.SQLITE_TEXT => Encoding.UTF8.GetString(SqliteColumns.Bytes(query.Handle, ordinal)),
        raw.SQLITE_BLOB => SqliteColumns.Bytes(query.Handle, ordinal).ToArray(),
        _ => DBNull.Value,
    };

    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, FieldCount);
        for (var i = 0; i < count; i++) values[i] = GetValue(i);
        return count;
    }

    public override string GetName(int ordinal) => query.Columns[ordinal].Name;

    public override int GetOrdinal(string name) => Array.FindIndex(query.Columns, x => x.Name == name) is >= 0 and var i
        ? i
        : throw new ArgumentOutOfRangeException(nameof(name), name, "The query has no such column.");

    /// <summary>Returns the type of the value; of a null that of its column in the table.</summary>
    public override Type GetFieldType(int ordinal) => (_isRow ? Type(ordinal) : raw.SQLITE_NULL) switch
    {
        raw.SQLITE_INTEGER => typeof(long),
        raw.SQLITE_FLOAT => typeof(double),
        raw.SQLITE_TEXT => typeof(string),
        raw.SQLITE_BLOB => typeof(byte[]),
        _ => query.Columns[ordinal].Type,
    };

    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;

    public override bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;

    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));

    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));

    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    public override double GetDouble(int ordinal) => (double)GetValue(ordinal);

    public override float GetFloat(int ordinal) => throw new NotSupportedException();

    public override decimal GetDecimal(int ordinal) => throw new NotSupportedException();

    public override char GetChar(int ordinal) => throw new NotSupportedException();

    public override DateTime GetDateTime(int ordinal) => throw new NotSupportedException();

    public override Guid GetGuid(int ordinal) => throw new NotSupportedException();

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        throw new NotSupportedException();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        throw new NotSupportedException();

    public override IEnumerator GetEnumerator() => throw new NotSupportedException();

    public override void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        reader.GiveBack(query);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Close();
        base.Dispose(disposing);
    }

    private int Type(int column)
    {
        if (_isClosed || !_isRow || (uint)column >= (uint)query.Columns.Length)
            throw new InvalidOperationException("There is no such value.");
        return SqliteColumns.Type(query.Handle, column);
    }

    private InvalidCastException Null(int column) => new($"The column {GetName(column)} is NULL.");
}
