using Maru.Engine.Connections;

namespace Maru.Engine.People;

/// <summary>
/// The people who are connected to this node, and those whose last connection ended less than the grace ago. A person shows nothing before
/// the store was asked whether they show their presence, and nothing afterwards where they do not. Bounded by the connections. Times are
/// milliseconds of the engine's clock. Under the gate of <see cref="Presence"/>.
/// </summary>
/// <param name="changed">
/// called with a person, what they show now, and when they were seen last (unix milliseconds), if they left; 0: not to be told
/// </param>
internal sealed class PeopleHere(
    ConnectionTable connections, PresenceOptions options, EngineClock clock, Action<UserId, PresenceState, long> changed)
{
    private readonly long _awayAfter = (long)options.AwayAfter.TotalMilliseconds;
    private readonly long _grace = (long)options.Grace.TotalMilliseconds;
    private readonly Dictionary<UserId, Person> _people = [];
    private readonly Queue<(UserId User, long LeftAt)> _leaving = new();
    private readonly HashSet<UserId> _unread = [];
    private long _lookedAt;

    public int Count => _people.Count;

    public PresenceState StateOf(UserId user) => _people.TryGetValue(user, out var person) ? person.Shown : PresenceState.Offline;

    /// <summary>Everybody who shows their presence.</summary>
    public IEnumerable<(UserId User, PresenceState State)> All()
    {
        foreach (var (user, person) in _people)
        {
            if (person.Shown != PresenceState.Offline) yield return (user, person.Shown);
        }
    }

    /// <summary>
    /// Adds a connection. Clients connect by themselves, so who was away stays away until they do something.
    /// </summary>
    /// <param name="elsewhere">the person's state on other nodes</param>
    public void Come(ConnectedUser user, Connection connection, PresenceState elsewhere)
    {
        if (!_people.TryGetValue(user.Id, out var person))
        {
            _people.Add(user.Id, person = new Person { State = elsewhere == PresenceState.Away ? elsewhere : PresenceState.Online });
            _unread.Add(user.Id);
        }

        person.Connections++;
        connection.ActedAt = person.State == PresenceState.Away ? ConnectedUser.NeverActed : clock.Now;
        user.IsAway = person.State == PresenceState.Away;
    }

    /// <summary>Removes a connection.</summary>
    public void Leave(UserId user)
    {
        if (!_people.TryGetValue(user, out var person)) return;
        if (--person.Connections > 0)
        {
            Look(user, person);
            return;
        }

        person.LeftAt = clock.Now;
        _leaving.Enqueue((user, person.LeftAt));
    }

    /// <summary>Looks whether the person is away or back, after something that may have changed it.</summary>
    public void Look(UserId user)
    {
        if (_people.TryGetValue(user, out var person)) Look(user, person);
    }

    /// <summary>Shows nothing more of the person.</summary>
    public void Hide(UserId user) => Show(user, false);

    /// <summary>Asks for the person's setting to be read once more.</summary>
    public void ReadAgain(UserId user)
    {
        if (_people.ContainsKey(user)) _unread.Add(user);
    }

    /// <summary>True when there are people whose setting must be read.</summary>
    public bool HasUnread => _unread.Count > 0;

    /// <summary>Takes some of the people whose setting must be read.</summary>
    public UserId[] TakeUnread(int most)
    {
        var taken = _unread.Take(most).ToArray();
        foreach (var user in taken) _unread.Remove(user);
        return taken;
    }

    /// <summary>Takes settings as they were read; one that was asked for again meanwhile is left to the next read.</summary>
    public void TakeRead(ReadOnlySpan<UserId> users, IReadOnlySet<UserId> hidden)
    {
        foreach (var user in users)
        {
            if (!_unread.Contains(user)) Show(user, !hidden.Contains(user));
        }
    }

    /// <summary>Ends the graces that are over and, now and then, looks who has become away.</summary>
    /// <param name="wall">the present, unix milliseconds</param>
    public void Tick(long wall)
    {
        var now = clock.Now;
        while (_leaving.TryPeek(out var next) && now - next.LeftAt >= _grace)
        {
            _leaving.Dequeue();
            if (!_people.TryGetValue(next.User, out var person) || person.Connections > 0 || person.LeftAt != next.LeftAt) continue;
            _people.Remove(next.User);
            _unread.Remove(next.User);
            if (person.Shown != PresenceState.Offline) changed(next.User, PresenceState.Offline, wall - (now - next.LeftAt));
        }

        if (now - _lookedAt < Math.Clamp(_awayAfter / 60, 1000, 10_000)) return;
        _lookedAt = now;
        foreach (var (user, person) in _people)
        {
            if (person is { Connections: > 0, State: PresenceState.Online }) Look(user, person);
        }
    }

    private void Show(UserId user, bool shows)
    {
        if (!_people.TryGetValue(user, out var person)) return;
        var before = person.Shown;
        person.Shows = shows;
        if (person.Shown != before) changed(user, person.Shown, 0);
    }

    private void Look(UserId user, Person person)
    {
        if (person.Connections == 0 || !connections.TryGet(user, out var connected)) return;
        var acted = connected.ActedAt;
        foreach (var connection in connected.Connections) acted = Math.Max(acted, connection.ActedAt);
        var (before, state) = (person.Shown, clock.Now - acted >= _awayAfter ? PresenceState.Away : PresenceState.Online);
        person.State = state;
        connected.IsAway = state == PresenceState.Away;
        if (person.Shown != before) changed(user, person.Shown, 0);
    }

    private sealed class Person
    {
        public int Connections { get; set; }

        /// <summary>When the last connection ended, while there is none.</summary>
        public long LeftAt { get; set; }

        /// <summary>Away or online.</summary>
        public PresenceState State { get; set; }

        /// <summary>False also until the setting was read.</summary>
        public bool Shows { get; set; }

        public PresenceState Shown => Shows ? State : PresenceState.Offline;
    }
}
