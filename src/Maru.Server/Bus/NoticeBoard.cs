using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Npgsql;

namespace Maru.Server.Bus;

/// <summary>
/// PostgreSQL's NOTIFY, and the table that keeps frames that must arrive for as long as a node may fail to listen. NOTIFY makes the commits
/// of its transactions wait for one another, so it has its own transactions. Statements ignore cancellation, for the reason that
/// <see cref="Queries"/> gives. Any thread.
/// </summary>
internal sealed class NoticeBoard(PostgresDatabase database)
{
    private const string Channel = "maru";
    private const string Now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /// <summary>How long a notice is kept.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    /// <summary>Sends payloads to all listeners, in this order.</summary>
    /// <param name="payloads">the payloads</param>
    /// <param name="kept">those of them that are kept</param>
    public async Task TellAsync(string[] payloads, string[] kept, CancellationToken ct)
    {
        await using var connection = await database.OpenWriterAsync(ct);
        await using var command = new NpgsqlCommand(
            $"""
            WITH kept AS (INSERT INTO notices (at, payload) SELECT {Now}, x FROM unnest($2) AS x)
            SELECT pg_notify('{Channel}', x) FROM unnest($1) AS x
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = payloads });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = kept });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
        await EventLoop.LeaveAsync();
    }

    /// <summary>Returns the kept payloads in the order in which each node sent them.</summary>
    public Task<IReadOnlyList<string>> KeptAsync(CancellationToken ct) =>
        database.ListAsync<string>("SELECT payload FROM notices ORDER BY id", null, ct);

    public Task ForgetAsync(CancellationToken ct) => database.WriteAsync(
        (transaction, inner) => transaction.ExecuteAsync(
            $"DELETE FROM notices WHERE at < {Now} - @Kept", new { Kept = (long)Memory.TotalMilliseconds }, inner),
        ct);

    /// <summary>Receives payloads, one after the other, on a connection of its own, until that is lost.</summary>
    /// <param name="listening">called once no payload can be missed any longer</param>
    public async Task ListenAsync(Func<Task> listening, Action<string> heard, CancellationToken ct)
    {
        try
        {
            await using var connection = await database.OpenOwnAsync(ct);
            Queue<string> told = [];
            connection.Notification += (_, notice) => told.Enqueue(notice.Payload);
            await using (var command = new NpgsqlCommand($"LISTEN {Channel}", connection))
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            await EventLoop.LeaveAsync();
            await listening();
            while (true)
            {
                while (told.TryDequeue(out var payload)) heard(payload);
                await connection.WaitAsync(ct);
                await EventLoop.LeaveAsync();
            }
        }
        finally
        {
            // The server went: the idle connections of the pools are lost too, and each would cost a request once it is back.
            database.ForgetIdle();
        }
    }
}
