using System.Data.Common;
using Maru.Server.Storage;

namespace Maru.Server.Audit;

/// <summary>The replies that each message counts, beside the messages that reply to it and are not deleted.</summary>
internal sealed class ReplyCheck : IStoreCheck
{
    private const int Page = 5000;

    public string Name => "replies";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        List<Drift> drift = [];
        var (rows, room, seq) = (0L, rooms.First, 0L);
        while (true)
        {
            var page = await snapshot.ListAsync<Row>(
                $"""
                SELECT m.room_id, m.seq, coalesce(m.replies, 0) AS kept, (
                  SELECT count(*) FROM messages r
                  WHERE r.room_id = m.room_id AND r.reply_to = m.seq AND r.deleted_at IS NULL) AS found
                FROM messages m WHERE (m.room_id, m.seq) > (@room, @seq) AND m.room_id <= @Last ORDER BY m.room_id, m.seq LIMIT {Page}
                """,
                new { room, seq, rooms.Last },
                ct);
            foreach (var row in page)
            {
                if (row.Found > 0 || row.Kept != 0) rows++;
                if (row.Found != row.Kept) drift.Add(row.ToDrift());
            }

            if (page.Count < Page) return new Look(rows, drift);
            (room, seq) = (page[^1].RoomId, page[^1].Seq);
        }
    }

    /// <param name="RoomId">the room</param>
    /// <param name="Seq">the message</param>
    /// <param name="Kept">what it counts</param>
    /// <param name="Found">what there are</param>
    private sealed record Row(long RoomId, long Seq, long Kept, long Found)
    {
        public Drift ToDrift() => new(
            RoomId,
            $"room {RoomId}, seq {Seq}: {Kept} replies, right is {Found}",
            "UPDATE messages SET replies = @Found WHERE room_id = @RoomId AND seq = @Seq AND coalesce(replies, 0) = @Kept",
            new { RoomId, Seq, Kept, Found });
    }
}
