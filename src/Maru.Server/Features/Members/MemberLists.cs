using Maru.Engine;
using Maru.Server.Cluster;
using Maru.Server.Features.Rooms;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Members;

/// <summary>Members and bans by the page, ordered by user. Nothing for those who may not see them. Any thread.</summary>
internal sealed class MemberLists(Database database, ChatEngine engine, ThisNode node)
{
    /// <summary>For members.</summary>
    public async Task<MemberPage> MembersAsync(RoomId room, UserId user, PageRequest page, CancellationToken ct)
    {
        var rows = await database.ListAsync<MemberRow>(
            $"""
            SELECT {UserRow.Columns("u")}, m.role,
              (SELECT count(*) FROM nodes n WHERE n.id <> @node AND n.lease_until >= {database.Clock}) AS other_nodes
            FROM members m JOIN users u ON u.id = m.user_id
            WHERE m.room_id = @room AND m.user_id > @after
              AND EXISTS (SELECT 1 FROM members me WHERE me.room_id = @room AND me.user_id = @user)
            ORDER BY m.user_id LIMIT @limit
            """,
            new { room = room.Value, user = user.Value, after = page.After?.Id ?? 0, limit = page.Size + 1, node = node.Id.ToString() },
            ct);
        return new MemberPage([.. rows.Take(page.Size).Select(ToMember)], Next(rows, page, row => row.Id));
    }

    /// <summary>For the owner and admins.</summary>
    public async Task<BanPage> BansAsync(RoomId room, UserId user, PageRequest page, CancellationToken ct)
    {
        var rows = await database.ListAsync<BanRow>(
            $"""
            SELECT {UserRow.Columns("u")}, b.banned_by, b.banned_at
            FROM bans b JOIN users u ON u.id = b.user_id
            WHERE b.room_id = @room AND b.user_id > @after
              AND EXISTS (SELECT 1 FROM members me WHERE me.room_id = @room AND me.user_id = @user AND me.role IN ('owner', 'admin'))
            ORDER BY b.user_id LIMIT @limit
            """,
            new { room = room.Value, user = user.Value, after = page.After?.Id ?? 0, limit = page.Size + 1 },
            ct);
        return new BanPage([.. rows.Take(page.Size).Select(row => row.ToBan())], Next(rows, page, row => row.Id));
    }

    /// <summary>One row more than asked for says that there is a next page.</summary>
    private static string? Next<T>(IReadOnlyList<T> rows, PageRequest page, Func<T, long> id) =>
        rows.Count > page.Size ? new Cursor(id(rows[page.Size - 1])).ToString() : null;

    /// <summary>This node knows its own connections alone: with others beside it, it does not say who is connected.</summary>
    private Member ToMember(MemberRow row) => new(
        row.Id, row.Handle, row.Name, row.Role, row.OtherNodes > 0 ? null : engine.Connections.IsOnline(new UserId(row.Id)), row.AvatarUrl);

    private sealed record MemberRow(long Id, string Handle, string Name, string? AvatarUrl, string Role, long OtherNodes);

    private sealed record BanRow(long Id, string Handle, string Name, string? AvatarUrl, long BannedBy, long BannedAt)
    {
        public Ban ToBan() => new(Id, Handle, Name, BannedBy, DateTimeOffset.FromUnixTimeMilliseconds(BannedAt), AvatarUrl);
    }
}
