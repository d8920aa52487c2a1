using Maru.Engine.Log;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// What is unread, in SQL: the messages behind a member's position, without their own and without deleted ones of others. It costs the same
/// however many those are: numbers are subtracted, own messages are counted already but for the last moments', and what others delete, or
/// whom they mention, is counted by blocks of a room's messages: single ones are looked at in the position's own block alone.
/// </summary>
internal static class UnreadSql
{
    /// <summary>The messages of a block, as the triggers that count them have it.</summary>
    public const int Block = 256;

    /// <summary>The number of the first message behind the position's own block.</summary>
    private static readonly string Behind = $"((me.read_number / {Block} + 1) * {Block})";

    private static readonly string Deleted =
        $"""
        CASE WHEN NOT {Any("deleted_blocks", "")} THEN 0 ELSE {Sum("messages", "deleted_blocks", "")} + (
            SELECT count(*) FROM messages x
            WHERE x.room_id = me.room_id AND x.number > me.read_number AND x.number < {Behind} AND x.deleted_at IS NOT NULL)
          - (SELECT count(*) FROM messages x
            WHERE x.room_id = me.room_id AND x.sender_id = me.user_id AND x.number > me.read_number AND x.deleted_at IS NOT NULL) END
        """;

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
          - {Deleted} END
        """;

    /// <summary>
    /// How many of these mention the member <c>me</c>, by name or with all: mentions of deleted messages have no row, and nobody mentions
    /// themselves by name.
    /// </summary>
    public static readonly string Mentions =
        $"""
        CASE WHEN me.read_number >= h.messages THEN 0 ELSE {MentionsOf("me.user_id", "")} + {MentionsOf(
            "0",
            """
            - (SELECT count(*) FROM mentions x
              WHERE x.room_id = me.room_id AND x.user_id = 0 AND x.sender_id = me.user_id AND x.number > me.read_number)
            """)} END
        """;

    /// <summary>The join that goes with <see cref="Count"/>.</summary>
    public const string Join = "LEFT JOIN own_counts oc ON oc.room_id = h.room_id";

    private static string MentionsOf(string user, string without) =>
        $"""
        CASE WHEN NOT {Any("mention_blocks", $"AND b.user_id = {user}")} THEN 0 ELSE
          {Sum("mentions", "mention_blocks", $"AND b.user_id = {user}")} + (
            SELECT count(*) FROM mentions x
            WHERE x.room_id = me.room_id AND x.user_id = {user} AND x.number > me.read_number AND x.number < {Behind})
          {without} END
        """;

    /// <summary>True where there may be some behind the position: mostly there is none, and nothing else is looked at.</summary>
    private static string Any(string blocks, string of) =>
        $"EXISTS (SELECT 1 FROM {blocks} b WHERE b.room_id = me.room_id {of} AND b.block >= me.read_number / {Block})";

    /// <summary>The sum of the blocks behind the position's own.</summary>
    private static string Sum(string column, string blocks, string of) =>
        $"""
        CAST((SELECT coalesce(sum(b.{column}), 0) FROM {blocks} b
          WHERE b.room_id = me.room_id {of} AND b.block > me.read_number / {Block}) AS BIGINT)
        """;
}
