namespace Maru.Engine.Rooms;

/// <summary>The members of a room whose rights are known on this node. Lane only, but for <see cref="Revoke"/>.</summary>
internal sealed class RoomMembers(Room room)
{
    private readonly Dictionary<UserId, Membership> _members = [];  // changed by the lane, under its own lock
    private long _changed;      // seq of the last coming or going that was released here
    private long _revoked;      // seq of the last removal that was committed; under the lock

    public bool IsEmpty => _members.Count == 0;

    /// <summary>
    /// Called after the commit, on any thread: ends a member's rights (null: everyone's) at once, ahead of the entry that says so.
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
    /// Gives a client its user's membership. The store was read as of one moment: if membership changed since, it must be read again (null
    /// and <see cref="Entering.ReadAgain"/>).
    /// </summary>
    public Membership? Enter(Entering entering)
    {
        lock (_members)
        {
            if (!_members.TryGetValue(entering.User, out var membership) || !membership.IsActive)
            {
                // A removal that was committed after the store was read, and is not here yet, must not be overtaken. A removal of which
                // another node told, and which a new read of the store does not show, was never committed.
                var last = Math.Max(_changed, _revoked);
                entering.ReadAgain = entering.State.Head.Seq < last && entering.Known < last;
                entering.Known = last;
                membership = entering.ReadAgain || !entering.State.IsMember
                    ? null
                    : new Membership(room, entering.User, entering.State.Head.Seq) { Joined = entering.State.Joined };
                if (membership is not null) _members[entering.User] = membership;
            }

            if (membership is not null) membership.Holders++;
            return membership;
        }
    }

    /// <summary>Gives back a client's membership.</summary>
    public void Leave(Membership membership)
    {
        if (--membership.Holders > 0 || !_members.TryGetValue(membership.User, out var current) || current != membership) return;
        lock (_members) _members.Remove(membership.User);
    }

    /// <summary>Notes that a member came or went, by an entry that is released now.</summary>
    public void Change(long seq) => _changed = seq;
}
