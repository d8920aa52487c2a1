using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Members;
using Maru.Server.Features.Rooms;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Invitations;

/// <summary>
/// Makes, revokes and accepts invitations. The room's lock makes the bound and the number of uses exact, on every node: the last use is
/// taken once. An accepted invitation, its use and the new member are one transaction. Any thread.
/// </summary>
internal sealed class InvitationChanges(
    ChatEngine engine, InvitationOptions options, InvitationStore store, Memberships memberships)
{
    /// <summary>Makes an invitation, or returns the refusal.</summary>
    public async Task<(MadeInvitation? Made, Problem? Problem)> MakeAsync(RoomId room, UserId actor, NewInvitationLink request)
    {
        MadeInvitation? made = null;
        var problem = await RoomWrite.RunAsync(engine, room, actor, transaction =>
        {
            made = null;
            if (!RoomRow.TryEnter(transaction, actor, Roles.Member, out var here, out var refusal)) return refusal;
            if (here is { IsGuarded: true, IsLed: false }) return Problem.Forbidden;
            var (now, usedUp) = (transaction.At, InvitationStore.UsedUp(transaction.At));
            var names = new { room = room.Value, user = actor.Value, now, usedUp };
            transaction.Execute($"DELETE FROM invitations WHERE room_id = @room AND {InvitationStore.IsOver}", names);
            if (IsFull(transaction, here.IsLed)) return Problem.TooManyInvitations;
            if (transaction.First<UserRow>($"SELECT {UserRow.Columns("users")} FROM users WHERE id = @user", names) is not { } maker)
                return Problem.NotFound;
            made = new MadeInvitation(
                InvitationCode.Make(), maker, transaction.At, request.ExpiresIn is { } life ? transaction.At + (life * 1000) : null);
            transaction.Execute("UPDATE rooms SET invitations = invitations + 1 WHERE id = @room", names);
            transaction.Execute(
                """
                INSERT INTO invitations (room_id, number, code, user_id, made_at, expires_at, max_uses)
                SELECT id, invitations, @Code, @user, @At, @ExpiresAt, @MaxUses FROM rooms WHERE id = @room
                """,
                new { room = room.Value, user = actor.Value, made.Code, made.At, made.ExpiresAt, request.MaxUses });
            return null;
        });
        return (problem is null ? made : null, problem);
    }

    /// <summary>Revokes an invitation, for its maker, the owner and admins; for others there is none. Returns null, or why not.</summary>
    public async Task<Problem?> RevokeAsync(string code, UserId actor, CancellationToken ct)
    {
        if (await store.RoomOfAsync(code, ct) is not { } room) return Problem.NotFound;
        return await RoomWrite.RunAsync(engine, room, actor, transaction => transaction.Execute(
            """
            DELETE FROM invitations WHERE room_id = @room AND code = @code AND EXISTS (
              SELECT 1 FROM members me
              WHERE me.room_id = @room AND me.user_id = @actor AND (me.role IN ('owner', 'admin') OR invitations.user_id = @actor))
            """,
            new { room = room.Value, code, actor = actor.Value }) > 0 ? null : Problem.NotFound);
    }

    /// <summary>
    /// Brings the user in, past the room's password. A member takes no use, and may ask again also when the last one is taken. Returns the
    /// room, or the refusal: the same for a code that never was and for one that is of no use to this user.
    /// </summary>
    public async Task<(RoomId Room, Problem? Problem)> AcceptAsync(string code, UserId user, CancellationToken ct)
    {
        if (await store.RoomOfAsync(code, ct) is not { } room) return (default, Problem.NotFound);
        return (room, await memberships.EnterAsync(room, user, transaction => Find(transaction, code, user)));
    }

    private static Entrance Find(RoomTransaction transaction, string code, UserId user)
    {
        var found = transaction.First<Found>(
            $"""
            SELECT i.number, me.role FROM {InvitationStore.Tables}
            LEFT JOIN members me ON me.room_id = i.room_id AND me.user_id = @user
            WHERE i.room_id = @room AND {InvitationStore.Exists} AND (me.role IS NOT NULL OR ({InvitationStore.LetsIn}))
            """,
            new { room = transaction.Room.Value, code, user = user.Value, now = transaction.At });
        if (found is null) return Entrance.Refuse(Problem.NotFound);
        if (found.Role is not null) return Entrance.Inside;
        transaction.Execute(
            "UPDATE invitations SET uses = uses + 1, used_at = @At WHERE room_id = @room AND number = @Number",
            new { room = transaction.Room.Value, found.Number, transaction.At });
        return Entrance.Open(Problem.NotFound, found.Number);
    }

    private bool IsFull(RoomTransaction transaction, bool isLed)
    {
        var plain = isLed ? "" : "JOIN members mk ON mk.room_id = i.room_id AND mk.user_id = i.user_id AND mk.role = 'member'";
        var count = transaction.First<long>(
            $"SELECT count(*) FROM invitations i {plain} WHERE i.room_id = @room", new { room = transaction.Room.Value });
        return count >= (isLed ? options.PerRoom : options.PerRoom / 2);
    }

    private sealed record Found(long Number, string? Role);
}

/// <param name="At">when it was made, unix milliseconds</param>
/// <param name="ExpiresAt">likewise; null: it does not end by itself</param>
internal sealed record MadeInvitation(string Code, UserRow Maker, long At, long? ExpiresAt);
