namespace Maru.Server.Tests.Commands.Doctor;

/// <summary>The embedded store.</summary>
[Trait("Store", "sqlite")]
public sealed class SqliteDoctorTests
{
    [Fact]
    public async Task It_says_whether_a_server_runs_on_the_store()
    {
        using var folder = new Folder();
        await using (var server = await MaruProcess.StartAsync(folder))
        {
            (await Examination.OfAsync(folder)).Of("database").Found.ShouldEndWith("a server runs on it");
            await server.KillAsync();
        }

        var seen = await Examination.OfAsync(folder);
        seen.Of("database").Found.ShouldEndWith("no server runs on it");
        seen.Of("journal").Found.ShouldBe("WAL");
        seen.Of("integrity").Found.ShouldStartWith("whole");
    }

    [Fact]
    public async Task A_damaged_store_is_told()
    {
        using var folder = new Folder();
        await using (var server = await MaruProcess.StartAsync(folder)) await server.TerminateAsync();
        await using (var file = File.OpenWrite(Path.Combine(folder, "maru.db")))
        {
            file.Position = 8192;
            await file.WriteAsync(new byte[file.Length - 16384]);
        }

        var seen = await Examination.OfAsync(folder);
        seen.Code.ShouldBe(1, seen.Output);
        seen.Findings.Where(x => x.Level == "Problem").ShouldContain(x => x.Found.Contains("damaged"), seen.Output);
    }

    [Fact]
    public async Task What_is_no_store_is_told()
    {
        using var folder = new Folder();
        var path = Path.Combine(folder, "other.db");
        await File.WriteAllTextAsync(path, new string('x', 4096));
        (await Examination.RunAsync($"--Maru:Database=Data Source={path}", $"--Maru:Data={folder}"))
            .ShouldFind("Problem", "database", "is not a SQLite database");

        await TestStore.ExecuteAsync($"Data Source={folder.Path}/another.db", "CREATE TABLE birds (name TEXT)");
        (await Examination.RunAsync($"--Maru:Database=Data Source={folder.Path}/another.db", $"--Maru:Data={folder}"))
            .ShouldFind("Problem", "schema", "tables of another program");
    }

    [Fact]
    public async Task Redis_beside_it_is_told_to_be_of_no_use()
    {
        using var folder = new Folder();
        (await Examination.OfAsync(folder, "--Maru:Redis=127.0.0.1:1")).ShouldFind("Warning", "settings", "the store is SQLite");
    }
}
