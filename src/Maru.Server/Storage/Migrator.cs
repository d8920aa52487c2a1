using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Storage;

/// <summary>Brings the schema up to what this program knows: numbered scripts, forward only, each in one transaction.</summary>
internal sealed partial class Migrator(Database database, TimeProvider time, ILogger<Migrator> log)
{
    private const string Folder = "Maru.Server.Storage.Migrations.sqlite.";

    /// <exception cref="StartException">The store is newer than the program, or cannot be used.</exception>
    public async Task MigrateAsync(CancellationToken ct)
    {
        var scripts = Scripts();
        try
        {
            var applied = await AppliedAsync(ct);
            if (applied > scripts[^1].Number)
                throw new StartException($"The store {database.Name} has schema {applied}, this program knows {scripts[^1].Number}. Start the newer program.");
            foreach (var script in scripts) await ApplyAsync(script, ct);
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Unusable(database.Name, e);
        }
    }

    private static Script[] Scripts() =>
    [
        .. from resource in typeof(Migrator).Assembly.GetManifestResourceNames()
           where resource.StartsWith(Folder, StringComparison.Ordinal)
           let name = Path.GetFileNameWithoutExtension(resource[Folder.Length..])
           orderby name
           select new Script(long.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, resource),
    ];

    private Task<long> AppliedAsync(CancellationToken ct) => database.WriteAsync(
        (transaction, token) => transaction.FirstAsync<long>(
            """
            CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL);
            SELECT coalesce(max(number), 0) FROM migrations
            """,
            null,
            token),
        ct);

    private Task ApplyAsync(Script script, CancellationToken ct) => database.WriteAsync(
        async (transaction, token) =>
        {
            if (await transaction.FirstAsync<long>("SELECT number FROM migrations WHERE number = @Number", new { script.Number }, token) > 0) return;
            await transaction.ExecuteAsync(script.Read(), null, token);
            await transaction.ExecuteAsync(
                "INSERT INTO migrations (number, name, applied_at) VALUES (@Number, @Name, @now)",
                new { script.Number, script.Name, now = time.GetUtcNow().ToUnixTimeMilliseconds() },
                token);
            Log.Applied(log, script.Name);
        },
        ct);

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
    }
}
