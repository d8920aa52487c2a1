using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Features.Contacts;
using Maru.Server.Features.Rooms;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Members;

/// <summary>
/// Writes the rows of a room's members and bans, inside a write to the room. Only here are members counted and their coming and going
/// logged.
/// </summary>
internal static class MemberRows
{
    // Of the users asked for, those who exist, are not banned, did not leave by themselves, and are no guests where none may be.
    private const string MayCome =
        """
        u.id IN @users AND u.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.room_id = @room AND b.user_id = u.id)
          AND NOT EXISTS (
            SELECT 1 FROM leavers l WHERE l.room_id = @room AND l.user_id = u.id AND l.left_at > @since AND l.times > @mostLeft)
          AND (u.is_guest = 0 OR EXISTS (SELECT 1 FROM rooms r WHERE r.id = @room AND r.allows_guests = 1))
        """;

    private static readonly TimeSpan LeaversStayOut = TimeSpan.FromDays(30);

    /// <summary>Adds a user who comes by themselves; returns those who are new: nobody who is in already or is banned.</summary>
    /// <param name="invitation">the number of the invitation by which they come; null: by none</param>
    public static IReadOnlyList<long> Join(RoomTransaction transaction, UserId user, long? invitation) =>
        Add(transaction, user, [user.Value], long.MaxValue, "1 = 1", invitation);

    /// <summary>
    /// Adds users whom a member brings in; returns those who are new: not those who are in already, are banned, do not exist, do not let
    /// the member bring them in, or left by themselves within 30 days. Owner and admins may bring these back once.
    /// </summary>
    public static IReadOnlyList<long> Invite(RoomTransaction transaction, UserId actor, bool isLed, IReadOnlyList<long> users) =>
        Add(transaction, actor, users, isLed ? 1 : 0, Consent.LetsAdd);

    /// <summary>
    /// Invites those whom <see cref="Invite"/> would add if they did not want to be asked first; returns those who were not invited before.
    /// </summary>
    public static IReadOnlyList<long> AskFirst(RoomTransaction transaction, UserId actor, bool isLed, IReadOnlyList<long> users) =>
        transaction.List<long>(
            $"""
            INSERT INTO pending_members (user_id, room_id, inviter_id, at)
            SELECT u.id, @room, @actor, @At FROM users u
            WHERE {MayCome} AND {Consent.IsAskedFirst}
              AND NOT EXISTS (SELECT 1 FROM members m WHERE m.room_id = @room AND m.user_id = u.id)
            ON CONFLICT DO NOTHING
            RETURNING user_id
            """,
            Names(transaction, actor, users, isLed ? 1 : 0));

    /// <summary>
    /// Returns those of the users who are members, or invited and not to be told apart from that: who blocks the actor is neither.
    /// </summary>
    public static IReadOnlyList<long> Known(RoomTransaction transaction, UserId actor, IReadOnlyList<long> users) =>
        transaction.List<long>(
            $"""
            SELECT user_id FROM members WHERE room_id = @room AND user_id IN @users
            UNION
            SELECT u.id FROM pending_members p JOIN users u ON u.id = p.user_id
            WHERE p.room_id = @room AND p.user_id IN @users AND {Consent.IsAskedFirst}
            """,
            new { room = transaction.Room.Value, users, actor = actor.Value });

    /// <summary>Takes back the invitation of a user; false: there was none.</summary>
    public static bool Uninvite(RoomTransaction transaction, UserId user) =>
        transaction.Execute("DELETE FROM pending_members WHERE user_id = @user AND room_id = @room", Names(transaction, user)) > 0;

    /// <param name="consent">whether a user <c>u</c> lets the actor bring them in</param>
    private static IReadOnlyList<long> Add(
        RoomTransaction transaction, UserId actor, IReadOnlyList<long> users, long mostLeft, string consent, long? invitation = null)
    {
        transaction.LockMembers();
        var added = transaction.List<long>(
            $"""
            INSERT INTO members (room_id, user_id, role, joined_at, join_seq, join_number, read_seq, read_number)
            SELECT @room, u.id, 'member', @At, @Head, @Messages, @Head, @Messages FROM users u
            WHERE {MayCome} AND {consent}
            ON CONFLICT DO NOTHING
            RETURNING user_id
            """,
            Names(transaction, actor, users, mostLeft));
        Count(transaction, added.Count);
        if (added.Count > 0)
            transaction.Execute(
                "DELETE FROM pending_members WHERE room_id = @room AND user_id IN @added", new { room = transaction.Room.Value, added });
        foreach (var user in added) transaction.AppendSystem(EntryKind.MemberJoined, actor, new UserId(user), invitation: invitation);
        return added;
    }

