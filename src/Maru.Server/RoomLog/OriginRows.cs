using System.Data.Common;
using Maru.Engine;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>Where forwarded messages were said first: columns of their rows, written behind them.</summary>
internal static class OriginRows
{
    /// <summary>
    /// The origin of the message <c>m</c>, read only where it has one. A room that is private is told in that room alone. A person is read
    /// by column, so that no query needs a join for it.
    /// </summary>
    public const string Columns =
        """
        m.origin_at, m.origin_sender_id,
        CASE WHEN m.origin_sender_id IS NOT NULL THEN (SELECT o.handle FROM users o WHERE o.id = m.origin_sender_id) END,
        CASE WHEN m.origin_sender_id IS NOT NULL THEN (SELECT o.name FROM users o WHERE o.id = m.origin_sender_id) END,
        CASE WHEN m.origin_sender_id IS NOT NULL THEN (SELECT o.avatar_url FROM users o WHERE o.id = m.origin_sender_id) END,
        CASE WHEN m.origin_room_id = m.room_id THEN m.origin_room_id WHEN m.origin_room_id IS NOT NULL THEN (
          SELECT o.id FROM rooms o WHERE o.id = m.origin_room_id AND o.visibility = 'public' AND o.deleted_at IS NULL) END,
        m.origin_seq
        """;

    /// <summary>The number of <see cref="Columns"/>.</summary>
    public const int ColumnCount = 7;

    public const string Write =
        """
        WITH x (room_id, seq, sender_id, at, origin_room_id, origin_seq) AS ROWS @rows
        UPDATE messages SET origin_sender_id = x.sender_id, origin_at = x.at, origin_room_id = x.origin_room_id, origin_seq = x.origin_seq
        FROM x WHERE messages.room_id = x.room_id AND messages.seq = x.seq
        """;

    /// <summary>Returns the rows of new messages, for <see cref="Write"/>; null: none is a forward.</summary>
    public static string? Of(List<MessageRow> messages)
    {
        List<long[]>? rows = null;
        foreach (var (draft, _, _, _, _) in messages)
        {
            if (draft.Origin is not { } x) continue;
            (rows ??= []).Add([draft.Room.Value, draft.Seq, x.Sender.Value, x.At, x.Room.Value, x.Seq]);
        }

        return rows is null ? null : Dialect.Rows(rows);
    }

    /// <summary>
    /// Returns the <c>forwardedFrom</c> of the current row, whose <see cref="Columns"/> begin there; empty: it is no forward.
    /// </summary>
    public static ReadOnlySpan<byte> Read(DbDataReader row, int first)
    {
        if (row.IsDBNull(first)) return default;
        var room = row.IsDBNull(first + 5) ? default(RoomId?) : new RoomId(row.GetInt64(first + 5));
        return MessageJson.Origin(MessageRows.User(row, first + 1), row.GetInt64(first), room, row.GetInt64(first + 6));
    }
}
