using Maru.Engine;
using Maru.Engine.People;
using Maru.Server.Features.Rooms;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Members;

/// <summary>Reads members and bans in pages, ordered by user. Users who may not see them get an empty page. Any thread.</summary>
internal sealed class MemberLists(Database database, ChatEngine engine)
{
    /// <summary>Returns a page of members, for members.</summary>
    public async Task<MemberPage> MembersAsync(RoomId room, UserId user, PageRequest page, CancellationToken ct)
    {
        var rows = await database.ListAsync<MemberRow>(
            $"""
            SELECT {UserRow.Columns("u")}, m.role,
              (SELECT me.hides_presence FROM users me WHERE me.id = @user)
                + (SELECT count(*) FROM blocks b WHERE b.user_id = u.id AND b.other_id = @user) AS is_hidden
            FROM members m JOIN users u ON u.id = m.user_id
            WHERE m.room_id = @room AND m.user_id > @after
              AND EXISTS (SELECT 1 FROM members me WHERE me.room_id = @room AND me.user_id = @user)
            ORDER BY m.user_id LIMIT @limit
            """,
            new { room = room.Value, user = user.Value, after = page.After?.Id ?? 0, limit = page.Size + 1 },
            ct);
        return new MemberPage([.. rows.Take(page.Size).Select(ToMember)], Next(rows, page, row => row.Id));
    }

    /// <summary>Returns a page of bans, for the owner and admins.</summary>
    public async Task<BanPage> BansAsync(RoomId room, UserId user, PageRequest page, CancellationToken ct)
    {
        var rows = await database.ListAsync<BanRow>(
            $"""
            SELECT {UserRow.Columns("u")}, b.banned_by, b.banned_at, b.reason
            FROM bans b JOIN users u ON u.id = b.user_id
            WHERE b.room_id = @room AND b.user_id > @after
              AND EXISTS (SELECT 1 FROM members me WHERE me.room_id = @room AND me.user_id = @user AND me.role IN ('owner', 'admin'))
            ORDER BY b.user_id LIMIT @limit
            """,
            new { room = room.Value, user = user.Value, after = page.After?.Id ?? 0, limit = page.Size + 1 },
            ct);
        return new BanPage([.. rows.Take(page.Size).Select(row => row.ToBan())], Next(rows, page, row => row.Id));
    }

    /// <summary>Returns whether the room has so many bans. Walks an index so far.</summary>
    public async Task<bool> HasBansAsync(RoomId room, int count) => await database.FirstAsync<long>(
        "SELECT user_id FROM bans WHERE room_id = @room LIMIT 1 OFFSET @before",
        new { room = room.Value, before = count - 1 },
        CancellationToken.None) > 0;

    /// <summary>Returns the cursor of the next page: there is one if the query found one row more than asked for.</summary>
    private static string? Next<T>(IReadOnlyList<T> rows, PageRequest page, Func<T, long> id) =>
        rows.Count > page.Size ? new PageCursor(id(rows[page.Size - 1])).ToString() : null;

    /// <summary>
    /// Makes a member, as somebody sees it who shares the room: who hides their presence does not see that of others, and who is blocked
    /// does not see that of the blocker.
    /// </summary>
    private Member ToMember(MemberRow row)
    {
        var isOnline = row.IsHidden == 0 && engine.Presence.StateOf(new UserId(row.Id)) != PresenceState.Offline;
        return new Member(row.Id, row.Handle, row.Name, row.Role, isOnline, row.AvatarUrl);
    }

    private sealed record MemberRow(long Id, string Handle, string Name, string? AvatarUrl, string Role, long IsHidden);

    private sealed record BanRow(long Id, string Handle, string Name, string? AvatarUrl, long BannedBy, long BannedAt, string? Reason)
    {
        public Ban ToBan() => new(Id, Handle, Name, BannedBy, DateTimeOffset.FromUnixTimeMilliseconds(BannedAt), AvatarUrl, Reason);
    }
}
