using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maru.Server.Configuration;
using Maru.Server.Storage;

namespace Maru.Server.Commands;

/// <summary>
/// Moves everything from the embedded store to PostgreSQL, ids and seqs unchanged. Rows go in the order of their keys, some thousand a
/// transaction, so the moved rows are always the beginning of a table, and a run that was cut off goes on where it ended. Afterwards both
/// stores are read side by side.
/// </summary>
internal sealed class StoreMove(Database from, Database to)
{
    private const int Batch = 10_000;

    /// <summary>Copies the rows that are missing.</summary>
    /// <param name="progress">gets the table, its rows in all and those that are done</param>
    /// <param name="ct">ends it between two transactions; another run goes on from there</param>
    public async Task CopyAsync(Action<string, long, long> progress, CancellationToken ct)
    {
        foreach (var table in StoreTable.All)
        {
            var (columns, rows, done) = (
                await table.ColumnsAsync(to, ct), await table.CountAsync(from, ct), await table.CountAsync(to, ct));
            progress(table.Name, rows, done);
            var last = await table.LastKeyAsync(to, ct);
            while (true)
            {
                List<object?[]> batch = [];
                await foreach (var row in table.ReadAsync(from, columns, last, Batch, ct)) batch.Add(row);
                if (batch.Count == 0) break;
                await to.InsertAsync(table.Name, columns, batch, ct);
                last = batch[^1][..table.Key.Length];
                progress(table.Name, rows, done += batch.Count);
            }

            // Ids of deleted rows must not be used again: tokens carry them.
            if (columns[0] == "id")
            {
                var highest = await from.FirstAsync<long>(
                    "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = @Name", new { table.Name }, ct);
                if (highest > 0)
                    await to.FirstAsync<long>(
                        $"SELECT setval(pg_get_serial_sequence('{table.Name}', 'id'), @highest)", new { highest }, ct);
            }
        }
    }

    /// <summary>Compares all rows, value by value, and the rooms' seqs.</summary>
    /// <returns>each table's number of rows and their checksum</returns>
    /// <exception cref="StartException">They differ; the message says where.</exception>
    public async Task<IReadOnlyList<(string Table, long Rows, string Checksum)>> CompareAsync(
        Action<string, long, long> progress, CancellationToken ct)
    {
        List<(string, long, string)> compared = [];
        foreach (var table in StoreTable.All)
        {
            var (columns, all, done) = (await table.ColumnsAsync(to, ct), await table.CountAsync(from, ct), 0L);
            using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            progress(table.Name, all, 0);
            for (object?[]? last = null; ;)
            {
                await using var there = table.ReadAsync(to, columns, last, Batch, ct).GetAsyncEnumerator(ct);
                var count = 0;
                await foreach (var row in table.ReadAsync(from, columns, last, Batch, ct))
                {
                    if (!await there.MoveNextAsync() || !IsSame(row, there.Current)) throw Differs(table, columns, row);
                    Add(checksum, row);
                    (last, count) = (row[..table.Key.Length], count + 1);
                }

                if (await there.MoveNextAsync()) throw Differs(table, columns, there.Current);
                progress(table.Name, all, done += count);
                if (count < Batch) break;
            }

            compared.Add((table.Name, done, Convert.ToHexStringLower(checksum.GetHashAndReset().AsSpan(0, 8))));
        }

        await CheckLogsAsync(ct);
        return compared;
    }

    /// <summary>
    /// Checks that seqs are 1, 2, 3 … up to the head, in messages and changes together, and so are the numbers of messages; some rooms at a
    /// time.
    /// </summary>
    private async Task CheckLogsAsync(CancellationToken ct)
    {
        var after = 0L;
        const string Some =
            "SELECT coalesce(max(room_id), 0) FROM (SELECT room_id FROM room_heads WHERE room_id > @after ORDER BY room_id LIMIT 500) x";
        while (await to.FirstAsync<long>(Some, new { after }, ct) is > 0 and var last)
        {
            var room = await to.FirstAsync<long>(
                """
                SELECT h.room_id FROM room_heads h
                LEFT JOIN (
                  SELECT room_id, count(*) AS n, max(seq) AS last,
                    count(DISTINCT number) FILTER (WHERE number > 0) AS numbers, max(number) AS number
                  FROM (
                    SELECT room_id, seq, number FROM messages WHERE room_id > @after AND room_id <= @last
                    UNION
                    SELECT room_id, seq, 0 FROM changes WHERE room_id > @after AND room_id <= @last) x
                  GROUP BY room_id) l ON l.room_id = h.room_id
                WHERE h.room_id > @after AND h.room_id <= @last
                  AND (coalesce(l.n, 0) <> h.last_seq OR coalesce(l.last, 0) <> h.last_seq
                    OR coalesce(l.numbers, 0) <> h.messages OR coalesce(l.number, 0) <> h.messages)
                LIMIT 1
                """,
                new { after, last },
                ct);
            if (room > 0)
            {
                throw new StartException(
                    $"The log of room {room} has a gap, or does not end where its head says. "
                    + "It was so before: repair the store that was moved.");
            }

            after = last;
        }
    }

    private StartException Differs(StoreTable table, string[] columns, object?[] row)
    {
        var key = string.Join(", ", table.Key.Select((column, i) => $"{column} {Text(row[i])}"));
        return new StartException(
            $"{to.Name} is not the same as {from.Name}: {table.Name}, {key} ({columns.Length} columns). "
            + "Move into an empty database, and let no server run on either.");

        static string? Text(object? value) =>
            value is byte[] bytes ? Convert.ToHexStringLower(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture);
    }

    private static bool IsSame(object?[] a, object?[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (!(a[i] is byte[] x && b[i] is byte[] y ? x.AsSpan().SequenceEqual(y) : Equals(a[i], b[i]))) return false;
        }

        return true;
    }

    /// <summary>Adds kind, length and bytes of each value.</summary>
    private static void Add(IncrementalHash checksum, object?[] row)
    {
        Span<byte> head = stackalloc byte[5];
        Span<byte> number = stackalloc byte[8];
        foreach (var value in row)
        {
            var bytes = value switch
            {
                string text => Encoding.UTF8.GetBytes(text),
                byte[] blob => blob,
                _ => [],
            };
            head[0] = value switch { null => 0, long => 1, string => 2, _ => 3 };
            BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
            checksum.AppendData(head);
            checksum.AppendData(bytes);
            if (value is not long x) continue;
            BinaryPrimitives.WriteInt64LittleEndian(number, x);
            checksum.AppendData(number);
        }
    }
}
