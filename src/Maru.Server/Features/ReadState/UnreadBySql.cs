namespace Maru.Server.Features.ReadState;

/// <summary>
/// How many have not read a message, in SQL: the members whose position is before it, from their counts by position, without its sender.
/// Who joined later has a position behind it. Of each message of a page only the positions since the one before it are added up, and the
/// reader of the rows adds these: so every position is counted once, however far apart the messages are.
/// </summary>
internal static class UnreadBySql
{
    /// <summary>
    /// Of the message <c>m</c> of the room <c>@room</c>: how many have positions from the number <c>page.since</c> on, that of the message
    /// before it or 0, up to it; and 1 where its own sender is one of all that are before it.
    /// </summary>
    public const string Columns =
        """
        CAST((
          SELECT coalesce(sum(p.members), 0) FROM read_positions p
          WHERE p.room_id = @room AND p.number >= page.since AND p.number < m.number) AS BIGINT),
        CAST(CASE WHEN w.read_number < m.number THEN 1 ELSE 0 END AS BIGINT)
        """;

    /// <summary>The number of <see cref="Columns"/>.</summary>
    public const int ColumnCount = 2;

    /// <summary>The join that goes with them: the sender as a member.</summary>
    public const string Join = "LEFT JOIN members w ON w.room_id = m.room_id AND w.user_id = m.sender_id";
}
