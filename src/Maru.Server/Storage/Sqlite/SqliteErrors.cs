using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Storage.Sqlite;

/// <summary>The meaning of SQLite's primary result codes: https://www.sqlite.org/rescode.html</summary>
internal static class SqliteErrors
{
    public const int Constraint = 19;

    private const int Error = 1;   // the SQL itself is wrong
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Io = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CantOpen = 14;
    private const int NotADatabase = 26;

    public static Problem ProblemOf(SqliteException e) => e.SqliteErrorCode switch
    {
        Full => Problem.StorageFull,
        Error or Constraint => Problem.Internal,
        _ => Problem.Unavailable,
    };

    public static StartException Unusable(string path, SqliteException e) => new(
        e.SqliteErrorCode switch
        {
            Busy or Locked => $"The store {path} is locked by another program. End that program, then start again.",
            ReadOnly => $"The store {path} or its folder is read-only. Give this user the right to write there.",
            CantOpen => $"The store {path} cannot be opened. Check that its folder exists and that this user may read and write there.",
            Io => $"The store {path} cannot be read or written ({e.Message}). "
                + "Check that there is room, and the disk itself, then start again.",
            Corrupt => $"The store {path} is damaged. Restore it from a backup, or save what is left with: sqlite3 {path} .recover",
            NotADatabase => $"{path} is not a SQLite database. Correct Maru:Database, or move that file away.",
            Full => $"There is no room left for the store {path}. Free some space, then start again.",
            _ => $"The store {path} cannot be used: {e.Message}",
        },
        e);
}
