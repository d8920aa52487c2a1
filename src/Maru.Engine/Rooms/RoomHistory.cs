using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>
/// Whether a room hides its past from those who joined later, by the newest that this node knows: as the store was read, or as an entry
/// says that changes it. Lane only.
/// </summary>
internal sealed class RoomHistory(Hub hub)
{
    private long _asOf;     // the seq up to which it is known

    public bool IsHidden { get; private set; }

    /// <summary>Takes the state of the store; the room's log has been released up to before that seq.</summary>
    public void Take(in MembershipState state, long next) => Set(state.HidesPast, state.Head.Seq, next);

    /// <summary>Takes an entry that changed the room. One of an older node says nothing of it: then it has not changed.</summary>
    public void Take(Entry entry, long next)
    {
        if (EventJson.HidesPast(entry.Body) is { } hides) Set(hides, entry.Seq, next);
    }

    private void Set(bool isHidden, long asOf, long next)
    {
        if (asOf < _asOf) return;
        _asOf = asOf;
        if (isHidden == IsHidden) return;
        IsHidden = isHidden;
        if (isHidden) hub.SkipPast(next);
    }
}
