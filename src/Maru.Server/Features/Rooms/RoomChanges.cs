using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Rooms;

/// <summary>What happens to a room as a whole, through its log. Each method answers null, or why not. Any thread.</summary>
internal sealed class RoomChanges(ChatEngine engine, RoomNews news)
{
    /// <summary>Of each detail: null leaves it. Nothing is said where nothing changes.</summary>
    /// <param name="passwordHash">taken when <paramref name="change"/> has a password; null takes the password away</param>
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
        if (problem is null) news.Removed(members, room);
        return problem;
    }

    /// <summary>Nobody is in the room any longer, and nobody finds it; its log says so. What was said stays in the store.</summary>
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
