namespace Maru.Server.Features.ReadState;

/// <summary>
/// How many have not read a message, in SQL: the members whose position is before it, from their counts by position, without its sender.
/// Who joined later has a position behind it. A page adds up the counts before it once.
/// </summary>
internal static class UnreadBySql
{
    /// <summary>The table that goes with <see cref="Count"/>, behind <c>page</c>, the messages of the room <c>@room</c>.</summary>
    public const string Tables =
        """
        below AS MATERIALIZED (
          SELECT x.first,
            (SELECT coalesce(sum(p.members), 0) FROM read_positions p WHERE p.room_id = @room AND p.number < x.first) AS members
          FROM (SELECT coalesce(min(number), 0) AS first FROM page) x)
        """;

    /// <summary>Of the message <c>m</c>.</summary>
    public const string Count =
        """
        CAST(below.members - CASE WHEN w.read_number < m.number THEN 1 ELSE 0 END + (
          SELECT coalesce(sum(p.members), 0) FROM read_positions p
          WHERE p.room_id = @room AND p.number >= below.first AND p.number < m.number) AS BIGINT)
        """;

    /// <summary>The join that goes with <see cref="Count"/>: the sender as a member.</summary>
    public const string Join = "LEFT JOIN members w ON w.room_id = m.room_id AND w.user_id = m.sender_id";
}
