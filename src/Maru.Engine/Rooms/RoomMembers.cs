namespace Maru.Engine.Rooms;

/// <summary>Whose rights to a room are known on this node. Lane only, but for <see cref="Revoke"/>.</summary>
internal sealed class RoomMembers(Room room)
{
    private readonly Dictionary<UserId, Membership> _members = [];  // changed by the lane, under its own lock
    private long _changed;      // seq of the last coming or going that was released here
    private long _revoked;      // seq of the last removal that was committed; under the lock

    public bool IsEmpty => _members.Count == 0;

    /// <summary>
    /// Any thread, after the commit: takes a member's rights (null: everyone's) away at once, ahead of the entry that says so.
    /// </summary>
    public void Revoke(UserId? user, long seq)
    {
        lock (_members)
        {
            _revoked = Math.Max(_revoked, seq);
            foreach (var membership in _members.Values)
            {
                if ((user is null || membership.User == user) && membership.AsOf < seq) membership.End();
            }
        }
    }

    /// <summary>
    /// Gives a session its user's membership. What was read from the store is as of one moment: if membership changed since, it must be
    /// read again (null and
    /// <see cref="Entering.ReadAgain"/>).
    /// </summary>
    public Membership? Enter(Entering entering)
    {
        lock (_members)
        {
            if (!_members.TryGetValue(entering.User, out var membership) || !membership.IsActive)
            {
                // A removal that was committed after the store was read, and is not here yet, must not be overtaken. What another node told
                // and the store does not have, even when it is read anew, was never committed.
                var last = Math.Max(_changed, _revoked);
                entering.ReadAgain = entering.State.Head.Seq < last && entering.Known < last;
                entering.Known = last;
                membership = entering.ReadAgain || !entering.State.IsMember
                    ? null
                    : new Membership(room, entering.User, entering.State.Head.Seq);
                if (membership is not null) _members[entering.User] = membership;
            }

            if (membership is not null) membership.Holders++;
            return membership;
        }
    }

    /// <summary>A session needs the membership no longer.</summary>
    public void Leave(Membership membership)
    {
        if (--membership.Holders > 0 || !_members.TryGetValue(membership.User, out var current) || current != membership) return;
        lock (_members) _members.Remove(membership.User);
    }

    /// <summary>Somebody came or went, by an entry that is released now.</summary>
    public void Change(long seq) => _changed = seq;
}
