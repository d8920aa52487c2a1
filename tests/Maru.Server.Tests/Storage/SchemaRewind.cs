using System.Text.RegularExpressions;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;

namespace Maru.Server.Tests.Storage;

/// <summary>
/// Takes a store's schema back to before a migration, by the scripts themselves: what they create and add is dropped, the last first. For
/// scripts that do nothing else to the schema.
/// </summary>
internal static partial class SchemaRewind
{
    /// <param name="number">of the first migration that is taken back</param>
    public static async Task RewindAsync(this MaruServer server, int number)
    {
        var isPostgres = server.Service<Database>() is PostgresDatabase;
        foreach (var drop in Scripts(isPostgres ? "postgres" : "sqlite", number).SelectMany(sql => Drops(sql, isPostgres).Reverse()))
            await ExecuteAsync(server, drop);
        await ExecuteAsync(server, $"DELETE FROM migrations WHERE number >= {number}");
    }

    /// <summary>Returns the scripts from that number on, the last first.</summary>
    private static IEnumerable<string> Scripts(string store, int number) =>
        from file in Directory.GetFiles(Repository.PathOf($"src/Maru.Server/Storage/Migrations/{store}"))
        let name = Path.GetFileName(file)
        where int.Parse(name[..4], System.Globalization.CultureInfo.InvariantCulture) >= number
        orderby name descending
        select File.ReadAllText(file);

    private static IEnumerable<string> Drops(string sql, bool isPostgres)
    {
        foreach (Match match in Statement().Matches(sql))
        {
            if (match.Groups["column"] is { Success: true } column)
                yield return $"ALTER TABLE {match.Groups["table"]} DROP COLUMN {column}";
            else if (match.Groups["kind"].Value is var kind && !(isPostgres && kind == "TRIGGER"))
                yield return $"DROP {kind} IF EXISTS {match.Groups["name"]}{(kind == "FUNCTION" ? " CASCADE" : "")}";
        }
    }

    private static Task ExecuteAsync(MaruServer server, string sql) => server.Service<Database>().WriteAsync(
        (transaction, ct) => transaction.ExecuteAsync(sql, null, ct), TestContext.Current.CancellationToken);

    [GeneratedRegex(
        @"^(?:CREATE (?:UNIQUE )?(?<kind>TABLE|INDEX|TRIGGER|FUNCTION) (?<name>\w+)|ALTER TABLE (?<table>\w+) ADD COLUMN (?<column>\w+))",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Statement();
}
