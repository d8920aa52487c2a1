using Maru.Engine.Lanes;
using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>
/// The events of a room that are no entries of its log, on their way to its subscribers: who types, and how far members have read. Each
/// kind waits in a line of its own (<see cref="EventLine"/>); one event is sent at a time, to many subscribers in shares. Lane only, but
/// for <see cref="Post"/>.
/// </summary>
internal sealed class RoomEvents : LaneWork
{
    private const int Share = 1000;     // subscribers of one turn

    private readonly Room _room;
    private readonly Hub _hub;
    private readonly RoomParts _parts;
    private readonly EventLine[] _lines;
    private RoomEvent? _event;      // on its way
    private int _posted;

    public RoomEvents(Room room, Hub hub, RoomParts parts)
    {
        (_room, _hub, _parts) = (room, hub, parts);
        Typing = new Typing(room.Id, this, parts);
        Readers = new Readers(room.Id, this, parts);
        _lines = [Typing.Line, Readers.Line];
    }

    public Typing Typing { get; }

    public Readers Readers { get; }

    public override bool GivesWay => true;

    /// <summary>True while somebody types or an event is on its way: the room stays.</summary>
    public bool IsActive => Typing.HasTypists || IsSending;

    /// <summary>True when somebody would get an event.</summary>
    public bool IsHeard => _hub.Subscribers > 0;

    private bool IsSending => _event is not null || Array.Exists(_lines, x => !x.IsEmpty);

    /// <summary>Posts its next turn. Any thread.</summary>
    public void Post()
    {
        if (Interlocked.Exchange(ref _posted, 1) == 0 && !_room.Lane.Post(this)) Volatile.Write(ref _posted, 0);
    }

    /// <summary>Gets turns from now on, until there is nothing more to do.</summary>
    public void Attend() => _parts.Rounds.Add(this);

    /// <summary>Sends what there is to tell of a person when it may be sent; false: too many people wait.</summary>
    public bool TrySend(EventLine line, UserId user, long what)
    {
        if (!line.TryAdd(user, what)) return false;
        Attend();
        Post();
        return true;
    }

    /// <summary>Notes that a member has left; null: all.</summary>
    public void Leave(UserId? user)
    {
        Typing.Stop(user);
        Readers.Forget(user);
    }

    /// <summary>Lets those stop typing whose time is over, and sends what may be sent now.</summary>
    public override void Do(FlushList flush)
    {
        Volatile.Write(ref _posted, 0);
        Typing.Expire();
        if (!IsHeard) Clear();
        Send(flush);
        if (IsActive) return;
        _parts.Rounds.Remove(this);
        _room.GiveUp();
    }

    private void Clear()
    {
        _event = null;
        foreach (var line in _lines) line.Clear();
    }

    private void Send(FlushList flush)
    {
        for (var reached = 0; reached < Share; reached += Math.Min(Share, _hub.Subscribers))
        {
            _event ??= TakeNext();
            if (_event is null) return;
            if (_hub.Deliver(_event, Share, flush)) _event = null;
        }

        if (IsSending) Post();
    }

    /// <summary>Takes the next event that may be sent. Lines have bounds of their own, so none waits long for another.</summary>
    private RoomEvent? TakeNext()
    {
        foreach (var line in _lines)
        {
            if (line.TryTake(_hub.Subscribers) is { } e) return e;
        }

        return null;
    }
}
