using System.Data.Common;

namespace Maru.Server.Storage;

/// <summary>Rows whose texts can be read as the bytes that the store has.</summary>
internal abstract class Utf8Reader : DbDataReader
{
    /// <summary>Returns the bytes of a text that is not null, until the next row.</summary>
    public abstract ReadOnlySpan<byte> Utf8(int ordinal);

    /// <summary>Returns the bytes of a text, until the next row; empty where it is null.</summary>
    public static ReadOnlySpan<byte> Text(DbDataReader row, int column)
    {
        if (row.IsDBNull(column)) return default;
        return row is Utf8Reader own ? own.Utf8(column) : row.GetFieldValue<byte[]>(column);
    }
}
