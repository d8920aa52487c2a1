using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Guests;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Invitations;

/// <summary>Finds invitations, and deletes those that are over. Any thread.</summary>
internal sealed class InvitationStore(Database database, GuestOptions guests, TimeProvider time)
{
    /// <summary>A used-up one stays for as long: its last user may not have got the response, and asks again.</summary>
    private static readonly TimeSpan UsedUpStays = TimeSpan.FromHours(1);

    /// <summary>The condition that a row of invitations is of no more use, at the time <c>@now</c>: see <see cref="UsedUp"/>.</summary>
    public const string IsOver =
        "((expires_at IS NOT NULL AND expires_at <= @now) OR (max_uses IS NOT NULL AND uses >= max_uses AND used_at <= @usedUp))";

    /// <summary>The tables of an invitation <c>i</c> into the room <c>r</c>, whose maker <c>mk</c> is a member.</summary>
    public const string Tables =
        "invitations i JOIN rooms r ON r.id = i.room_id JOIN members mk ON mk.room_id = i.room_id AND mk.user_id = i.user_id";

    /// <summary>The condition that it lets somebody in: it has uses left, and its maker may still invite.</summary>
    public const string LetsIn =
        """
        (i.max_uses IS NULL OR i.uses < i.max_uses)
        AND (mk.role IN ('owner', 'admin') OR (r.visibility = 'public' AND r.password_hash IS NULL))
        """;

    /// <summary>The condition that it exists for the user at the time <c>@now</c>.</summary>
    public const string Exists =
        """
        i.code = @code AND r.deleted_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > @now)
        AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.room_id = i.room_id AND b.user_id = @user)
        """;

    /// <summary>Returns the moment up to which invitations that were used up then are of no more use.</summary>
    public static long UsedUp(long now) => now - (long)UsedUpStays.TotalMilliseconds;

    /// <summary>Returns the room of a code; null: there is none.</summary>
    public async Task<RoomId?> RoomOfAsync(string code, CancellationToken ct) =>
        await database.FirstAsync<long>("SELECT room_id FROM invitations WHERE code = @code", new { code }, ct) is var room and > 0
            ? new RoomId(room) : null;

    /// <summary>Returns what the code leads to; null: it lets nobody in, or not this user.</summary>
    /// <param name="user">null: nobody who is signed in</param>
    public async Task<InvitationView?> ViewAsync(string code, UserId? user, CancellationToken ct)
    {
        var row = await database.FirstAsync<ViewRow>(
            $"SELECT r.name, r.description, r.member_count, r.allows_guests, i.expires_at FROM {Tables} WHERE {Exists} AND {LetsIn}",
            new { code, user = user?.Value ?? 0, now = Now },
            ct);
        return row is null ? null : new InvitationView(
            new InvitedRoom(row.Name, row.Description, row.MemberCount), guests.Enabled && row.AllowsGuests != 0, Time(row.ExpiresAt));
    }

    /// <summary>
    /// Returns a page of a room's invitations, the newest first: all for owner and admins, their own for members, none for others.
    /// </summary>
    /// <param name="link">makes the address of a code</param>
    public async Task<InvitationPage> PageAsync(RoomId room, UserId user, PageRequest page, Func<string, string> link, CancellationToken ct)
    {
        var rows = await database.ListAsync<Row>(
            $"""
            SELECT i.number, i.code, i.uses, i.made_at, i.expires_at, i.max_uses, {UserRow.Columns("u")}
            FROM members me JOIN invitations i ON i.room_id = me.room_id JOIN users u ON u.id = i.user_id
            WHERE me.room_id = @room AND me.user_id = @user AND i.number < @before AND (me.role IN ('owner', 'admin') OR i.user_id = @user)
              AND NOT {IsOver}
            ORDER BY i.number DESC LIMIT @limit
            """,
            new
            {
                room = room.Value,
                user = user.Value,
                before = page.After?.Id ?? long.MaxValue,
                now = Now,
                usedUp = UsedUp(Now),
                limit = page.Size + 1,
            },
            ct);
        var next = rows.Count > page.Size ? new PageCursor(rows[page.Size - 1].Number).ToString() : null;
        return new InvitationPage([.. rows.Take(page.Size).Select(row => row.ToLink(link))], next);
    }

    /// <summary>Deletes those that are of no more use; returns how many.</summary>
    public async Task<int> SweepAsync(CancellationToken ct)
    {
        var over = await database.ListAsync<string>(
            """
            SELECT code FROM invitations WHERE expires_at <= @now
            UNION SELECT code FROM invitations WHERE uses >= max_uses AND used_at <= @usedUp
            """,
            new { now = Now, usedUp = UsedUp(Now) },
            ct);
        foreach (var some in over.Chunk(500))
        {
            await database.WriteAsync(
                (transaction, inner) => transaction.ExecuteAsync("DELETE FROM invitations WHERE code IN @some", new { some }, inner), ct);
        }

        return over.Count;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    private sealed record ViewRow(string Name, string Description, long MemberCount, long AllowsGuests, long? ExpiresAt);

    private sealed record Row(
        long Number, string Code, long Uses, long MadeAt, long? ExpiresAt, long? MaxUses, long Id, string Handle, string Name,
        string? AvatarUrl)
    {
        public InvitationLink ToLink(Func<string, string> link) => new(
            Code, link(Code), Uses, new User(Id, Handle, Name, AvatarUrl), DateTimeOffset.FromUnixTimeMilliseconds(MadeAt),
            Time(ExpiresAt), MaxUses);
    }
}
