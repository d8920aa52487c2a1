using Maru.Server.Configuration;

namespace Maru.Server.Tests.Configuration;

/// <summary>What <c>Maru:Database</c> may say. Anything else ends the start with one line, which never repeats a password.</summary>
public sealed class StoreSettingsTests : IDisposable
{
    private readonly Folder _folder = new();

    [Theory]
    [InlineData("Data Source={0}/a.db;Password=secret", "password")]
    [InlineData("Data Source={0}/a.db;Mode=Memory", "mode")]
    [InlineData("Data Source={0}/a.db;Mode=ReadOnly", "mode")]
    [InlineData("Data Source={0}/a.db;Cache=Shared", "cache")]
    [InlineData("Data Source={0}/a.db;Foreign Keys=false", "foreign keys")]
    [InlineData("Data Source={0}/a.db;Default Timeout=abc", "default timeout")]
    [InlineData("Data Source={0}/a.db;Pooling=maybe", "pooling")]
    [InlineData("Data Source={0}/a.db;Vfs=nothing", "vfs")]
    [InlineData("Data Source={0}/a.db;Nonsense=1", "nonsense")]
    [InlineData("Password=secret", "password")]
    [InlineData("Data Source=", "names no store")]
    [InlineData(";", "names no store")]
    [InlineData("maru.db", "no connection string")]
    [InlineData("Data Source='{0}/a.db", "no connection string")]
    [InlineData("Data Source=:memory:", "no path of a file")]
    [InlineData("Data Source=file:{0}/a.db?mode=memory", "no path of a file")]
    [InlineData("Data Source={0}", "is a folder")]
    [InlineData("Data Source=/dev/zero", "a device")]
    [InlineData("Data Source={0}/pipe", "a pipe")]
    [InlineData("Data Source={0}/loop", "loop")]
    [InlineData("Data Source={0}/nothing", "nowhere")]
    [InlineData("Host=", "names no store")]
    [InlineData("Host=127.0.0.1;Nonsense=1", "nonsense")]
    [InlineData("Host=127.0.0.1;Port=abc", "port")]
    [InlineData("Host=127.0.0.1;Port=99999", "port")]
    [InlineData("Host=127.0.0.1:abc", "abc")]
    [InlineData("Host=127.0.0.1;SSL Mode=perhaps", "ssl mode")]
    [InlineData("Host=127.0.0.1;Min Pool Size=200", "min pool size")]
    [InlineData("Host=127.0.0.1;Multiplexing=true", "multiplexing")]
    [InlineData("Host=127.0.0.1;Target Session Attributes=standby", "Target Session Attributes")]
    [InlineData("Host=127.0.0.1;Connection Pruning Interval=0", "ConnectionPruningInterval")]
    [InlineData("Host=127.0.0.1;SSL Negotiation=direct", "SSL Mode")]
    [InlineData("Host=127.0.0.1;Port=1;Username=maru;Password=secret", "127.0.0.1:1")]
    [InlineData("Host=nowhere.invalid;Username=maru", "nowhere.invalid")]
    [InlineData("Host=127.0.0.1;Passfile={0}/pipe", "a pipe")]
    [InlineData("Host=127.0.0.1;SSL Key={0}/pipe", "a pipe")]
    [InlineData("Host=127.0.0.1;Root Certificate={0}", "is a folder")]
    [InlineData("Host=127.0.0.1;SSL Key={0}/open.key", "chmod 600")]
    public async Task What_names_no_store_ends_the_start(string database, string why)
    {
        Pipes.Make($"{_folder.Path}/pipe");
        File.CreateSymbolicLink($"{_folder.Path}/loop", "loop");
        File.CreateSymbolicLink($"{_folder.Path}/nothing", "nowhere/at/all.db");
        await File.WriteAllTextAsync($"{_folder.Path}/open.key", "key", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode($"{_folder.Path}/open.key", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        await ShouldNotStartAsync(database.Replace("{0}", _folder, StringComparison.Ordinal), why);
    }

    /// <summary>What only shows once PostgreSQL has been reached.</summary>
    [Theory]
    [InlineData("Encoding=nonsense", "nonsense")]
    [InlineData("Timezone=Nowhere/Nowhere", "TimeZone")]
    [InlineData("Options=-c nonsense=1", "nonsense")]
    [InlineData("SSL Mode=Require", "SSL")]
    [InlineData("Database=nothing", "There is no such database")]
    [InlineData("Username=guarded;Password=secret", "Username")]
    public async Task What_PostgreSQL_refuses_ends_the_start(string more, string why)
    {
        var database = await (await PostgresServer.Shared).MakeDatabaseAsync();
        await ShouldNotStartAsync($"{database};{more}", why, connecting: "00:00:20");
        await (await PostgresServer.Shared).DropDatabaseAsync(database);
    }

    [Theory]
    [InlineData("Data Source")]
    [InlineData("DataSource")]
    [InlineData("filename")]
    public async Task The_file_has_the_names_that_the_driver_knows(string name)
    {
        await using var server = await MaruServer.StartAsync($"--Maru:Database={name}={_folder.Path}/a.db");
        await server.SignUpAsync();
        File.Exists($"{_folder.Path}/a.db").ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_that_is_no_store_is_left_as_it_is()
    {
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        var file = $"{_folder.Path}/notes.txt";
        await File.WriteAllTextAsync(file, new string('x', 5000), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, Mode);
        await ShouldNotStartAsync($"Data Source={file}", "is not a SQLite database");
        File.GetUnixFileMode(file).ShouldBe(Mode);
        new FileInfo(file).Length.ShouldBe(5000);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task ShouldNotStartAsync(string database, string why, string connecting = "00:00:01")
    {
        string[] settings = [$"--Maru:Database={database}", $"--Maru:Postgres:ConnectTimeout={connecting}"];
        var start = MaruServer.StartAsync(settings).Within("the start to end");
        var message = (await Should.ThrowAsync<StartException>(start)).Message;
        message.ShouldContain(why, Case.Insensitive);
        message.ShouldNotContain("secret");
        message.ReplaceLineEndings("").ShouldBe(message);
    }
}
