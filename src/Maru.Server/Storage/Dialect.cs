using System.Collections.Concurrent;
using System.Data.Common;
using Maru.Engine.Log;
using Maru.Server.Storage.Postgres;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Maru.Server.Storage;

/// <summary>Where the two stores differ. Slices write SQL that both understand; what they cannot share is here, and in each store's own folder.</summary>
internal static class Dialect
{
    private static readonly ConcurrentDictionary<string, string> ForPostgres = new();

    /// <summary>The SQL as this store takes it. Slices write <c>IN @list</c> for a list of values.</summary>
    public static string Write(DbConnection connection, string sql) =>
        connection is NpgsqlConnection && sql.Contains("IN @", StringComparison.Ordinal)
            ? ForPostgres.GetOrAdd(sql, static text => System.Text.RegularExpressions.Regex.Replace(text, @"\bIN (@\w+)", "= ANY($1)"))
            : sql;

    /// <summary>The row is there already: what a race for a unique name looks like to the one who lost it.</summary>
    public static bool IsTaken(DbException e) => e switch
    {
        SqliteException sqlite => SqliteErrors.IsTaken(sqlite),
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        _ => false,
    };

    /// <summary>What the client is told about a store that failed; the log has the rest.</summary>
    public static Problem ProblemOf(DbException e) => e switch
    {
        SqliteException sqlite => SqliteErrors.ProblemOf(sqlite),
        NpgsqlException postgres => PostgresErrors.ProblemOf(postgres),
        _ => Problem.Unavailable,
    };

    /// <summary>What an operator is to do about a store that cannot be used.</summary>
    public static StartException Unusable(string store, DbException e) => e switch
    {
        SqliteException sqlite => SqliteErrors.Unusable(store, sqlite),
        NpgsqlException postgres => PostgresErrors.Unusable(store, postgres),
        _ => new StartException($"The store {store} cannot be used: {e.Message}", e),
    };
}
