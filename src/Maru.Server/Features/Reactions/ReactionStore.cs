using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Reactions;

/// <summary>Reads who reacted to a message, for members. Any thread.</summary>
internal sealed class ReactionStore(Database database)
{
    /// <summary>
    /// Returns a page in the order of emoji and, of each, of time; null: the user is no member, or no message has that seq. Walks an index
    /// in that order, so every page costs the same.
    /// </summary>
    /// <param name="emoji">in its one spelling; null: all</param>
    public async Task<GivenReactionPage?> ListAsync(
        RoomId room, UserId user, long seq, string? emoji, PageRequest page, CancellationToken ct)
    {
        const string visible =
            $"""
            FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq
            WHERE me.room_id = @room AND me.user_id = @user AND {VisibleSql.Message}
            """;
        var bound = (emoji, page.After) switch
        {
            (null, null) => "",
            (null, _) => "AND (x.emoji, x.added_seq) > (@key, @id)",
            _ => "AND x.emoji = @emoji AND x.added_seq > @id",
        };
        var arguments = new
        {
            room = room.Value,
            seq,
            user = user.Value,
            emoji,
            key = page.After?.Key,
            id = page.After?.Id ?? 0,
            limit = page.Size + 1,
        };
        var rows = await database.ListAsync<ReactionRow>(
            $"""
            SELECT {UserRow.Columns("u")}, x.emoji, x.at, x.added_seq
            FROM reactions x JOIN users u ON u.id = x.user_id
            WHERE x.room_id = @room AND x.seq = @seq {bound} AND EXISTS (SELECT 1 {visible} AND m.deleted_at IS NULL)
            ORDER BY x.emoji, x.added_seq LIMIT @limit
            """,
            arguments,
            ct);
        if (rows.Count == 0 && await database.FirstAsync<long>($"SELECT count(*) {visible}", arguments, ct) == 0) return null;
        var next = rows.Count > page.Size && rows[page.Size - 1] is var last ? new PageCursor(last.Emoji, last.AddedSeq).ToString() : null;
        return new GivenReactionPage([.. rows.Take(page.Size).Select(row => row.ToReaction())], next);
    }

    private sealed record ReactionRow(long Id, string Handle, string Name, string? AvatarUrl, string Emoji, long At, long AddedSeq)
    {
        public GivenReaction ToReaction() =>
            new(new User(Id, Handle, Name, AvatarUrl), Emoji, DateTimeOffset.FromUnixTimeMilliseconds(At));
    }
}
