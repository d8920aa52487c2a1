using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Storage;

[Trait("Store", "postgres")]
public sealed class PostgresPromisesTests
{
    [Fact]
    public async Task A_PostgreSQL_that_may_forget_is_warned_of()
    {
        var log = new LogBook();
        var database = await (await PostgresServer.Shared).MakeDatabaseAsync();     // fsync is off there
        await using (await MaruServer.StartAsync(
            null,
            services => services.AddSingleton<ILoggerProvider>(log),
            $"--Maru:Database={database};Options=-c synchronous_commit=off",
            "--Logging:LogLevel:Default=Warning"))
        {
        }

        var warnings = log.Lines.Where(
            line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("PostgreSQL's", StringComparison.Ordinal))
            .ToList();
        warnings.Count.ShouldBe(2, string.Join('\n', log.Lines));
        warnings[0].ShouldContain("fsync is off");
        warnings[1].ShouldContain("synchronous_commit is off");
    }
}
