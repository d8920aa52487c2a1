using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace Maru.Server.Storage;

/// <summary>
/// The differences between the two stores' SQL. Slices write SQL that both understand, and three things that only this understands:
/// <list type="bullet">
/// <item><c>IN @list</c>, for a list of values</item>
/// <item><c>WITH x (a, b) AS ROWS @rows</c>, for a table of numbers, and of text where a column is <c>b TEXT</c>; the parameter is <see
/// cref="Rows(IEnumerable{long[]})"/></item>
/// <item><c>FOR UPDATE OF x</c>, or <c>FOR NO KEY UPDATE OF x</c>, at the end, which SQLite, with one writer, does without</item>
/// </list>
/// The rest is in each store's own folder.
/// </summary>
internal static partial class Dialect
{
    private const string Text = " TEXT";

    private static readonly ConcurrentDictionary<string, string> ForPostgres = new();
    private static readonly ConcurrentDictionary<string, string> ForSqlite = new();

    /// <summary>Rewrites SQL for the connection's store.</summary>
    public static string Write(DbConnection connection, string sql)
    {
        if (DbProviderFactories.GetFactory(connection) is NpgsqlFactory)
            return sql.Contains("IN @", StringComparison.Ordinal) || HasRows(sql) ? ForPostgres.GetOrAdd(sql, Postgres) : sql;
        return HasRows(sql) || sql.Contains(" UPDATE OF ", StringComparison.Ordinal) ? ForSqlite.GetOrAdd(sql, Sqlite) : sql;
    }

    /// <summary>Writes the rows of a table of numbers, each with a number for each column, as a parameter.</summary>
    public static string Rows(IEnumerable<long[]> rows)
    {
        var text = new StringBuilder("[");
        foreach (var row in rows)
        {
            text.Append(text.Length == 1 ? "[" : ",[");
            for (var i = 0; i < row.Length; i++)
            {
                if (i > 0) text.Append(',');
                text.Append(CultureInfo.InvariantCulture, $"{row[i]}");
            }

            text.Append(']');
        }

        return text.Append(']').ToString();
    }

    /// <summary>Writes the rows of a table with a number and a text.</summary>
    public static string Rows(IEnumerable<(long Number, string Text)> rows) =>
        $"[{string.Join(',', rows.Select(x => FormattableString.Invariant($"[{x.Number},\"{JsonEncodedText.Encode(x.Text)}\"]")))}]";

    private static bool HasRows(string sql) => sql.Contains(" AS ROWS @", StringComparison.Ordinal);

    private static string Postgres(string sql) => InRows().Replace(
        InList().Replace(sql, "= ANY($1)"),
        match => Table(
            match,
            (i, isText) => isText ? $"value ->> {i}" : $"(value ->> {i})::bigint",
            $"jsonb_array_elements({match.Groups["rows"]}::jsonb)"));

    private static string Sqlite(string sql) => ForUpdate().Replace(
        InRows().Replace(sql, match => Table(match, (i, _) => $"value ->> {i}", $"json_each({match.Groups["rows"]})")), "");

    private static string Table(Match match, Func<int, bool, string> column, string source)
    {
        var columns = match.Groups["columns"].Value.Split(", ");
        var names = string.Join(", ", columns.Select(x => x.Replace(Text, "", StringComparison.Ordinal)));
        var values = string.Join(", ", columns.Select((x, i) => column(i, x.EndsWith(Text, StringComparison.Ordinal))));
        return $"{match.Groups["name"]} ({names}) AS MATERIALIZED (SELECT {values} FROM {source})";
    }

    [GeneratedRegex(@"\bIN (@\w+)")]
    private static partial Regex InList();

    [GeneratedRegex(@"(?<name>\w+) \((?<columns>[^)]+)\) AS ROWS (?<rows>@\w+)")]
    private static partial Regex InRows();

    [GeneratedRegex(@"\s+FOR (NO KEY )?UPDATE OF \w+\s*$")]
    private static partial Regex ForUpdate();
}
