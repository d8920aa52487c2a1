using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Rooms;

/// <summary>Changes rooms as a whole, through their logs. Each method returns null, or the reason why not. Any thread.</summary>
internal sealed class RoomChanges(ChatEngine engine, MembershipEvents events)
{
    /// <summary>Changes the room's details; of each, null leaves it. A change that changes nothing appends nothing.</summary>
    /// <param name="passwordHash">used when <paramref name="change"/> has a password; null removes the password</param>
    public Task<Problem?> ChangeAsync(
        RoomId room, UserId actor, RoomChange change, string? passwordHash) => RoomWrite.RunAsync(engine, room, actor, transaction =>
    {
        if (!RoomRow.TryEnter(transaction, actor, Roles.Admin, out var before, out var refusal)) return refusal;
        var after = new RoomDetails(
            change.Name ?? before.Name,
            change.Description ?? before.Description,
            change.Visibility ?? before.Visibility,
            change.ChangesPassword ? passwordHash : before.PasswordHash);
        if (after == new RoomDetails(before.Name, before.Description, before.Visibility, before.PasswordHash)) return null;
        transaction.Execute(
            """
            UPDATE rooms SET name = @Name, name_key = @NameKey, description = @Description, visibility = @Visibility,
              password_hash = @PasswordHash
            WHERE id = @room
            """,
            new { room = room.Value, after.Name, after.NameKey, after.Description, after.Visibility, after.PasswordHash });
        RoomRow.AppendState(transaction, actor, null);
        return null;
    });

    public async Task<Problem?> DeleteAsync(RoomId room, UserId actor)
    {
        IReadOnlyList<long> members = [];
        var problem = await RoomWrite.RunAsync(engine, room, actor, transaction =>
        {
            if (!RoomRow.TryEnter(transaction, actor, Roles.Owner, out _, out var refusal)) return refusal;
            members = transaction.List<long>("SELECT user_id FROM members WHERE room_id = @room", new { room = room.Value });
            End(transaction, actor);
            return null;
        });
        if (problem is null) events.Removed(members, room);
        return problem;
    }

    /// <summary>Ends the room: it has no members any more and is not found, and its log says so. Its messages stay in the store.</summary>
    public static void End(RoomTransaction transaction, UserId actor)
    {
        var room = transaction.Room.Value;
        transaction.Execute("DELETE FROM members WHERE room_id = @room", new { room });
        transaction.Execute("DELETE FROM bans WHERE room_id = @room", new { room });
        transaction.Execute(
            "UPDATE rooms SET deleted_at = @At, member_count = 0, password_hash = NULL WHERE id = @room", new { room, transaction.At });
        transaction.AppendChange(EntryKind.RoomDeleted, actor, null);
    }
}
