using System.Data.Common;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Storage;

/// <summary>Statements are prepared once and used again: one that failed is as good as new the next time.</summary>
public sealed class FailedStatementTests(MaruServer server) : IClassFixture<MaruServer>
{
    private readonly Database _database = server.Service<Database>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_that_failed_at_its_first_or_a_later_row_reads_all_rows_the_next_time()
    {
        // Each store fails at a row by a sum or a quotient that has no value.
        var sql = TestStore.IsPostgres
            ? "SELECT 12 / (x - @bad) FROM generate_series(1, 3) AS x ORDER BY x"
            : "SELECT 12 / (x - @bad) + abs(CASE WHEN x = @bad THEN -9223372036854775807 - 1 ELSE 0 END) "
                + "FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 3)";
        foreach (var bad in (long[])[0, 1, 0, 3, 2, 0])
        {
            var reading = _database.ListAsync<long>(sql, new { bad }, Ct);
            if (bad == 0) (await reading).ShouldBe([12, 6, 4]);
            else await Should.ThrowAsync<DbException>(reading);
        }
    }

    [Fact]
    public async Task A_write_that_broke_a_rule_writes_the_next_time()
    {
        foreach (var handle in (string[])["first", "first", "second", "first", "third"])
        {
            var isNew = await CountAsync(handle) == 0;
            var writing = _database.WriteAsync(
                (transaction, ct) => transaction.ExecuteAsync(
                    "INSERT INTO users (handle, name, name_key, created_at) VALUES (@handle, 'x', 'x', 0)", new { handle }, ct),
                Ct);
            if (isNew) await writing;
            else await Should.ThrowAsync<DbException>(writing);
            (await CountAsync(handle)).ShouldBe(1);
        }
    }

    private Task<long> CountAsync(string handle) =>
        _database.FirstAsync<long>("SELECT count(*) FROM users WHERE handle = @handle", new { handle }, Ct);
}
