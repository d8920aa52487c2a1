using System.Globalization;
using Maru.Server.Configuration;
using Maru.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Tests.Storage;

[Trait("Store", "sqlite")]
public sealed class MigratorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maru-store").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Store => Path.Combine(_folder, "maru.db");

    [Fact]
    public async Task Every_script_is_applied_once_in_order()
    {
        await MakeAsync();
        await using var server = await StartAsync();
        var numbers = await server.Service<Database>()
            .ListAsync<long>("SELECT number FROM migrations ORDER BY applied_at, number", null, Ct);
        numbers.ShouldBe(Enumerable.Range(1, numbers.Count).Select(number => (long)number));
    }

    [Fact]
    public void Both_stores_have_the_same_scripts_each_with_a_number_of_its_own()
    {
        var sqlite = Scripts("sqlite");
        Scripts("postgres").ShouldBe(sqlite);
        sqlite.Select(name => int.Parse(name[..4], CultureInfo.InvariantCulture)).ShouldBe(Enumerable.Range(1, sqlite.Length));

        string[] Scripts(string folder) =>
        [
            .. from resource in typeof(Migrator).Assembly.GetManifestResourceNames()
               let at = resource.IndexOf($".Migrations.{folder}.", StringComparison.Ordinal)
               where at >= 0
               select resource[(at + folder.Length + ".Migrations..".Length)..] into name
               orderby name
               select name,
        ];
    }

    [Fact]
    public async Task The_store_is_for_its_owner_alone()
    {
        await MakeAsync();
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(Store).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_store_of_a_newer_program_is_refused()
    {
        await MakeAsync();
        Execute("INSERT INTO migrations (number, name, needs, applied_at) VALUES (9999, '9999_future', 9999, 0)");
        (await RefusalAsync()).ShouldContain("Start a newer program");
    }

    [Fact]
    public async Task A_newer_store_that_this_program_can_live_with_is_used_as_it_is()
    {
        await MakeAsync();
        Execute("INSERT INTO migrations (number, name, needs, applied_at) VALUES (9999, '9999_future', 1, 0)");
        Execute("ALTER TABLE users ADD COLUMN pronouns TEXT");
        await using var server = await StartAsync();
        await server.SignUpAsync();
    }

    [Fact]
    public async Task A_file_of_another_kind_is_refused_and_left_as_it_is()
    {
        var text = string.Concat(Enumerable.Repeat("This is a diary. ", 100));
        await File.WriteAllTextAsync(Store, text, Ct);
        (await RefusalAsync()).ShouldContain("is not a SQLite database");
        (await File.ReadAllTextAsync(Store, Ct)).ShouldBe(text);
    }

    [Fact]
    public async Task A_damaged_store_is_refused()
    {
        await MakeAsync();
        await using (var file = File.OpenWrite(Store))
        {
            file.Position = 100;    // behind the header: the page of the schema
            file.Write(Enumerable.Repeat((byte)0xFF, 3000).ToArray());
        }

        (await RefusalAsync()).ShouldContain("is damaged. Restore it from a backup");
    }

    [Fact]
    public async Task A_locked_store_is_refused()
    {
        using var other = Open();
        using var command = new SqliteCommand("CREATE TABLE t (x); BEGIN EXCLUSIVE", other);
        command.ExecuteNonQuery();
        (await RefusalAsync("--Maru:Sqlite:BusyTimeout=00:00:00.1")).ShouldContain("locked by another program");
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_store_is_refused()
    {
        Directory.CreateDirectory(Store);
        (await RefusalAsync()).ShouldContain(Store);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task MakeAsync() => await (await StartAsync()).DisposeAsync();

    private Task<MaruServer> StartAsync(params string[] settings) =>
        MaruServer.StartAsync([$"--Maru:Database=Data Source={Store}", .. settings]);

    private async Task<string> RefusalAsync(params string[] settings)
    {
        var message = (await Should.ThrowAsync<StartException>(StartAsync(settings))).Message;
        message.ShouldNotContain("\n");
        return message;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Store};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = Open();
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
