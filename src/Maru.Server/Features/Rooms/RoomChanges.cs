using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Rooms;

/// <summary>Changes rooms as a whole, through their logs. Each method returns null, or the reason why not. Any thread.</summary>
internal sealed class RoomChanges(ChatEngine engine, MembershipEvents events)
{
    /// <summary>Raised after the commit with a room that was told to allow no guests. Handlers return at once.</summary>
    public event Action<RoomId>? ClosedToGuests;

    /// <summary>
    /// Changes the room's details, all of them or none, with the right that the actor has at that moment; of each, null leaves it. A change
    /// that changes nothing appends nothing.
    /// </summary>
    public async Task<Problem?> ChangeAsync(RoomId room, UserId actor, RoomChange change, NewPassword? password)
    {
        var isUnlisted = false;
        var problem = await RoomWrite.RunAsync(
            engine, room, actor, transaction => Change(transaction, actor, change, password, out isUnlisted));
        if (problem is null && isUnlisted) engine.PublicRooms.Unlist(room);
        if (problem is null && change.Guests is false) ClosedToGuests?.Invoke(room);
        return problem;
    }

    /// <param name="isUnlisted">true when it was public, and is no longer</param>
    private static Problem? Change(
        RoomTransaction transaction, UserId actor, RoomChange change, NewPassword? password, out bool isUnlisted)
    {
        isUnlisted = false;
        if (!RoomRow.TryEnter(transaction, actor, Roles.Admin, out var before, out var refusal)) return refusal;
        var details = new RoomDetails(
            before.Name, before.Description, before.Visibility, before.PasswordHash, before.History, before.AllowsGuests)
        {
            Topic = before.Topic,
            AvatarUrl = before.AvatarUrl,
            LinkPreviews = before.LinkPreviews,
        };
        var after = new RoomDetails(
            change.Name ?? before.Name,
            change.Description ?? before.Description,
            change.Visibility ?? before.Visibility,
            password is null ? before.PasswordHash : password.Hash,
            change.History ?? before.History,
            change.Guests is { } guests ? (guests ? 1 : 0) : before.AllowsGuests)
        {
            Topic = change.Topic ?? before.Topic,
            AvatarUrl = change.AvatarUrl is null ? before.AvatarUrl : change.AvatarUrl.Length == 0 ? null : change.AvatarUrl,
            LinkPreviews = change.LinkPreviews is { } previews ? (previews ? 1 : 0) : before.LinkPreviews,
        };
        var rules = new WriteRules(change.SlowMode ?? transaction.Rules.SlowMode, change.ReadOnly ?? transaction.Rules.IsReadOnly);
        if (after == details && rules == transaction.Rules) return null;
        isUnlisted = (before.Visibility, after.Visibility) is ("public", "private");
        SlowTurns.Change(transaction, rules);
        transaction.Execute(
            """
            UPDATE rooms SET name = @Name, name_key = @NameKey, description = @Description, visibility = @Visibility,
              password_hash = @PasswordHash, topic = @Topic, avatar_url = @AvatarUrl, allows_guests = @Guests, history = @History,
              link_previews = @LinkPreviews
            WHERE id = @room
            """,
            new
            {
                room = transaction.Room.Value,
                after.Name,
                after.NameKey,
                after.Description,
                after.Visibility,
                after.PasswordHash,
                after.Topic,
                after.AvatarUrl,
                after.Guests,
                after.History,
                after.LinkPreviews,
            });
        RoomRow.AppendState(transaction, actor, null);
        return null;
    }

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
        transaction.LockMembers();
        transaction.Execute("DELETE FROM members WHERE room_id = @room", new { room });
        transaction.Execute("DELETE FROM bans WHERE room_id = @room", new { room });
        transaction.Execute("DELETE FROM invitations WHERE room_id = @room", new { room });
        transaction.Execute("DELETE FROM stars WHERE room_id = @room", new { room });
        transaction.Execute("DELETE FROM drafts WHERE room_id = @room", new { room });
        transaction.List<long>("SELECT s.id FROM scheduled s WHERE s.room_id = @room ORDER BY s.id FOR UPDATE OF s", new { room });
        transaction.Execute(
            "DELETE FROM scheduled_files WHERE scheduled_id IN (SELECT s.id FROM scheduled s WHERE s.room_id = @room)", new { room });
        transaction.Execute("DELETE FROM scheduled WHERE room_id = @room", new { room });
        transaction.Execute("DELETE FROM room_settings WHERE room_id = @room", new { room });
        transaction.Execute("DELETE FROM slow_turns WHERE room_id = @room", new { room });
        transaction.Execute("DELETE FROM pending_members WHERE room_id = @room", new { room });
        transaction.Execute(
            "UPDATE rooms SET deleted_at = @At, member_count = 0, password_hash = NULL WHERE id = @room", new { room, transaction.At });
        transaction.AppendChange(EntryKind.RoomDeleted, actor, null);
    }
}

/// <summary>
/// What a change makes of a room's password. No change is null, so that a hash that was not made never removes a password.
/// </summary>
/// <param name="Hash">of the new password; null: none is needed any more</param>
internal sealed record NewPassword(string? Hash);
