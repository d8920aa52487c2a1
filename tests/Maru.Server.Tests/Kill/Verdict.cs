using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Maru.Server.Tests.Kill;

/// <summary>
/// Compares the store, read by another program than the server, with the acknowledgements and events of members. Every difference is one
/// line.
/// </summary>
internal static class Verdict
{
    private const int MostLines = 50;

    public static async Task<IReadOnlyList<string>> OnAsync(string connectionString, IReadOnlyList<Talker> talkers)
    {
        await using var store = await OpenAsync(connectionString);
        List<string> faults = [];
        if (store is SqliteConnection)
            faults.AddRange((await RowsAsync(store, "PRAGMA integrity_check", 0, row => row.GetString(0))).Where(line => line != "ok"));
        foreach (var room in talkers.GroupBy(talker => talker.Room))
        {
            var numbers = await RowsAsync(
                store, "SELECT number FROM messages WHERE room_id = @room AND type = 0 ORDER BY seq", room.Key, row => row.GetInt64(0));
            var heads = await RowsAsync(
                store,
                "SELECT last_seq, messages FROM room_heads WHERE room_id = @room",
                room.Key,
                row => (Seq: row.GetInt64(0), Messages: row.GetInt64(1)));
            faults.AddRange(OnNumbers(room.Key, heads.Single().Messages, numbers));
            var log = await RowsAsync(
                store,
                """
                SELECT seq, client_key, text FROM messages WHERE room_id = @room
                UNION ALL SELECT seq, CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM changes WHERE room_id = @room ORDER BY seq
                """,
                room.Key,
                row => new Seen(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1), row.IsDBNull(1) ? null : row.GetString(2)));
            faults.AddRange(OnLog(room.Key, heads.Single().Seq, log));
            foreach (var talker in room) faults.AddRange(OnTalker(talker, log));
        }

        return faults.Count <= MostLines ? faults : [.. faults.Take(MostLines), $"… and {faults.Count - MostLines} more"];
    }

    private static IEnumerable<string> OnLog(long room, long head, List<Seen> log)
    {
        if (log.Count != head) yield return $"room {room}: {log.Count} entries, head {head}";
        for (var i = 0; i < log.Count; i++)
        {
            if (log[i].Seq != i + 1) yield return $"room {room}: entry {i + 1} has seq {log[i].Seq}";
        }

        foreach (var twice in log.Select(entry => entry.Key).OfType<string>().CountBy(key => key).Where(count => count.Value > 1))
            yield return $"room {room}: {twice.Key} is stored {twice.Value} times";
    }

    private static IEnumerable<string> OnNumbers(long room, long messages, List<long> numbers)
    {
        if (numbers.Count != messages) yield return $"room {room}: {numbers.Count} messages, counted {messages}";
        for (var i = 0; i < numbers.Count; i++)
        {
            if (numbers[i] != i + 1) yield return $"room {room}: message {i + 1} has number {numbers[i]}";
        }
    }

    private static IEnumerable<string> OnTalker(Talker talker, List<Seen> log)
    {
        var (room, name) = (talker.Room, $"talker {talker.Number}");
        foreach (var refusal in talker.Refusals) yield return $"{name} was refused: {refusal}";

        foreach (var (message, seq) in talker.Acknowledged)
        {
            var (key, text) = (Talker.Key(talker.Number, message), Talker.Text(talker.Number, message));
            if (seq > log.Count || log[(int)seq - 1] is var entry && (entry.Key != key || entry.Text != text))
                yield return $"{name}: {key} was acknowledged as {seq} in room {room}, and is not there";
        }

        var own = log.Where(entry => entry.Key?.StartsWith($"{talker.Number}-", StringComparison.Ordinal) == true)
            .Select(entry => int.Parse(entry.Key!.Split('-')[1])).ToList();
        for (var i = 0; i < own.Count; i++)
        {
            if (own[i] != i) yield return $"{name}: message {own[i]} stands where {i} belongs in room {room}";
        }

        for (var i = 0; i < Math.Max(talker.Events.Count, log.Count); i++)
        {
            var (saw, stored) = (talker.Events.ElementAtOrDefault(i), log.ElementAtOrDefault(i));
            if (saw != stored) yield return $"{name}: event {i + 1} was {saw}, the store has {stored}";
        }
    }

    /// <remarks>
    /// A test runs on event loops: where it waited for a response by blocking, the loop that must read it would wait too, with all of its
    /// connections, those of other tests among them.
    /// </remarks>
    public static async Task<DbConnection> OpenAsync(string connectionString)
    {
        SQLitePCL.Batteries_V2.Init();
        DbConnection store = connectionString.StartsWith("Host=", StringComparison.Ordinal)
            ? new NpgsqlConnection(PostgresServer.Patient(connectionString))
            : new SqliteConnection($"{connectionString};Pooling=False");
        await store.OpenAsync();
        return store;
    }

    public static async Task<List<T>> RowsAsync<T>(DbConnection store, string sql, long room, Func<DbDataReader, T> read)
    {
        await using var command = store.CreateCommand();
        command.CommandText = sql;
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("room", room);
        command.Parameters.Add(parameter);
        await using var row = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await row.ReadAsync()) rows.Add(read(row));
        return rows;
    }
}
