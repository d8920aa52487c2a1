using System.Data.Common;
using System.Text.Json;
using Maru.Server.Audit;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// The rows of mentions, by which they are counted and listed, beside what the messages themselves say. Those that do not count, since the
/// person had blocked the sender, are there too; where rows are made anew, they count.
/// </summary>
internal sealed class MentionCheck : IStoreCheck
{
    private const int Page = 5000;

    /// <summary>What a message says of mentions; a deleted one mentions nobody.</summary>
    private const string Told = "CASE WHEN m.deleted_at IS NULL THEN coalesce(m.mentions, '') ELSE '' END";

    public string Name => "mentions";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        List<Drift> drift = [];
        var (rows, room, seq) = (0L, rooms.First, 0L);
        while (true)
        {
            var page = await snapshot.ListAsync<Row>(
                $"""
                SELECT m.room_id, m.seq, m.sender_id, {Told} AS told, coalesce((
                  SELECT string_agg(abs(x.user_id) || '', ' ' ORDER BY abs(x.user_id)) FROM mentions x
                  WHERE x.room_id = m.room_id AND x.seq = m.seq AND (x.user_id >= 0 OR NOT EXISTS (
                    SELECT 1 FROM mentions y WHERE y.room_id = m.room_id AND y.seq = m.seq AND y.user_id = 0))), '') AS kept
                FROM messages m WHERE (m.room_id, m.seq) > (@room, @seq) AND m.room_id <= @Last ORDER BY m.room_id, m.seq LIMIT {Page}
                """,
                new { room, seq, rooms.Last },
                ct);
            foreach (var row in page)
            {
                var right = Targets(row.Told, row.SenderId);
                if (right.Length > 0 || row.Kept.Length > 0) rows++;
                if (string.Join(' ', right) != row.Kept) drift.Add(row.ToDrift(right));
            }

            if (page.Count < Page) return new Look(rows, drift);
            (room, seq) = (page[^1].RoomId, page[^1].Seq);
        }
    }

    /// <summary>Returns the ids of those whom a message mentions by its <c>mentions</c>, in order; 0 alone: all members.</summary>
    public static long[] Targets(string? told, long sender)
    {
        if (string.IsNullOrEmpty(told)) return [];
        using var mentions = JsonDocument.Parse(told);
        if (mentions.RootElement.EnumerateArray().Any(x => x.TryGetProperty("all", out _))) return [0];
        var users = mentions.RootElement.EnumerateArray().Select(x => x.GetProperty("userId").GetInt64());
        return [.. users.Where(user => user != sender).Distinct().Order()];
    }

    /// <param name="Told">what the message says; empty: nobody</param>
    /// <param name="Kept">the ids in its rows, in order; empty: none</param>
    private sealed record Row(long RoomId, long Seq, long SenderId, string Told, string Kept)
    {
        public Drift ToDrift(long[] right) => new(
            RoomId,
            $"room {RoomId}, seq {Seq}: rows mention '{Kept}', right is '{string.Join(' ', right)}'",
            $"""
            DELETE FROM mentions
            WHERE room_id = @RoomId AND seq = @Seq
              AND EXISTS (SELECT 1 FROM messages m WHERE m.room_id = @RoomId AND m.seq = @Seq AND {MentionCheck.Told} = @Told);
            WITH x (user_id) AS ROWS @rows
            INSERT INTO mentions (room_id, seq, user_id, number, sender_id, at, entry_seq)
            SELECT m.room_id, m.seq, x.user_id, m.number, m.sender_id, m.at, m.seq FROM x
            JOIN messages m ON m.room_id = @RoomId AND m.seq = @Seq AND {MentionCheck.Told} = @Told
            """,
            new { RoomId, Seq, rows = Dialect.Rows(right.Select(user => (long[])[user])), Told });
    }
}
