using Maru.Engine.Connections;

namespace Maru.Engine.People;

/// <summary>
/// The people whom a connection watches, and what it was told of each. It may see a person as of its last check in the store, which is
/// believed for a minute. Under the gate of <see cref="Presence"/>.
/// </summary>
internal sealed class PresenceWatch
{
    /// <summary>Memory of a watched person, for which the connection answers: 340 to 380 bytes, as tables are full.</summary>
    private const int BytesPerPerson = 380;

    private readonly Dictionary<UserId, Watched> _people;
    private readonly HashSet<UserId> _doubted = [];
    private bool _doubtsAll = true;

    public PresenceWatch(Connection connection, WireSubscription subscription, IReadOnlyCollection<UserId> people)
    {
        (Connection, Subscription, Viewer) = (connection, subscription, connection.User!.Id);
        _people = new Dictionary<UserId, Watched>(people.Count);
        foreach (var user in people) _people.TryAdd(user, new Watched());
        Due = [.. _people.Keys];
        Bytes = BytesPerPerson * _people.Count;
    }

    public UserId Viewer { get; }

    public Connection Connection { get; }

    /// <summary>The subscription as the client knows it.</summary>
    public WireSubscription Subscription { get; }

    public IReadOnlyCollection<UserId> People => _people.Keys;

    public int Bytes { get; }

    /// <summary>The people of whom something may have to be told.</summary>
    public HashSet<UserId> Due { get; }

    /// <summary>True while it stands in the line of those that are due.</summary>
    public bool IsInLine { get; set; }

    /// <summary>When the last check was asked for (ms); null: it must be checked before anything is told.</summary>
    public long? CheckedAt { get; private set; }

    /// <summary>True while it waits for its check.</summary>
    public bool IsBeingChecked { get; set; }

    /// <summary>True once the client no longer watches.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Grows whenever what the store says may have changed: a check that began before does not count.</summary>
    public int Version { get; private set; }

    /// <summary>Those of whom the store must be asked.</summary>
    public IReadOnlyCollection<UserId> Doubted => _doubtsAll ? People : [.. _doubted];

    /// <summary>True when the viewer may see everybody whom they watch.</summary>
    public bool SeesAll => _people.Values.All(x => x.IsSeen);

    public bool Watches(UserId user) => _people.ContainsKey(user);

    /// <summary>Returns whether the viewer may see one of those whom they watch.</summary>
    public bool Sees(UserId user) => _people[user].IsSeen;

    /// <summary>Notes that something about a person changed.</summary>
    /// <param name="lastSeen">unix milliseconds when they were there last, where that is known now; else 0</param>
    public void Mark(UserId user, long lastSeen)
    {
        var person = _people[user];
        if (lastSeen > person.LastSeen && !person.HidesLastSeen) person.LastSeen = lastSeen;
        Due.Add(user);
    }

    /// <summary>Notes that the viewer may see more people now. What the last check said is told on until the next one.</summary>
    /// <param name="user">null: it may be anybody</param>
    public void Doubt(UserId? user)
    {
        Version++;
        if (user is { } one) _doubted.Add(one);
        else _doubtsAll = true;
    }

    /// <summary>Hides people whom the viewer may no longer see.</summary>
    /// <param name="user">null: all</param>
    public void Hide(UserId? user)
    {
        foreach (var (id, person) in _people)
        {
            if (user is not null && id != user) continue;
            (person.IsSeen, person.LastSeen) = (false, 0);
            Due.Add(id);
        }
    }

    /// <summary>Tells no more when a person was there last, until a check says otherwise.</summary>
    public void HideLastSeen(UserId user)
    {
        _people[user].HidesLastSeen = true;
        Due.Add(user);
    }

    /// <summary>Takes the result of a check; false: it must be checked again.</summary>
    /// <param name="version">as it was when the store was asked</param>
    /// <param name="asked">of whom</param>
    /// <param name="seen">those of them whom the viewer may see</param>
    /// <param name="askedAt">milliseconds</param>
    public bool TakeCheck(int version, IReadOnlyCollection<UserId> asked, IReadOnlyList<SeenPerson> seen, long askedAt)
    {
        if (version != Version) return false;
        if (_doubtsAll) CheckedAt = askedAt;
        _doubtsAll = false;
        _doubted.Clear();
        foreach (var user in asked) _people[user].IsSeen = false;
        foreach (var (user, lastSeen) in seen)
        {
            if (!_people.TryGetValue(user, out var person)) continue;
            (person.IsSeen, person.HidesLastSeen, person.LastSeen) = (true, lastSeen < 0, Math.Max(person.LastSeen, lastSeen));
        }

        Due.UnionWith(asked);
        return true;
    }

    /// <summary>
    /// Returns what is to be told of a person now; null: the client knows it. False: it was told something within the second.
    /// </summary>
    public bool TryNext(UserId user, PresenceState state, long now, out PersonPresence? next)
    {
        var person = _people[user];
        if (!person.IsSeen) state = PresenceState.Offline;
        var tellsLastSeen = state == PresenceState.Offline && person is { IsSeen: true, HidesLastSeen: false };
        var found = new PersonPresence(user, state, tellsLastSeen ? person.LastSeen : 0);
        next = found == person.Told ? null : found;
        return next is null || person.Told is null || now - person.ToldAt >= 1000;
    }

    public void Told(in PersonPresence presence, long now)
    {
        var person = _people[presence.User];
        (person.Told, person.ToldAt) = (presence, now);
    }

    private sealed class Watched
    {
        public bool IsSeen { get; set; }

        public bool HidesLastSeen { get; set; }

        public long LastSeen { get; set; }

        public PersonPresence? Told { get; set; }

        public long ToldAt { get; set; }
    }
}
