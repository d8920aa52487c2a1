using System.Runtime.InteropServices;

namespace Maru.Server.Storage.Sqlite;

/// <summary>
/// The values of a statement's current row, straight from SQLite: https://www.sqlite.org/c3ref/column_blob.html. Through SQLitePCL each
/// call counts the users of two handles; a list of twenty rooms has 1,400 values and null checks. The statement must live as long as the
/// call, and its connection must have no lock (<c>SQLITE_OPEN_NOMUTEX</c>) or no other user: the calls hold up the collector.
/// </summary>
internal static unsafe partial class SqliteColumns
{
    private const string Library = "e_sqlite3";
    private const DllImportSearchPath Path = DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory;

    /// <summary>The type of the value, <c>SQLITE_INTEGER</c> to <c>SQLITE_NULL</c>.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    [DefaultDllImportSearchPaths(Path)]
    [SuppressGCTransition]
    public static partial int Type(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    [DefaultDllImportSearchPaths(Path)]
    [SuppressGCTransition]
    public static partial long Int64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_double")]
    [DefaultDllImportSearchPaths(Path)]
    [SuppressGCTransition]
    public static partial double Double(nint statement, int column);

    /// <summary>The bytes of a text or blob, until the statement goes on to another row.</summary>
    public static ReadOnlySpan<byte> Bytes(nint statement, int column)
    {
        var bytes = Blob(statement, column);     // before its length: a number becomes a text here
        return new ReadOnlySpan<byte>(bytes, Length(statement, column));
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    [DefaultDllImportSearchPaths(Path)]
    [SuppressGCTransition]
    private static partial byte* Blob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    [DefaultDllImportSearchPaths(Path)]
    [SuppressGCTransition]
    private static partial int Length(nint statement, int column);
}
