using System.Data.Common;
using Maru.Engine;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Storage;

/// <summary>Where the two stores differ. Slices write SQL that both understand; what they cannot share is here.</summary>
internal static class Dialect
{
    // Primary result codes, https://www.sqlite.org/rescode.html
    public const int SqliteError = 1;   // the SQL itself is wrong
    public const int SqliteBusy = 5;
    public const int SqliteLocked = 6;
    public const int SqliteReadOnly = 8;
    public const int SqliteIo = 10;
    public const int SqliteCorrupt = 11;
    public const int SqliteFull = 13;
    public const int SqliteCantOpen = 14;
    public const int SqliteConstraint = 19;
    public const int SqliteNotADatabase = 26;

    private const int SqliteUnique = SqliteConstraint | (8 << 8);
    private const int SqlitePrimaryKey = SqliteConstraint | (6 << 8);

    /// <summary>The row is there already: what a race for a unique name looks like to the one who lost it.</summary>
    public static bool IsTaken(DbException e) => e is SqliteException { SqliteExtendedErrorCode: SqliteUnique or SqlitePrimaryKey };

    /// <summary>What the client is told about a store that failed; the log has the rest.</summary>
    public static Problem ProblemOf(DbException e) => e switch
    {
        SqliteException { SqliteErrorCode: SqliteFull } => Problem.StorageFull,
        SqliteException { SqliteErrorCode: SqliteError or SqliteConstraint } => Problem.Internal,
        _ => Problem.Unavailable,
    };
}
