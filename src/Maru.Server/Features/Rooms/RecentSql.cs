namespace Maru.Server.Features.Rooms;

/// <summary>
/// How many messages were written in rooms in the last ten minutes, deleted ones too. Messages are numbered, and their times are in the
/// order of a room's log: it is enough to find the first one of that time, by steps back from the end that double, and then by halves. That
/// costs some looks into the log's index for a room in which something was written, whatever its past, and none for any other. An index by
/// time, or a count kept for each minute, would cost every message.
/// </summary>
internal static class RecentSql
{
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    /// <summary>Column of the count, beside a room's head <c>h</c> and <c>recent</c>.</summary>
    public const string Count = "CASE WHEN recent.before IS NULL THEN 0 ELSE h.messages - recent.before END AS recent_messages";

    /// <summary>
    /// Behind <c>WITH RECURSIVE page …</c>, which has the ids of rooms: of those of them in which something was written after <c>@since</c>
    /// <c>recent</c> has the number of the last message before that. While a room is searched, what is at <c>first</c> is new, and what is
    /// at <c>old</c> is not; -1: not known yet.
    /// </summary>
    public const string Tables =
        $"""
        search(id, first, old, step, before) AS (
          SELECT y.room_id, y.last_seq + 1, CAST(-1 AS BIGINT), CAST(8 AS BIGINT), y.messages
          FROM page JOIN room_heads y ON y.room_id = page.id WHERE y.last_at > @since
          UNION ALL
          SELECT s.id, CASE WHEN m.at > @since THEN m.seq ELSE s.first END, CASE WHEN m.at > @since THEN s.old ELSE {Probe} END, s.step * 2,
            CASE WHEN m.at > @since THEN m.number - CASE m.type WHEN 0 THEN 1 ELSE 0 END ELSE s.before END
          FROM search s LEFT JOIN messages m
            ON m.room_id = s.id AND m.seq = (SELECT max(z.seq) FROM messages z WHERE z.room_id = s.id AND z.seq <= {Probe})
          WHERE s.old < 0 OR s.first - s.old > 1),
        recent AS MATERIALIZED (SELECT id, before FROM search WHERE old >= 0 AND first - old <= 1)
        """;

    private const string Probe =
        "CASE WHEN s.old >= 0 THEN (s.old + s.first) / 2 WHEN s.first > s.step THEN s.first - s.step ELSE 0 END";
}
