using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Maru.Server.Configuration;

namespace Maru.Server.Storage;

/// <summary>
/// Migrates the schema to the newest that this program knows: numbered scripts, forward only, each in one transaction, one node at a time.
/// Programs of two versions share a schema: a script that an older program cannot live with says so in a line <c>-- needs: number</c>, the
/// lowest schema that a program must know from then on. An <see cref="ExistingStore"/> is not migrated: it must have that schema.
/// </summary>
internal sealed partial class Migrator(
    Database database, TimeProvider time, ILogger<Migrator> log, ExistingStore? existing = null, RestoringStore? restoring = null)
{
    /// <summary>Steps that SQL cannot do: each follows the script of that name, in its transaction.</summary>
    private static readonly Dictionary<string, Func<DbTransaction, CancellationToken, Task>> Code = new()
    {
        ["0004_names"] = StoredNames.NormalizeAsync,
    };

    /// <summary>The newest schema that this program knows.</summary>
    public long Known => NewestOf(database.Folder);

    /// <summary>The same where no store is open.</summary>
    /// <param name="folder">the <see cref="Database.Folder"/> of the kind of store</param>
    public static long NewestOf(string folder) => Scripts(folder)[^1].Number;

    /// <exception cref="StartException">
    /// The store is too new for the program, or a node runs that is too old for the store, or the store cannot be used.
    /// </exception>
    public async Task MigrateAsync(CancellationToken ct)
    {
        try
        {
            await database.ReachAsync(ct);
            var scripts = Scripts(database.Folder);
            var (applied, needs) = await AppliedAsync(ct);
            if (needs > scripts[^1].Number)
                throw new StartException(
                    $"The store {database.Name} has schema {applied} and needs a program that knows {needs}; "
                    + $"this one knows {scripts[^1].Number}. Start a newer program.");
            if (applied > scripts[^1].Number) Log.Newer(log, applied, scripts[^1].Number);
            foreach (var script in scripts.Where(x => x.Number > applied)) await ApplyAsync(script, isNew: applied == 0, ct);
        }
        catch (DbException e)
        {
            throw database.Unusable(e);
        }
    }

    private static Script[] Scripts(string folder) =>
    [
        .. from resource in typeof(Migrator).Assembly.GetManifestResourceNames()
           where resource.StartsWith(folder, StringComparison.Ordinal)
           let name = Path.GetFileNameWithoutExtension(resource[folder.Length..])
           orderby name
           select new Script(long.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, resource),
    ];

    private Task<(long Applied, long Needs)> AppliedAsync(CancellationToken ct) => database.WriteAsync(
        async (transaction, token) =>
        {
            await database.LockSchemaAsync(transaction, token);
            if (restoring is null && await database.IsRestoringAsync(transaction, token))
                throw new StartException(
                    $"{database.Name} holds a restore that is going on, or was cut off. Wait for its end; "
                    + "where none runs, make the database anew (dropdb, createdb) and restore again.");
            await transaction.ExecuteAsync(
                """
                CREATE TABLE IF NOT EXISTS migrations (
                  number BIGINT PRIMARY KEY, name TEXT NOT NULL, needs BIGINT NOT NULL, applied_at BIGINT NOT NULL)
                """,
                null, token);
            var row = await transaction.FirstAsync<State>(
                "SELECT coalesce(max(number), 0) AS applied, coalesce(max(needs), 0) AS needs FROM migrations", null, token);
            var (applied, needs) = (row?.Applied ?? 0, row?.Needs ?? 0);
            if (existing is not null && applied < Known) throw Unready(applied);    // and nothing was changed
            return (applied, needs);
        },
        ct);

    private StartException Unready(long applied) => new(
        applied == 0
            ? $"{database.Name} holds no store of Maru. Correct Maru:Database."
            : $"The store {database.Name} has schema {applied}, and this program works with {Known}. Start the new version of the server "
                + "once, which brings the store up to it, or take the program of the version that runs.");

    private Task ApplyAsync(Script script, bool isNew, CancellationToken ct) => database.WriteAsync(
        async (transaction, token) =>
        {
            await database.LockSchemaAsync(transaction, token);
            const string find = "SELECT number FROM migrations WHERE number = @Number";
            if (await transaction.FirstAsync<long>(find, new { script.Number }, token) > 0) return;
            var sql = script.Read();
            var needs = Needs().Match(sql) is { Success: true } match
                ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                : 0;
            if (needs > 0 && !isNew) await RefuseBesideOlderAsync(transaction, script, needs, token);
            await RunAsync(transaction, sql, token);
            if (Code.TryGetValue(script.Name, out var code)) await code(transaction, token);
            await transaction.ExecuteAsync(
                "INSERT INTO migrations (number, name, needs, applied_at) VALUES (@Number, @Name, @needs, @now)",
                new { script.Number, script.Name, needs, now = time.GetUtcNow().ToUnixTimeMilliseconds() },
                token);
            Log.Applied(log, script.Name);
        },
        ct);

    /// <summary>
    /// Refuses to migrate beside running nodes that cannot live with the script: they must end first, since they read long ago which schema
    /// the store needs.
    /// </summary>
    private async Task RefuseBesideOlderAsync(DbTransaction transaction, Script script, long needs, CancellationToken ct)
    {
        var older = await transaction.ListAsync<Node>(
            $"SELECT name, version FROM nodes WHERE schema_known < @needs AND lease_until >= {database.Clock} ORDER BY started_at",
            new { needs },
            ct);
        if (older.Count == 0)
        {
            if (database.TellsWhoRuns) return;
            throw new StartException(
                $"The store {database.Name} is of an older version, and a server may run on it. "
            + "End that server, start the new version once, "
                    + "which brings the store up to it, and try again.");
        }

        var names = string.Join(", ", older.Select(x => $"{x.Name} ({x.Version})"));
        throw new StartException(
            $"Nodes of an older version run on the store {database.Name}: {names}. They cannot live with what this one is about to change "
                + $"({script.Name}). End all of them, then start the new version: see Upgrading in docs/operations.md.");
    }

    /// <summary>Runs a script without a time-out: some scripts write every message anew.</summary>
    private static async Task RunAsync(DbTransaction transaction, string sql, CancellationToken ct)
    {
        var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction is over.");
        await using var command = connection.CreateCommand();
        (command.Transaction, command.CommandText, command.CommandTimeout) = (transaction, sql, 0);
        await command.ExecuteNonQueryAsync(ct);
    }

    [GeneratedRegex(@"^-- needs: (\d+)\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Needs();

    private sealed record Node(string Name, string Version);

    private sealed record State(long Applied, long Needs);

    private sealed record Script(long Number, string Name, string Resource)
    {
        public string Read()
        {
            using var reader = new StreamReader(typeof(Migrator).Assembly.GetManifestResourceStream(Resource) ?? Stream.Null);
            return reader.ReadToEnd();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Applied migration {Name}")]
        public static partial void Applied(ILogger log, string name);

        [LoggerMessage(LogLevel.Information, "The store has schema {Applied}, this program knows {Known}: they go together")]
        public static partial void Newer(ILogger log, long applied, long known);
    }
}
