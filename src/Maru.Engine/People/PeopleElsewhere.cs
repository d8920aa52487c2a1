namespace Maru.Engine.People;

/// <summary>
/// The people who are connected to other nodes, by what those tell. Each node numbers what it tells; where a number is missing, the node is
/// asked for all of its people, and what was known of them holds until then. A node that is silent for a lease is gone. Bounded by the
/// connections of all nodes, some 40 bytes a person. Under the gate of <see cref="Presence"/>.
/// </summary>
/// <param name="changed">called with a person whose state on a node may have changed, and when they were seen last (0: not told)</param>
internal sealed class PeopleElsewhere(TimeSpan lease, Action<UserId, long> changed)
{
    private readonly long _lease = (long)lease.TotalMilliseconds;
    private readonly Dictionary<long, Node> _nodes = [];

    public PresenceState StateOf(UserId user)
    {
        var state = PresenceState.Offline;
        foreach (var node in _nodes.Values)
        {
            if (node.People.TryGetValue(user, out var there) && there > state) state = there;
        }

        return state;
    }

    /// <summary>Hears that a node lives; false: something that it told was missed.</summary>
    /// <param name="node">the node</param>
    /// <param name="number">of what it told last</param>
    /// <param name="now">milliseconds</param>
    public bool Hear(long node, long number, long now) => Find(node, now).Number == number;

    /// <summary>Takes changes that a node told; false: something before them was missed.</summary>
    public bool Take(long node, long number, List<PersonPresence> changes, long now)
    {
        var there = Find(node, now);
        if (number <= there.Number) return true;
        if (number != there.Number + 1) return false;
        there.Number = number;
        foreach (var change in changes)
        {
            if (change.State == PresenceState.Offline) there.People.Remove(change.User);
            else there.People[change.User] = change.State;
            changed(change.User, change.LastSeen);
        }

        return true;
    }

    /// <summary>Takes a part of all people of a node, as of a number.</summary>
    public void TakeAll(long node, long number, int part, int parts, List<PersonPresence> people, long now)
    {
        var there = Find(node, now);
        if (part == 0) (there.Incoming, there.NextPart) = ([], 0);
        if (number < there.Number || there.Incoming is null || part != there.NextPart) return;
        there.NextPart++;
        foreach (var person in people) there.Incoming[person.User] = person.State;
        if (there.NextPart < parts) return;
        var before = there.People;
        (there.People, there.Incoming, there.Number) = (there.Incoming, null, number);
        foreach (var user in before.Keys) changed(user, 0);
        foreach (var user in there.People.Keys) changed(user, 0);
    }

    /// <summary>Forgets nodes that were not heard of for a lease.</summary>
    /// <param name="now">milliseconds</param>
    /// <param name="wall">the same moment, unix milliseconds</param>
    /// <param name="gone">called with each of their people, and when these were seen last</param>
    public void Expire(long now, long wall, Action<UserId, long> gone)
    {
        foreach (var (id, node) in _nodes)
        {
            if (now - node.HeardAt < _lease) continue;
            _nodes.Remove(id);
            var lastSeen = wall - (now - node.HeardAt);
            foreach (var user in node.People.Keys)
            {
                changed(user, lastSeen);
                gone(user, lastSeen);
            }
        }
    }

    private Node Find(long id, long now)
    {
        if (!_nodes.TryGetValue(id, out var node)) _nodes.Add(id, node = new Node());
        node.HeardAt = now;
        return node;
    }

    private sealed class Node
    {
        public long HeardAt { get; set; }

        /// <summary>The number of what was taken last.</summary>
        public long Number { get; set; }

        public Dictionary<UserId, PresenceState> People { get; set; } = [];

        /// <summary>The parts of all its people that have come; null: none are under way.</summary>
        public Dictionary<UserId, PresenceState>? Incoming { get; set; }

        public int NextPart { get; set; }
    }
}
