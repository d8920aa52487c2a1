using Maru.Engine.Log;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// What is unread, in SQL: the messages behind a member's position, without their own and without deleted ones of others. It costs the same
/// however many those are: numbers are subtracted, own messages are counted already but for the last moments', and only deleted messages
/// have to be looked at.
/// </summary>
internal static class UnreadSql
{
    /// <summary>
    /// The number of unread messages of the member <c>me</c> in the room with the head <c>h</c>; <c>oc</c> is the row of own_counts.
    /// </summary>
    public static readonly string Count =
        $"""
        CASE WHEN me.read_number >= h.messages THEN 0 ELSE h.messages - me.read_number - me.own
          - CASE WHEN coalesce(oc.seq, 0) >= h.last_seq THEN 0 ELSE (
            SELECT count(*) FROM messages x
            WHERE x.room_id = me.room_id
              AND x.seq > CASE WHEN me.read_seq > coalesce(oc.seq, 0) THEN me.read_seq ELSE coalesce(oc.seq, 0) END
              AND x.type = {EntryKind.MessageCreated.Number} AND x.sender_id = me.user_id) END
          - (SELECT count(*) FROM messages x
            WHERE x.room_id = me.room_id AND x.number > me.read_number AND x.deleted_at IS NOT NULL AND x.sender_id <> me.user_id) END
        """;

    /// <summary>
    /// How many of these mention the member <c>me</c>, by name or with all: mentions of deleted messages have no row, and nobody mentions
    /// themselves by name.
    /// </summary>
    public const string Mentions =
        """
        CASE WHEN me.read_number >= h.messages THEN 0 ELSE (
            SELECT count(*) FROM mentions x
            WHERE x.room_id = me.room_id AND x.user_id = me.user_id AND x.number > me.read_number)
          + (SELECT count(*) FROM mentions x
            WHERE x.room_id = me.room_id AND x.user_id = 0 AND x.number > me.read_number AND x.sender_id <> me.user_id) END
        """;

    /// <summary>The join that goes with <see cref="Count"/>.</summary>
    public const string Join = "LEFT JOIN own_counts oc ON oc.room_id = h.room_id";
}
