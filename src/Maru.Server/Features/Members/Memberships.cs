using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Members;

/// <summary>
/// Changes who is in a room and with which role, through the room's log. Each method returns null, or the reason why not. Any thread.
/// </summary>
internal sealed class Memberships(
    ChatEngine engine, RoomOptions options, RoomStore rooms, MemberLists lists, RoomBounds bounds, MembershipEvents events)
{
    /// <summary>Adds the user; does nothing for a member.</summary>
    /// <param name="passwordHash">the hash of the password that the user knows: the room may have another one by now</param>
    public Task<Problem?> JoinAsync(RoomId room, UserId user, string? passwordHash) => EnterAsync(room, user, transaction =>
    {
        if (RoomRow.Find(transaction, user) is not { } here) return Entrance.Refuse(Problem.NotFound);
        if (here.IsMember) return Entrance.Inside;
        if (here.AllowsGuests == 0 && MemberRows.IsGuest(transaction, user)) return Entrance.Refuse(Problem.Guest);
        return here.PasswordHash == passwordHash ? Entrance.Open(Problem.Banned) : Entrance.Refuse(Problem.WrongRoomPassword);
    });

    /// <summary>Adds a user who comes by themselves, if the entrance lets them.</summary>
    /// <param name="find">finds the entrance, inside the write: what it changes is undone where the user is refused</param>
    public async Task<Problem?> EnterAsync(RoomId room, UserId user, Func<RoomTransaction, Entrance> find)
    {
        var (joined, wasInvited) = (false, false);
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            (joined, wasInvited) = (false, false);
            var entrance = find(transaction);
            if (!entrance.IsOpen) return entrance.Problem;
            wasInvited = MemberRows.Uninvite(transaction, user);
            var added = MemberRows.Join(transaction, user, entrance.Invitation);
            joined = added.Count > 0;
            return joined ? bounds.Refuse(transaction, added, isOwnChoice: true) : entrance.Problem;
        });
        if (problem is null && wasInvited) events.Uninvited(user, room);
        if (problem is null && joined) await AnnounceAsync(room, user, [user.Value]);
        return problem;
    }

    /// <summary>Brings in a user who was invited, and accepts now.</summary>
    public async Task<Problem?> AcceptAsync(RoomId room, UserId user)
    {
        var joined = false;
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            joined = false;
            if (!MemberRows.Uninvite(transaction, user)) return Problem.NotFound;
            var added = MemberRows.Join(transaction, user, invitation: null);
            joined = added.Count > 0;
            return bounds.Refuse(transaction, added, isOwnChoice: true);
        });
        if (problem is not null) return problem;
        events.Uninvited(user, room);
        if (joined) await AnnounceAsync(room, user, [user.Value]);
        return null;
    }

    /// <summary>Declines an invitation, as if the user had come and left by themselves.</summary>
    public async Task<Problem?> DeclineAsync(RoomId room, UserId user)
    {
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            if (!MemberRows.Uninvite(transaction, user)) return Problem.NotFound;
            MemberRows.Leave(transaction, user);
            return null;
        });
        if (problem is null) events.Uninvited(user, room);
        return problem;
    }

    /// <summary>
    /// Adds all users or none, or invites those of them who want to be asked first: <c>Unknown</c> are those who do not exist, are banned,
    /// do not let themselves be brought in, or left and stay out.
    /// </summary>
    public async Task<(Problem? Problem, IReadOnlyList<long> Unknown)> InviteAsync(RoomId room, UserId actor, IReadOnlyList<long> users)
    {
        IReadOnlyList<long> added = [], asked = [], unknown = [];
        var problem = await RoomWrite.RunAsync(engine, room, actor, transaction =>
        {
            (added, asked, unknown) = ([], [], []);
            if (!RoomRow.TryEnter(transaction, actor, Roles.Member, out var here, out var refusal)) return refusal;
            if (here is { IsGuarded: true, IsLed: false }) return Problem.Forbidden;
            added = MemberRows.Invite(transaction, actor, here.IsLed, users);
            if (added.Count < users.Count) asked = MemberRows.AskFirst(transaction, actor, here.IsLed, users);
            unknown = [.. users.Except(MemberRows.Known(transaction, actor, users))];
            if (unknown.Count > 0) return Problem.Invalid;
            return bounds.Refuse(transaction, added, isOwnChoice: false) ?? bounds.RefuseInvited(transaction, asked);
        });
        if (problem is not null) return (problem, unknown);
        await AnnounceAsync(room, actor, added);
        await events.InvitedAsync(asked, room, CancellationToken.None);
        return (null, []);
    }

    /// <summary>Removes the user. An owner can leave only as the last member; the room ends with its last member.</summary>
    public async Task<Problem?> LeaveAsync(RoomId room, UserId user)
    {
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            if (!RoomRow.TryEnter(transaction, user, Roles.Member, out var here, out var refusal)) return refusal;
            if (here is { Role: Roles.Owner, MemberCount: > 1 }) return Problem.OwnerMustHandOver;
            MemberRows.Remove(transaction, user, user);
            MemberRows.Leave(transaction, user);
            return null;
        });
        if (problem is null) events.Removed([user.Value], room);
        return problem;
    }

    /// <summary>
    /// Removes a member who ranks below the actor. With a ban it also takes users who are not members: they cannot join until it is lifted.
    /// The bans of the room are counted before the write, for that would hold up all writes: some at the same moment may pass the bound.
    /// </summary>
    /// <param name="ban">null: the user may come again</param>
    public async Task<Problem?> RemoveAsync(RoomId room, UserId actor, UserId user, BanRequest? ban)
    {
        var (isFull, removed) = (ban is not null && await lists.HasBansAsync(room, options.BansPerRoom), false);
        var problem = await RoomWrite.RunAsync(engine, room, actor, transaction =>
        {
            removed = false;
            if (!RoomRow.TryEnter(transaction, actor, Roles.Admin, out var here, out var refusal)) return refusal;
            var role = MemberRows.RoleOf(transaction, user);
            if (role is null && !(ban is not null && MemberRows.Exists(transaction, user))) return Problem.NotFound;
            if (Roles.Rank(role) >= Roles.Rank(here.Role)) return Problem.Forbidden;
            if (isFull && !MemberRows.IsBanned(transaction, user)) return Problem.TooManyBans;
            if (ban is not null) MemberRows.Ban(transaction, actor, user, ban.Reason);
            removed = role is not null;
            if (removed) MemberRows.Remove(transaction, actor, user, isBan: ban is not null);
            return null;
        });
        if (problem is null && removed) events.Removed([user.Value], room);
        return problem;
    }

    public Task<Problem?> LiftBanAsync(RoomId room, UserId actor, UserId user) => RoomWrite.RunAsync(engine, room, actor, transaction =>
    {
        if (!RoomRow.TryEnter(transaction, actor, Roles.Admin, out _, out var refusal)) return refusal;
        return MemberRows.LiftBan(transaction, user) ? null : Problem.NotFound;
    });

    /// <summary>Changes a member's role, for the owner alone. A room has one owner: making another one makes the caller an admin.</summary>
    public async Task<Problem?> ChangeRoleAsync(RoomId room, UserId actor, UserId user, string role)
    {
        var changed = false;
        var problem = await RoomWrite.RunAsync(engine, room, actor, transaction =>
        {
            changed = false;
            if (!RoomRow.TryEnter(transaction, actor, Roles.Owner, out _, out var refusal)) return refusal;
            if (MemberRows.RoleOf(transaction, user) is not { } before) return Problem.NotFound;
            if (before == role) return null;
            if (user == actor) return Problem.OwnerMustHandOver;
            if (role != Roles.Member && MemberRows.IsGuest(transaction, user)) return Problem.Guest;
            if (role == Roles.Owner) MemberRows.SetRole(transaction, actor, Roles.Admin);
            MemberRows.SetRole(transaction, user, role);
            RoomRow.AppendState(transaction, actor, user);
            changed = true;
            return null;
        });
        if (problem is not null || !changed) return problem;
        events.RoleChanged(user, room, role);
        if (role == Roles.Owner) events.RoleChanged(actor, room, Roles.Admin);
        return null;
    }

    /// <summary>
    /// Removes a user whose account is deleted. An owner's role passes on; the other member of a direct room still sees a name.
    /// </summary>
    public Task<Problem?> DepartAsync(RoomId room, UserId user) => DepartAsync(room, user, _ => true);

    /// <summary>Removes a guest from a room that allows none any more.</summary>
    public Task<Problem?> RemoveGuestAsync(RoomId room, UserId user) => DepartAsync(room, user, here => here.AllowsGuests == 0);

    private async Task<Problem?> DepartAsync(RoomId room, UserId user, Func<RoomRow, bool> goes)
    {
        var (departed, heir) = (false, default(UserId?));
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            (departed, heir) = (false, null);
            if (RoomRow.Find(transaction, user) is not { IsMember: true } here || !goes(here)) return null;
            heir = here.Role == Roles.Owner ? MemberRows.FindHeir(transaction, user) : null;
            if (heir is { } next) MemberRows.SetRole(transaction, next, Roles.Owner);
            if (here.IsDirect)
                transaction.Execute(
                    "UPDATE rooms SET name = (SELECT name FROM users WHERE id = @user) WHERE id = @room",
                    new { room = room.Value, user = user.Value });
            MemberRows.Remove(transaction, user, user);
            if (heir is not null) RoomRow.AppendState(transaction, user, heir);
            departed = true;
            return null;
        });
        if (problem is not null || !departed) return problem;
        events.Removed([user.Value], room);
        if (heir is { } owner) events.RoleChanged(owner, room, Roles.Owner);
        return null;
    }

    private async Task AnnounceAsync(RoomId room, UserId actor, IReadOnlyList<long> users)
    {
        if (users.Count > 0 && await rooms.FindAsync(room, actor, CancellationToken.None) is { } row)
            events.Added(users, row.ToRoom() with { Role = Roles.Member });
    }
}

/// <summary>What somebody who wants to come into a room by themselves finds.</summary>
/// <param name="IsOpen">true: the user is to be added, unless they are banned</param>
/// <param name="Problem">the refusal, of an open one that of banned users; null: the user is in already</param>
/// <param name="Invitation">the number of the invitation that opens it</param>
internal readonly record struct Entrance(bool IsOpen, Problem? Problem, long? Invitation = null)
{
    /// <summary>Nothing is to be done for a member.</summary>
    public static Entrance Inside => default;

    public static Entrance Open(Problem ifBanned, long? invitation = null) => new(true, ifBanned, invitation);

    public static Entrance Refuse(Problem problem) => new(false, problem);
}
