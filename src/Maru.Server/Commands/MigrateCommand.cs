using System.CommandLine;
using System.Globalization;
using Maru.Server.Configuration;
using Maru.Server.RoomLog;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Spectre.Console;

namespace Maru.Server.Commands;

/// <summary><c>maru migrate</c>: copies everything from a SQLite file to PostgreSQL, when one process is no longer enough.</summary>
internal static class MigrateCommand
{
    /// <param name="guard">turns exceptions into an exit code</param>
    public static Command Create(Func<Func<Task>, Task<int>> guard)
    {
        var from = new Option<string>("--from") { Description = "The SQLite store", DefaultValueFactory = _ => "Data Source=data/maru.db" };
        var to = new Option<string>("--to")
        {
            Description = "The PostgreSQL store, \"Host=…;Database=…;Username=…;Password=…\": empty, or what an earlier run left",
            Required = true,
        };
        var command = new Command(
            "migrate",
            "Move everything from SQLite to PostgreSQL, with all ids and seqs, and compare it row by row. End the server first. "
            + "A run that was cut off goes on where it ended. The SQLite file stays as it is. "
            + "Keep the folder of Maru:Data: its key signs the tokens.")
        {
            from, to,
        };
        command.SetAction((parsed, ct) => guard(() => RunAsync(parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), ct)));
        return command;
    }

    private static async Task RunAsync(string from, string to, CancellationToken ct)
    {
        if (!File.Exists(FileOf(from)))
            throw new StartException("--from must be a SQLite store that is there (\"Data Source=file\").");
        if (!IsPostgres(to)) throw new StartException("--to must be a PostgreSQL store (\"Host=…;Database=…;Username=…\").");
        await using var source = Provide(from);
        await using var target = Provide(to);
        await source.GetRequiredService<Migrator>().MigrateAsync(ct);
        await target.GetRequiredService<Migrator>().MigrateAsync(ct);
        var move = new StoreMove(source.GetRequiredService<Database>(), target.GetRequiredService<Database>());
        await WithBarsAsync("copy", progress => move.CopyAsync(progress, ct));
        await target.GetRequiredService<Database>().AnalyzeAsync(ct);
        IReadOnlyList<(string Table, long Rows, string Checksum)> compared = [];
        await WithBarsAsync("compare", async progress => compared = await move.CompareAsync(progress, ct));

        var result = new Table().AddColumns("table", "rows", "checksum");
        foreach (var (table, rows, checksum) in compared) result.AddRow(table, rows.ToString("N0", CultureInfo.InvariantCulture), checksum);
        AnsiConsole.Write(result);
        AnsiConsole.WriteLine(
            "Every row is the same in both, and every room's log is whole. Set Maru__Database to the new store and start.");
    }

    private static ServiceProvider Provide(string database)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new SqliteOptions());
        // A room of some ten million messages is checked by one statement.
        services.AddSingleton(new PostgresOptions { CommandTimeout = TimeSpan.FromHours(1) });
        services.AddStore(Options(database));
        services.AddSingleton<StoreClaim>();
        return services.BuildServiceProvider();
    }

    /// <summary>Returns the file of a connection string; null: it is none of SQLite's.</summary>
    private static string? FileOf(string database)
    {
        try
        {
            return new SqliteConnectionStringBuilder(database).DataSource;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static bool IsPostgres(string database) => Options(database).IsShared;

    private static StorageOptions Options(string database) => new(database, Data: "");

    private static Task WithBarsAsync(string what, Func<Action<string, long, long>, Task> run) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async console =>
            {
                var bars = StoreTable.All.ToDictionary(x => x.Name, x => console.AddTask($"{what} {x.Name}", autoStart: false));
                await run((table, all, done) =>
                {
                    var bar = bars[table];
                    if (!bar.IsStarted) bar.StartTask();
                    (bar.MaxValue, bar.Value) = (Math.Max(1, all), all == 0 ? 1 : done);
                });
            });
}
