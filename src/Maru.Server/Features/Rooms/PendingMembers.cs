using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Rooms;

/// <summary>Reads invitations to group rooms: of people who are asked before they are brought in. Any thread.</summary>
internal sealed class PendingMembers(Database database)
{
    private static readonly string Select =
        $"""
        SELECT p.user_id AS invited, r.id AS room, r.name AS room_name, r.description, r.member_count, p.at, {UserRow.Columns("u")}
        FROM pending_members p JOIN rooms r ON r.id = p.room_id JOIN users u ON u.id = p.inviter_id
        """;

    /// <summary>Returns a page of somebody's invitations. Walks the key in its order.</summary>
    public async Task<RoomInvitationPage> PageAsync(UserId user, PageRequest page, CancellationToken ct)
    {
        var rows = await database.ListAsync<Row>(
            $"{Select} WHERE p.user_id = @user AND p.room_id > @after ORDER BY p.room_id LIMIT @limit",
            new { user = user.Value, after = page.After?.Id ?? 0, limit = page.Size + 1 },
            ct);
        var next = rows.Count > page.Size ? new PageCursor(rows[page.Size - 1].Room).ToString() : null;
        return new RoomInvitationPage([.. rows.Take(page.Size).Select(row => row.ToInvitation())], next);
    }

    /// <summary>Returns the invitations of people to one room.</summary>
    public async Task<IReadOnlyList<(UserId User, RoomInvitation Invitation)>> ListAsync(
        RoomId room, IReadOnlyList<long> users, CancellationToken ct)
    {
        var rows = await database.ListAsync<Row>(
            $"{Select} WHERE p.room_id = @room AND p.user_id IN @users", new { room = room.Value, users = users.ToArray() }, ct);
        return [.. rows.Select(row => (new UserId(row.Invited), row.ToInvitation()))];
    }

    private sealed record Row(
        long Invited, long Room, string RoomName, string Description, long MemberCount, long At, long Id, string Handle, string Name,
        string? AvatarUrl)
    {
        public RoomInvitation ToInvitation() => new(
            new InvitingRoom(Room, RoomName, Description, MemberCount),
            new User(Id, Handle, Name, AvatarUrl),
            DateTimeOffset.FromUnixTimeMilliseconds(At));
    }
}
