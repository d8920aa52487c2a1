using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;

namespace Maru.Server.Tests.Storage;

[Trait("Store", "postgres")]
public sealed class PostgresQueriesTests
{
    [Fact]
    public async Task Answers_of_any_size_are_read_where_they_come_in_without_waiting_for_themselves()
    {
        var storage = new StorageOptions(await (await PostgresServer.Shared).MakeDatabaseAsync(), Data: "");
        await using var database = new PostgresDatabase(storage, new PostgresOptions { CommandTimeout = TimeSpan.FromSeconds(20) });
        var ct = TestContext.Current.CancellationToken;
        // PostgreSQL sends what it has in parts of 8 KiB: somewhere here the very end comes by itself.
        await Parallel.ForEachAsync(Enumerable.Range(1, 1500), ct, async (rows, inner) =>
        {
            var read = await database.ListAsync<string>("SELECT repeat('x', 10) FROM generate_series(1, @rows)", new { rows }, inner);
            read.Count.ShouldBe(rows);
        });
    }
}
