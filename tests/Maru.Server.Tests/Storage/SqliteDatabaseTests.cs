using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Tests.Storage;

[Trait("Store", "sqlite")]
public sealed class SqliteDatabaseTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const int Reprepared = 5;   // SQLITE_STMTSTATUS_REPREPARE

    private readonly SqliteDatabase _database = (SqliteDatabase)server.Service<Database>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_that_throws_leaves_nothing_and_the_next_one_goes_on()
    {
        await Should.ThrowAsync<InvalidOperationException>(_database.WriteAsync(
            async (transaction, ct) =>
            {
                await transaction.ExecuteAsync(
                    "INSERT INTO users (handle, name, name_key, created_at) VALUES ('undone', 'x', 'x', 0)", null, ct);
                throw new InvalidOperationException("on purpose");
            },
            Ct));
        (await CountAsync("undone")).ShouldBe(0);
        await InsertAsync("done");
        (await CountAsync("done")).ShouldBe(1);
    }

    [Fact]
    public async Task A_prepared_statement_keeps_its_plan_whatever_is_bound()
    {
        await using var reader = (SqliteReader)await _database.OpenReadAsync(Ct);
        raw.sqlite3_prepare_v2(reader.Handle, "SELECT id FROM users ORDER BY name LIMIT ?1", out var statement);
        using (statement)
        {
            for (var limit = 1; limit <= 5; limit++)
            {
                raw.sqlite3_bind_int(statement, 1, limit);
                raw.sqlite3_step(statement);
                raw.sqlite3_reset(statement);
            }

            raw.sqlite3_stmt_status(statement, Reprepared, 0).ShouldBe(0);
        }
    }

    [Fact]
    public async Task Writers_take_turns_in_the_order_of_arrival()
    {
        var order = new List<int>();
        var first = await _database.EnterWriterAsync(Ct);
        var waiting = Enumerable.Range(0, 20).Select(i => _database.WriteAsync(
            (_, _) =>
            {
                order.Add(i);
                return Task.CompletedTask;
            },
            Ct)).ToArray();
        first.Dispose();
        await Task.WhenAll(waiting);
        order.ShouldBe(Enumerable.Range(0, 20));
    }

    [Fact]
    public async Task Who_gives_up_waiting_for_the_writer_leaves_it_to_the_others()
    {
        var first = await _database.EnterWriterAsync(Ct);
        using var impatient = new CancellationTokenSource();
        var waiting = _database.EnterWriterAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        first.Dispose();
        await InsertAsync("after");
    }

    [Fact]
    public async Task A_reader_cannot_write_and_does_not_see_what_is_not_committed()
    {
        await using var reader = await _database.OpenReadAsync(Ct);
        using var command = reader.CreateCommand();
        command.CommandText = "INSERT INTO users (handle, name, name_key, created_at) VALUES ('sneaky', 'x', 'x', 0)";
        await Should.ThrowAsync<SqliteException>(command.ExecuteNonQueryAsync(Ct));
        await _database.WriteAsync(
            async (transaction, ct) =>
            {
                await transaction.ExecuteAsync(
                    "INSERT INTO users (handle, name, name_key, created_at) VALUES ('pending', 'x', 'x', 0)", null, ct);
                (await CountAsync("pending")).ShouldBe(0);
            },
            Ct);
        (await CountAsync("pending")).ShouldBe(1);
    }

    [Theory]
    [InlineData("synchronous", 2L)]     // FULL
    [InlineData("foreign_keys", 1L)]
    [InlineData("journal_mode", "wal")]
    [InlineData("wal_autocheckpoint", 0L)]
    public async Task The_writer_is_durable_and_keeps_references(string pragma, object expected)
    {
        using var lease = await _database.EnterWriterAsync(Ct);
        using var command = new SqliteCommand($"PRAGMA {pragma}", lease.Connection);
        command.ExecuteScalar().ShouldBe(expected);
    }

    private Task InsertAsync(string handle) => _database.WriteAsync(
        (transaction, ct) => transaction.ExecuteAsync(
            "INSERT INTO users (handle, name, name_key, created_at) VALUES (@handle, 'x', 'x', 0)", new { handle }, ct),
        Ct);

    private Task<long> CountAsync(string handle) =>
        _database.FirstAsync<long>("SELECT count(*) FROM users WHERE handle = @handle", new { handle }, Ct);
}
