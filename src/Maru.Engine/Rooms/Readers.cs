using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>
/// How far the members of a room have read, as its subscribers are told. Nodes tell of their readers in no common order, so what comes
/// late gives way to a newer version of the same reader's position. Where there are more readers than may be told of, an event says so.
/// Lane only.
/// </summary>
internal sealed class Readers
{
    private const int MostKnown = 512;
    private const long Late = 5000;     // ms by which nodes may tell of a position after a newer one

    private readonly RoomEvents _events;
    private readonly EngineClock _clock;
    private readonly Dictionary<UserId, (long Version, long At)> _known = [];
    private bool _hasMore;      // readers have moved of whom no event tells

    public Readers(RoomId room, RoomEvents events, RoomParts parts)
    {
        (_events, _clock) = (events, parts.Clock);
        Line = new EventLine("read", parts, (user, seq) => Encode(room, user, seq));
    }

    public EventLine Line { get; }

    /// <summary>Takes moved positions of members on this node or another one.</summary>
    public void Hear(ReaderPositions positions)
    {
        if (!_events.IsHeard) return;
        _hasMore |= positions.HasMore;
        foreach (var position in positions.All)
        {
            if (_known.TryGetValue(position.User, out var known) && known.Version >= position.Version) continue;
            if (_events.TrySend(Line, position.User, position.Seq)) Know(position);
            else _hasMore = true;
        }
    }

    /// <summary>Forgets a member who left; null: all.</summary>
    public void Forget(UserId? user)
    {
        if (user is { } one) _known.Remove(one);
        else _known.Clear();
    }

    private void Know(in ReaderPosition position)
    {
        var now = _clock.Now;
        if (_known.Count >= MostKnown)
        {
            foreach (var (user, known) in _known)
            {
                if (now - known.At >= Late) _known.Remove(user);
            }
        }

        _known[position.User] = (position.Version, now);
    }

    private byte[] Encode(RoomId room, UserId user, long seq)
    {
        var json = EventJson.Read(room, user, seq, _hasMore);
        _hasMore = false;
        return json;
    }
}
