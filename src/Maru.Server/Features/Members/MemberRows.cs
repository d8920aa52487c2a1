using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Features.Rooms;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Members;

/// <summary>
/// Writes the rows of a room's members and bans, inside a write to the room. Only here are members counted and their coming and going
/// logged.
/// </summary>
internal static class MemberRows
{
    /// <summary>Adds members; returns those who are new: not those who are in already, are banned or do not exist.</summary>
    public static IReadOnlyList<long> Add(RoomTransaction transaction, UserId actor, IReadOnlyList<long> users)
    {
        var room = transaction.Room.Value;
        var added = transaction.List<long>(
            """
            INSERT INTO members (room_id, user_id, role, joined_at)
            SELECT @room, u.id, 'member', @At FROM users u
            WHERE u.id IN @users AND u.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.room_id = @room AND b.user_id = u.id)
            ON CONFLICT DO NOTHING
            RETURNING user_id
            """,
            new { room, users, transaction.At });
        Count(transaction, added.Count);
        foreach (var user in added) transaction.AppendSystem(EntryKind.MemberJoined, actor, new UserId(user));
        return added;
    }

    /// <summary>Removes a member; ends the room with its last one.</summary>
    public static void Remove(RoomTransaction transaction, UserId actor, UserId user)
    {
        Count(transaction, -transaction.Execute("DELETE FROM members WHERE room_id = @room AND user_id = @user", Names(transaction, user)));
        transaction.AppendSystem(EntryKind.MemberLeft, actor, user);
        if (transaction.First<long>("SELECT member_count FROM rooms WHERE id = @room", Names(transaction, user)) == 0)
            RoomChanges.End(transaction, actor);
    }

    /// <summary>Returns the user's role; null: no member.</summary>
    public static string? RoleOf(RoomTransaction transaction, UserId user) =>
        transaction.First<string>("SELECT role FROM members WHERE room_id = @room AND user_id = @user", Names(transaction, user));

    public static void SetRole(RoomTransaction transaction, UserId user, string role) => transaction.Execute(
        "UPDATE members SET role = @role WHERE room_id = @room AND user_id = @user",
        new { room = transaction.Room.Value, user = user.Value, role });

    /// <summary>Returns the longest-standing admin or, where there is none, the longest-standing member.</summary>
    public static UserId? FindHeir(RoomTransaction transaction, UserId owner)
    {
        var heir = transaction.First<long>(
            """
            SELECT user_id FROM members WHERE room_id = @room AND user_id <> @user
            ORDER BY CASE role WHEN 'admin' THEN 0 ELSE 1 END, joined_at, user_id LIMIT 1
            """,
            Names(transaction, owner));
        return heir > 0 ? new UserId(heir) : null;
    }

    /// <summary>Returns whether the account exists.</summary>
    public static bool Exists(RoomTransaction transaction, UserId user) =>
        transaction.First<long>("SELECT count(*) FROM users WHERE id = @user AND deleted_at IS NULL", new { user = user.Value }) > 0;

    public static void Ban(RoomTransaction transaction, UserId actor, UserId user) => transaction.Execute(
        "INSERT INTO bans (room_id, user_id, banned_by, banned_at) VALUES (@room, @user, @actor, @At) ON CONFLICT DO NOTHING",
        new { room = transaction.Room.Value, user = user.Value, actor = actor.Value, transaction.At });

    /// <summary>Lifts a ban; false: there was none.</summary>
    public static bool LiftBan(RoomTransaction transaction, UserId user) =>
        transaction.Execute("DELETE FROM bans WHERE room_id = @room AND user_id = @user", Names(transaction, user)) > 0;

    private static void Count(RoomTransaction transaction, int change)
    {
        if (change != 0)
            transaction.Execute(
                "UPDATE rooms SET member_count = member_count + @change WHERE id = @room", new { room = transaction.Room.Value, change });
    }

    private static object Names(RoomTransaction transaction, UserId user) => new { room = transaction.Room.Value, user = user.Value };
}
