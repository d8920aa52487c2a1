using System.Globalization;

namespace Maru.Server.Tests.Kill;

[Trait("Store", "postgres")]
[Trait("Category", "Kill")]
public sealed class PostgresKillTests(ITestOutputHelper output)
{
    /// <summary>2 in CI; <c>MARU_KILLS=20</c> or more for the long run.</summary>
    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("MARU_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 2;

    [Fact]
    public async Task Everything_acknowledged_survives_every_kill_of_the_server()
    {
        using var folder = new Folder();
        await using var run = new KillRun(folder, await (await PostgresServer.Shared).MakeDatabaseAsync());
        var faults = await run.RunAsync(Kills);
        output.WriteLine($"{Kills} kills: {run.Figures}");
        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Everything_acknowledged_survives_every_kill_of_PostgreSQL_and_the_server_goes_on_by_itself()
    {
        using var folder = new Folder();
        await using var postgres = await PostgresServer.StartAsync();
        await using var run = new KillRun(folder, await postgres.MakeDatabaseAsync()) { Victim = postgres };
        var faults = await run.RunAsync(Kills);
        output.WriteLine($"{Kills} kills: {run.Figures}");
        faults.ShouldBeEmpty();
    }
}
