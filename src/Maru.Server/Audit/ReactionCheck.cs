using System.Data.Common;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Audit;

/// <summary>The reactions that each message counts, beside the rows that say who reacted. Their order is not compared.</summary>
internal sealed class ReactionCheck : IStoreCheck
{
    private const int Page = 5000;

    public string Name => "reactions";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        List<Drift> drift = [];
        var (rows, room, seq) = (0L, rooms.First, 0L);
        while (true)
        {
            // A deleted message has none, though an older program leaves them in its row.
            var page = await snapshot.ListAsync<Row>(
                $"""
                SELECT m.room_id, m.seq, CASE WHEN m.deleted_at IS NULL THEN coalesce(m.reactions, '') ELSE '' END AS kept, coalesce((
                  SELECT string_agg(x.emoji || ' ' || x.n, ' ' ORDER BY x.first)
                  FROM (
                    SELECT r.emoji, count(*) AS n, min(r.added_seq) AS first FROM reactions r
                    WHERE r.room_id = m.room_id AND r.seq = m.seq GROUP BY r.emoji) x), '') AS found
                FROM messages m WHERE (m.room_id, m.seq) > (@room, @seq) AND m.room_id <= @Last ORDER BY m.room_id, m.seq LIMIT {Page}
                """,
                new { room, seq, rooms.Last },
                ct);
            foreach (var row in page)
            {
                if (row.Found.Length > 0 || row.Kept.Length > 0) rows++;
                if (!row.IsSame) drift.Add(row.ToDrift());
            }

            if (page.Count < Page) return new Look(rows, drift);
            (room, seq) = (page[^1].RoomId, page[^1].Seq);
        }
    }

    /// <param name="RoomId">the room</param>
    /// <param name="Seq">the message</param>
    /// <param name="Kept">what it counts; empty: none</param>
    /// <param name="Found">what the rows of reactions give</param>
    private sealed record Row(long RoomId, long Seq, string Kept, string Found)
    {
        public bool IsSame => Kept == Found || Read(Kept).IsSame(Read(Found));

        public Drift ToDrift() => new(
            RoomId,
            $"room {RoomId}, seq {Seq}: reactions '{Kept}', right is '{Found}'",
            """
            UPDATE messages SET reactions = nullif(@Found, '')
            WHERE room_id = @RoomId AND seq = @Seq AND deleted_at IS NULL AND coalesce(reactions, '') = @Kept
            """,
            new { RoomId, Seq, Kept, Found });

        private static ReactionCounts Read(string text) => ReactionCounts.Read(text.Length == 0 ? null : text);
    }
}
