using Maru.Engine;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Members;

/// <summary>Makes somebody follow an owner who was not there for long. Any thread.</summary>
internal sealed class Succession(ChatEngine engine, RoomOptions options, MembershipEvents events)
{
    /// <summary>
    /// Makes a member the owner, and the owner an admin. An admin of the room may do it once the owner is gone, an admin of the server at
    /// any time and in any group room. Of two at the same moment the second one finds an owner who is there. Returns null, or why not.
    /// </summary>
    public async Task<Problem?> FollowAsync(RoomId room, UserId actor, UserId user)
    {
        UserId? before = null;
        var problem = await RoomWrite.RunAsync(engine, room, actor, transaction =>
        {
            before = null;
            var isOperator = IsOperator(transaction, actor);
            if ((isOperator ? RefuseOperator(transaction, actor) : RoomRow.Refuse(RoomRow.Find(transaction, actor), Roles.Admin))
                is { } refusal) return refusal;
            if (MemberRows.RoleOf(transaction, user) is not { } role) return Problem.NotFound;
            if (role == Roles.Owner) return null;
            if (MemberRows.IsGuest(transaction, user)) return Problem.Guest;
            var owner = MemberRows.OwnerOf(transaction);
            if (!isOperator && !IsGone(transaction, owner)) return Problem.OwnerPresent;
            MemberRows.SetRole(transaction, owner, Roles.Admin);
            MemberRows.SetRole(transaction, user, Roles.Owner);
            RoomRow.AppendState(transaction, actor, user);
            before = owner;
            return null;
        });
        if (problem is not null || before is not { } last) return problem;
        events.RoleChanged(user, room, Roles.Owner);
        events.RoleChanged(last, room, Roles.Admin);
        return null;
    }

    /// <summary>
    /// Sessions tell when somebody was there also of those who hide their presence: nobody learns more of it than this. All that one does
    /// needs a session that was refreshed lately.
    /// </summary>
    private bool IsGone(RoomTransaction transaction, UserId owner)
    {
        if (!MemberRows.Exists(transaction, owner)) return true;
        if (engine.Presence.StateOf(owner) != PresenceState.Offline) return false;
        var seen = transaction.First<long>(
            """
            SELECT max(x.at)
            FROM (
              SELECT created_at AS at FROM users WHERE id = @Value
              UNION ALL SELECT session_at FROM users WHERE id = @Value
              UNION ALL SELECT at FROM last_seen WHERE user_id = @Value
              UNION ALL SELECT used_at FROM sessions WHERE user_id = @Value) x
            """,
            owner);
        return seen <= transaction.At - (long)options.OwnerGoneAfter.TotalMilliseconds;
    }

    private static bool IsOperator(RoomTransaction transaction, UserId user) => transaction.First<long>(
        "SELECT count(*) FROM users WHERE id = @Value AND role = 'admin' AND deleted_at IS NULL", user) > 0;

    /// <summary>A direct room is for its two people alone: for others there is none.</summary>
    private static Problem? RefuseOperator(RoomTransaction transaction, UserId user) =>
        transaction.First<string>("SELECT kind FROM rooms WHERE id = @Value AND deleted_at IS NULL", transaction.Room) switch
        {
            "group" => null,
            "direct" when MemberRows.RoleOf(transaction, user) is not null => Problem.DirectRoom,
            _ => Problem.NotFound,
        };
}
