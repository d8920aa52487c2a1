namespace Maru.Server.Audit;

/// <summary>The replies that each message counts, beside the messages that reply to it and are not deleted.</summary>
internal sealed class ReplyCheck : MessageCheck<ReplyCheck.Row>
{
    public override string Name => "replies";

    protected override string Sql =>
        $"""
        SELECT m.room_id, m.seq, coalesce(m.replies, 0) AS kept, (
          SELECT count(*) FROM messages r
          WHERE r.room_id = m.room_id AND r.reply_to = m.seq AND r.deleted_at IS NULL) AS found
        FROM messages m WHERE (m.room_id, m.seq) > (@room, @seq) AND m.room_id <= @Last ORDER BY m.room_id, m.seq LIMIT {Page}
        """;

    /// <param name="Kept">what it counts</param>
    /// <param name="Found">what there are</param>
    internal sealed record Row(long RoomId, long Seq, long Kept, long Found) : CheckedMessage(RoomId, Seq)
    {
        public override bool IsCounted => Found > 0 || Kept != 0;

        public override Drift? FindDrift() => Found == Kept ? null : new Drift(
            RoomId,
            $"room {RoomId}, seq {Seq}: {Kept} replies, right is {Found}",
            "UPDATE messages SET replies = @Found WHERE room_id = @RoomId AND seq = @Seq AND coalesce(replies, 0) = @Kept",
            new { RoomId, Seq, Kept, Found });
    }
}
