using Npgsql;

namespace Maru.Server.Tests.Commands.Doctor;

/// <summary>PostgreSQL and Redis, in good order and not.</summary>
[Trait("Store", "postgres")]
public sealed class PostgresDoctorTests
{
    private const string Secret = "open-sesame-4711";

    [Fact]
    public async Task A_database_in_good_order_is_told_with_its_numbers()
    {
        using var folder = new Folder();
        await using var redis = await RedisProcess.StartAsync();
        await using var server = await MaruProcess.StartAsync(folder, $"--Maru:Redis={redis.Address}");
        var seen = await Examination.OfAsync(folder, $"--Maru:Redis={redis.Address}");
        seen.Code.ShouldBe(0, seen.Output);
        seen.Of("database").Found.ShouldStartWith("PostgreSQL ");
        seen.Of("schema").Level.ShouldBe("Ok");
        seen.Of("privileges").Level.ShouldBe("Ok");
        seen.Of("pool").Found.ShouldContain("and 1 run");
        seen.Of("commit").Found.ShouldContain("p50");
        seen.ShouldFind("Ok", "clock", "that of PostgreSQL");
        seen.ShouldFind("Ok", "clock", "that of Redis");
        seen.ShouldFind("Ok", "redis", "maxmemory-policy");
        seen.Of("durability").Level.ShouldBe("Warning");       // the tests' own has no fsync
    }

    [Fact]
    public async Task A_database_that_is_away_or_refuses_is_told_and_its_password_never()
    {
        using var folder = new Folder();
        var nowhere = PostgresServer.Nowhere().Split(':');
        (await LookAsync(folder, $"Host={nowhere[0]};Port={nowhere[1]};Database=maru;Username=maru;Password={Secret}"))
            .ShouldFind("Problem", "database", "cannot be reached");

        var good = await (await PostgresServer.Shared).MakeDatabaseAsync();
        (await LookAsync(folder, new NpgsqlConnectionStringBuilder(good) { Username = "guarded", Password = Secret }.ToString()))
            .ShouldFind("Problem", "database", "refuses the user").Advice.ShouldBe("Correct its Username and Password.");
        (await LookAsync(folder, new NpgsqlConnectionStringBuilder(good) { Database = "nobodys", Password = Secret }.ToString()))
            .ShouldFind("Problem", "database", "There is no such database");
        (await LookAsync(folder, $"Host=127.0.0.1;Passwort={Secret}")).ShouldFind("Problem", "database", "is not a connection string");
    }

    [Fact]
    public async Task A_user_who_may_make_no_tables_is_told()
    {
        using var folder = new Folder();
        var good = await (await PostgresServer.Shared).MakeDatabaseAsync();
        await TestStore.ExecuteAsync(good, "CREATE ROLE reader LOGIN");
        try
        {
            (await LookAsync(folder, new NpgsqlConnectionStringBuilder(good) { Username = "reader" }.ToString()))
                .ShouldFind("Problem", "privileges", "reader may make no tables");
        }
        finally
        {
            await TestStore.ExecuteAsync(good, "DROP ROLE reader");
        }
    }

    [Fact]
    public async Task Too_many_connections_for_the_database_are_told()
    {
        using var folder = new Folder();
        var seen = await Examination.OfAsync(folder, "--Maru:Postgres:Readers=600");
        seen.Of("pool").Level.ShouldBe("Problem");
    }

    [Fact]
    public async Task A_Redis_that_drops_keys_refuses_or_is_away_is_told()
    {
        using var folder = new Folder();
        await using var redis = new RedisProcess("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru");
        await redis.StartAgainAsync();
        var seen = await Examination.OfAsync(folder, $"--Maru:Redis={redis.Address}");
        seen.Code.ShouldBe(0, seen.Output);
        seen.ShouldFind("Warning", "redis", "allkeys-lru");

        await redis.AskAsync($"CONFIG SET requirepass {Secret}");
        (await Examination.OfAsync(folder, $"--Maru:Redis={redis.Address}")).ShouldFind("Problem", "redis", "refuses us");
        seen = await Examination.OfAsync(folder, $"--Maru:Redis={redis.Address}", $"--Maru:Bus:Password={Secret}");
        seen.Code.ShouldBe(0, seen.Output);
        seen.Output.ShouldNotContain(Secret);

        redis.Kill();
        seen = await Examination.OfAsync(folder, $"--Maru:Redis={redis.Address}");
        seen.Code.ShouldBe(0, seen.Output);
        seen.ShouldFind("Warning", "redis", "does not answer");
    }

    private static async Task<Examination> LookAsync(string folder, string database)
    {
        var seen = await Examination.RunAsync($"--Maru:Database={database}", $"--Maru:Data={folder}", "--urls=http://127.0.0.1:0");
        seen.Output.ShouldNotContain(Secret);
        return seen;
    }
}
