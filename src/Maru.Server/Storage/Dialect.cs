using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;

namespace Maru.Server.Storage;

/// <summary>
/// The differences between the two stores' SQL. Slices write SQL that both understand; the rest is in each store's own folder.
/// </summary>
internal static partial class Dialect
{
    private static readonly ConcurrentDictionary<string, string> ForPostgres = new();

    /// <summary>Rewrites SQL for the connection's store. Slices write <c>IN @list</c> for a list of values.</summary>
    public static string Write(DbConnection connection, string sql) =>
        connection is NpgsqlConnection && sql.Contains("IN @", StringComparison.Ordinal)
            ? ForPostgres.GetOrAdd(sql, static text => InList().Replace(text, "= ANY($1)"))
            : sql;

    [GeneratedRegex(@"\bIN (@\w+)")]
    private static partial Regex InList();
}
