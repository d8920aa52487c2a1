using Maru.Server.RoomLog;

namespace Maru.Server.Audit;

/// <summary>The reactions that each message counts, beside the rows that say who reacted. Their order is not compared.</summary>
internal sealed class ReactionCheck : MessageCheck<ReactionCheck.Row>
{
    public override string Name => "reactions";

    // A deleted message has none, though an older program leaves them in its row.
    protected override string Sql =>
        $"""
        SELECT m.room_id, m.seq, CASE WHEN m.deleted_at IS NULL THEN coalesce(m.reactions, '') ELSE '' END AS kept, coalesce((
          SELECT string_agg(x.emoji || ' ' || x.n, ' ' ORDER BY x.first)
          FROM (
            SELECT r.emoji, count(*) AS n, min(r.added_seq) AS first FROM reactions r
            WHERE r.room_id = m.room_id AND r.seq = m.seq GROUP BY r.emoji) x), '') AS found
        FROM messages m WHERE (m.room_id, m.seq) > (@room, @seq) AND m.room_id <= @Last ORDER BY m.room_id, m.seq LIMIT {Page}
        """;

    /// <param name="Kept">what it counts; empty: none</param>
    /// <param name="Found">what the rows of reactions give</param>
    internal sealed record Row(long RoomId, long Seq, string Kept, string Found) : CheckedMessage(RoomId, Seq)
    {
        public override bool IsCounted => Found.Length > 0 || Kept.Length > 0;

        public override Drift? FindDrift() => Kept == Found || Read(Kept).IsSame(Read(Found)) ? null : new Drift(
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
