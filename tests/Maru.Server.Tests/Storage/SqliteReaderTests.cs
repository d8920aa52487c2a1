using System.Data.Common;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Tests.Storage;

/// <summary>Readers of SQLite stand on its C functions themselves: what they must do as its ADO.NET driver does.</summary>
[Trait("Store", "sqlite")]
public sealed class SqliteReaderTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string All = "SELECT 7 AS whole, 0.5 AS part, 'süß 👍' AS text, x'00ff' AS bytes, NULL AS none, '' AS blank";

    private readonly SqliteDatabase _database = (SqliteDatabase)server.Service<Database>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_come_in_their_own_types()
    {
        await using var connection = await _database.OpenReadAsync(Ct);
        await using var row = await RowsAsync(connection, All);
        (await row.ReadAsync(Ct)).ShouldBeTrue();
        var values = new object[row.FieldCount];
        row.GetValues(values).ShouldBe(6);
        values.ShouldBe([7L, 0.5, "süß 👍", (byte[])[0, 255], DBNull.Value, ""]);
        Enumerable.Range(0, 6).Select(row.GetName).ShouldBe(["whole", "part", "text", "bytes", "none", "blank"]);
        Enumerable.Range(0, 4).Select(row.GetFieldType).ShouldBe([typeof(long), typeof(double), typeof(string), typeof(byte[])]);
        Utf8Reader.Text(row, 2).SequenceEqual("süß 👍"u8).ShouldBeTrue();
        Utf8Reader.Text(row, 4).IsEmpty.ShouldBeTrue();
        Utf8Reader.Text(row, 5).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_null_is_of_the_type_of_its_column_and_is_never_taken_for_a_value()
    {
        await using var connection = await _database.OpenReadAsync(Ct);
        await using var row = await RowsAsync(
            connection, "SELECT u.id, u.handle FROM (SELECT 1) LEFT JOIN users u ON u.id = -1");
        await row.ReadAsync(Ct);
        row.GetFieldType(0).ShouldBe(typeof(long));
        row.GetFieldType(1).ShouldBe(typeof(string));
        Should.Throw<InvalidCastException>(() => row.GetInt64(0));
        Should.Throw<InvalidCastException>(() => row.GetString(1));
    }

    [Fact]
    public async Task Rows_end_for_good_and_a_statement_that_was_left_in_the_middle_begins_anew()
    {
        const string Three = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3";
        await using var connection = await _database.OpenReadAsync(Ct);
        await using (var row = await RowsAsync(connection, Three)) await row.ReadAsync(Ct);
        await using (var row = await RowsAsync(connection, Three))
        {
            for (var i = 1; i <= 3; i++)
            {
                (await row.ReadAsync(Ct)).ShouldBeTrue();
                row.GetInt64(0).ShouldBe(i);
            }

            (await row.ReadAsync(Ct)).ShouldBeFalse();
            (await row.ReadAsync(Ct)).ShouldBeFalse();
            Should.Throw<InvalidOperationException>(() => row.GetInt64(0));
        }
    }

    [Fact]
    public async Task A_statement_runs_for_two_readers_of_a_connection_at_a_time_each_with_its_own_values()
    {
        await using var connection = await _database.OpenReadAsync(Ct);
        await using var first = await RowsAsync(connection, "SELECT @a", ("a", "one"));
        await using var second = await RowsAsync(connection, "SELECT @a", ("@a", 2L));
        await first.ReadAsync(Ct);
        await second.ReadAsync(Ct);
        first.GetString(0).ShouldBe("one");
        second.GetInt64(0).ShouldBe(2);
    }

    [Fact]
    public async Task A_parameter_without_a_value_is_an_error_and_not_a_null()
    {
        await using var connection = await _database.OpenReadAsync(Ct);
        await Should.ThrowAsync<InvalidOperationException>(RowsAsync(connection, "SELECT @a, @b", ("a", 1L)));
    }

    [Fact]
    public async Task A_statement_that_cannot_be_prepared_tells_why()
    {
        await using var connection = await _database.OpenReadAsync(Ct);
        (await Should.ThrowAsync<SqliteException>(RowsAsync(connection, "SELECT x FROM nowhere"))).Message
            .ShouldContain("no such table: nowhere");
    }

    [Fact]
    public async Task A_snapshot_stays_as_it_was_and_ends_with_its_reader()
    {
        await _database.ReadAsync(
            async (snapshot, ct) =>
            {
                var before = await CountAsync(snapshot, ct);
                await _database.WriteAsync(
                    (transaction, token) => transaction.ExecuteAsync(
                        "INSERT INTO users (handle, name, name_key, created_at) VALUES ('later', 'x', 'x', 0)", null, token),
                    ct);
                (await CountAsync(snapshot, ct)).ShouldBe(before);
                return before;
            },
            Ct);
        (await _database.FirstAsync<long>("SELECT count(*) FROM users WHERE handle = 'later'", null, Ct)).ShouldBe(1);

        static async Task<long> CountAsync(DbTransaction snapshot, CancellationToken ct) =>
            await snapshot.FirstAsync<long>("SELECT count(*) FROM users", null, ct);
    }

    private static async Task<DbDataReader> RowsAsync(DbConnection connection, string sql, params (string Name, object Value)[] arguments)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in arguments)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return await command.ExecuteReaderAsync(Ct);
    }
}