    /// <summary>
    /// Removes a member, the stars, the draft and the settings that only a member sees, and the invitations that the member answers for;
    /// ends the room with its last one.
    /// </summary>
    /// <param name="isBan">true: the log says that it was by a ban</param>
    public static void Remove(RoomTransaction transaction, UserId actor, UserId user, bool isBan = false)
    {
        transaction.LockMembers();
        Count(transaction, -transaction.Execute("DELETE FROM members WHERE room_id = @room AND user_id = @user", Names(transaction, user)));
        transaction.Execute("DELETE FROM stars WHERE user_id = @user AND room_id = @room", Names(transaction, user));
        transaction.Execute("DELETE FROM drafts WHERE user_id = @user AND room_id = @room", Names(transaction, user));
        transaction.Execute("DELETE FROM invitations WHERE room_id = @room AND user_id = @user", Names(transaction, user));
        transaction.Execute("DELETE FROM room_settings WHERE user_id = @user AND room_id = @room", Names(transaction, user));
        SlowTurns.Leave(transaction, user);
        transaction.AppendSystem(EntryKind.MemberLeft, actor, user, isBan: isBan);
        if (transaction.First<long>("SELECT member_count FROM rooms WHERE id = @room", Names(transaction, user)) == 0)
            RoomChanges.End(transaction, actor);
    }

    /// <summary>Remembers that the user left by themselves.</summary>
    public static void Leave(RoomTransaction transaction, UserId user) => transaction.Execute(
        """
        INSERT INTO leavers (room_id, user_id, times, left_at) VALUES (@room, @user, 1, @At)
        ON CONFLICT (room_id, user_id) DO UPDATE
        SET times = CASE WHEN leavers.left_at > @since THEN leavers.times + 1 ELSE 1 END, left_at = @At
        """,
        new { room = transaction.Room.Value, user = user.Value, transaction.At, since = Since(transaction) });

    /// <summary>Returns the user's role; null: no member.</summary>
    public static string? RoleOf(RoomTransaction transaction, UserId user) =>
        transaction.First<string>("SELECT role FROM members WHERE room_id = @room AND user_id = @user", Names(transaction, user));

    /// <summary>Returns the owner of a group room.</summary>
    public static UserId OwnerOf(RoomTransaction transaction) => new(transaction.First<long>(
        "SELECT user_id FROM members WHERE room_id = @room AND role = 'owner'", new { room = transaction.Room.Value }));

    public static void SetRole(RoomTransaction transaction, UserId user, string role)
    {
        transaction.LockMembers();
        transaction.Execute(
            "UPDATE members SET role = @role WHERE room_id = @room AND user_id = @user",
            new { room = transaction.Room.Value, user = user.Value, role });
    }

    /// <summary>
    /// Returns the longest-standing admin or, where there is none, the longest-standing member; a guest where there is nobody else.
    /// </summary>
    public static UserId? FindHeir(RoomTransaction transaction, UserId owner)
    {
        var heir = transaction.First<long>(
            """
            SELECT m.user_id FROM members m JOIN users u ON u.id = m.user_id WHERE m.room_id = @room AND m.user_id <> @user
            ORDER BY u.is_guest, CASE m.role WHEN 'admin' THEN 0 ELSE 1 END, m.joined_at, m.user_id LIMIT 1
            """,
            Names(transaction, owner));
        return heir > 0 ? new UserId(heir) : null;
    }

    public static bool IsGuest(RoomTransaction transaction, UserId user) =>
        transaction.First<long>("SELECT is_guest FROM users WHERE id = @user", new { user = user.Value }) > 0;

    /// <summary>Returns whether the account exists.</summary>
    public static bool Exists(RoomTransaction transaction, UserId user) =>
        transaction.First<long>("SELECT count(*) FROM users WHERE id = @user AND deleted_at IS NULL", new { user = user.Value }) > 0;

    public static bool IsBanned(RoomTransaction transaction, UserId user) => transaction.First<long>(
        "SELECT count(*) FROM bans WHERE room_id = @room AND user_id = @user", Names(transaction, user)) > 0;

    /// <summary>Bans the user, who is not invited any more either. A second ban may tell another reason.</summary>
    /// <param name="reason">null: leaves that of the first one</param>
    public static void Ban(RoomTransaction transaction, UserId actor, UserId user, string? reason) => transaction.Execute(
        """
        INSERT INTO bans (room_id, user_id, banned_by, banned_at, reason) VALUES (@room, @user, @actor, @At, @reason)
        ON CONFLICT (room_id, user_id) DO UPDATE SET reason = coalesce(excluded.reason, bans.reason);
        DELETE FROM pending_members WHERE room_id = @room AND user_id = @user
        """,
        new { room = transaction.Room.Value, user = user.Value, actor = actor.Value, transaction.At, reason });

    /// <summary>Lifts a ban; false: there was none.</summary>
    public static bool LiftBan(RoomTransaction transaction, UserId user) =>
        transaction.Execute("DELETE FROM bans WHERE room_id = @room AND user_id = @user", Names(transaction, user)) > 0;

    private static object Names(RoomTransaction transaction, UserId actor, IReadOnlyList<long> users, long mostLeft) => new
    {
        room = transaction.Room.Value,
        users,
        actor = actor.Value,
        transaction.At,
        transaction.Head,
        transaction.Messages,
        since = Since(transaction),
        mostLeft,
    };

    private static long Since(RoomTransaction transaction) => transaction.At - (long)LeaversStayOut.TotalMilliseconds;

    private static void Count(RoomTransaction transaction, int change)
    {
        if (change != 0)
            transaction.Execute(
                "UPDATE rooms SET member_count = member_count + @change WHERE id = @room", new { room = transaction.Room.Value, change });
    }

    private static object Names(RoomTransaction transaction, UserId user) => new { room = transaction.Room.Value, user = user.Value };
}
