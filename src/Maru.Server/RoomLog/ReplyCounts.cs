using Maru.Engine.Commit;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>
/// Counts the replies to a message in its row, with the messages that reply: one statement for all of a batch. A trigger takes off those
/// that are deleted.
/// </summary>
internal static class ReplyCounts
{
    public const string Add =
        """
        WITH x (room_id, seq, replies) AS ROWS @rows
        UPDATE messages SET replies = coalesce(messages.replies, 0) + x.replies
        FROM x WHERE messages.room_id = x.room_id AND messages.seq = x.seq
        """;

    /// <summary>Returns the rows of new messages, for <see cref="Add"/>; null: none is a reply.</summary>
    public static string? Of(List<MessageRow> messages)
    {
        Dictionary<(long Room, long Seq), long>? counts = null;
        foreach (var (draft, _, _, _, _) in messages)
        {
            if (draft.ReplyTo == 0) continue;
            counts ??= [];
            var target = (draft.Room.Value, draft.ReplyTo);
            counts[target] = counts.GetValueOrDefault(target) + 1;
        }

        return counts is null ? null : Dialect.Rows(counts.Select(x => (long[])[x.Key.Room, x.Key.Seq, x.Value]));
    }
}
