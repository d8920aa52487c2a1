using Maru.Engine;
using Maru.Server.Platform.Http;
using Maru.Server.Storage;

namespace Maru.Server.Features.Drafts;

/// <summary>Lists what somebody has begun to write. Any thread.</summary>
internal sealed class DraftStore(Database database)
{
    /// <summary>Returns a page of the user's present rooms. Walks an index in its order, so every page costs the same.</summary>
    public async Task<DraftPage> ListAsync(UserId user, MessageCursor after, int size, CancellationToken ct)
    {
        var rows = await database.ListAsync<Row>(
            """
            SELECT d.room_id, d.text, coalesce(d.reply_to, 0) AS reply_to, d.at
            FROM drafts d
            WHERE d.user_id = @user AND d.text <> '' AND (d.at, d.room_id) < (@At, @Room)
              AND EXISTS (SELECT 1 FROM members me WHERE me.room_id = d.room_id AND me.user_id = d.user_id)
            ORDER BY d.at DESC, d.room_id DESC LIMIT @limit
            """,
            new { user = user.Value, after.At, after.Room, limit = size + 1 },
            ct);
        var items = rows.Take(size).Select(row => row.ToDraft()).ToList();
        var last = rows.Count > size ? rows[size - 1] : null;
        return new DraftPage(items, last is null ? null : new MessageCursor(last.At, last.RoomId, 0).ToString());
    }

    private sealed record Row(long RoomId, string Text, long ReplyTo, long At)
    {
        public WrittenDraft ToDraft() =>
            new(RoomId, Text, DateTimeOffset.FromUnixTimeMilliseconds(At), ReplyTo > 0 ? ReplyTo : null);
    }
}
