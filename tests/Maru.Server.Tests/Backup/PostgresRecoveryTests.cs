using Maru.Server.Features.Messages;
using Maru.Server.Tests.Kill;
using Npgsql;

namespace Maru.Server.Tests.Backup;

/// <summary>What docs/operations.md says of PostgreSQL's own ways: recovery to a moment, and a logical replica.</summary>
[Trait("Store", "postgres")]
public sealed class PostgresRecoveryTests
{
    [Fact]
    public async Task A_base_backup_and_the_archived_log_give_the_store_of_any_moment()
    {
        using var folder = new Folder();
        await using var postgres = await PostgresServer.StartArchivingAsync();
        var store = await postgres.MakeDatabaseAsync();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1, $"--Maru:Database={store}");
        var before = 0L;
        DateTime moment;
        await using (var server = await MaruProcess.StartAsync(folder, $"--Maru:Database={store}"))
        {
            using var http = server.Client(tokens[0]);
            await SendAsync(http, rooms[0], 5);
            var sending = Task.Run(() => SendAsync(http, rooms[0], 100));
            await postgres.BackUpBaseAsync();
            before = await sending;
            before = await SendAsync(http, rooms[0], 5);
            moment = await NowAsync(store);
            await SendAsync(http, rooms[0], 20);
        }

        await postgres.ArchivedAsync();
        await postgres.StopAsync();
        await using var recovered = await postgres.RecoverAsync(moment);
        var again = recovered.Beside(store);
        (await SeqsAsync(again, rooms[0])).ShouldBe(Enumerable.Range(1, (int)before).Select(x => (long)x));
        var (code, lines) = await MaruProcess.RunAsync(["audit", $"--Maru:Data={folder.Path}", $"--Maru:Database={again}"]);
        code.ShouldBe(0, string.Join('\n', lines));
        await using var next = await MaruProcess.StartAsync(folder, $"--Maru:Database={again}");
        using var person = next.Client(tokens[0]);
        (await SendAsync(person, rooms[0], 1)).ShouldBe(before + 1);
    }

    [Fact]
    public async Task A_logical_replica_has_what_the_store_has()
    {
        using var folder = new Folder();
        await using var postgres = await PostgresServer.StartArchivingAsync();
        await using var second = await PostgresServer.StartAsync();
        var (store, replica) = (await postgres.MakeDatabaseAsync(), await second.MakeDatabaseAsync());
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1, $"--Maru:Database={store}");
        foreach (var statement in (string[])[KeylessTables, "CREATE PUBLICATION maru FOR ALL TABLES"])
        {
            Repository.Read("docs/operations.md").ReplaceLineEndings("\n").ShouldContain(statement);
            await TestStore.ExecuteAsync(store, statement);
        }

        await postgres.CopySchemaAsync(store, second, replica);
        var from = new NpgsqlConnectionStringBuilder(store);
        await TestStore.ExecuteAsync(
            replica,
            $"CREATE SUBSCRIPTION maru CONNECTION 'host=127.0.0.1 port={from.Port} user=maru dbname={from.Database}' PUBLICATION maru");
        await using (var server = await MaruProcess.StartAsync(folder, $"--Maru:Database={store}"))
        {
            using var http = server.Client(tokens[0]);
            var last = await SendAsync(http, rooms[0], 50);
            await http.SendAsync($"PATCH /api/rooms/{rooms[0]}/messages/{last}", new { text = "edited" }).ShouldBe(200);
            await http.SendAsync($"PUT /api/rooms/{rooms[0]}/messages/{last}/reactions/%F0%9F%91%8D").ShouldBe(204);
            await http.SendAsync($"DELETE /api/rooms/{rooms[0]}/messages/{last}/reactions/%F0%9F%91%8D").ShouldBe(204);
        }

        (await MaruProcess.RunAsync(["audit", $"--Maru:Data={folder.Path}", $"--Maru:Database={store}"])).Code.ShouldBe(0);
        var all = await SeqsAsync(store, rooms[0]);
        await Deadline.Until(async () => (await SeqsAsync(replica, rooms[0])).SequenceEqual(all), "the replica to have the log");
        var (code, lines) = await MaruProcess.RunAsync(["audit", $"--Maru:Data={folder.Path}", $"--Maru:Database={replica}"]);
        code.ShouldBe(0, string.Join('\n', lines));
        await TestStore.ExecuteAsync(replica, "DROP SUBSCRIPTION maru");
    }

    /// <summary>Lets rows be changed in the tables that have no key, while they are published.</summary>
    private const string KeylessTables =
        """
        DO $$ DECLARE t regclass; BEGIN
          FOR t IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
            AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
          LOOP EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', t); END LOOP;
        END $$
        """;

    /// <summary>Sends so many messages one after the other; returns the seq of the last one that was acknowledged.</summary>
    private static async Task<long> SendAsync(HttpClient http, long room, int count)
    {
        var last = 0L;
        for (var i = 0; i < count; i++)
            last = (await http.SendAsync($"POST /api/rooms/{room}/messages", new { text = $"message {i}" }).Read<Message>(201)).Seq;
        return last;
    }

    private static async Task<DateTime> NowAsync(string store)
    {
        await using var connection = await Verdict.OpenAsync(store);
        return (await Verdict.RowsAsync(connection, "SELECT clock_timestamp()", 0, row => row.GetDateTime(0))).Single();
    }

    private static async Task<List<long>> SeqsAsync(string store, long room)
    {
        await using var connection = await Verdict.OpenAsync(store);
        return await Verdict.RowsAsync(
            connection,
            "SELECT seq FROM messages WHERE room_id = @room UNION ALL SELECT seq FROM changes WHERE room_id = @room ORDER BY seq",
            room,
            row => row.GetInt64(0));
    }
}
