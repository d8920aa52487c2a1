using Maru.Engine.Connections;

namespace Maru.Engine.People;

/// <summary>
/// Events that wait for those of a user's connections that are behind, once for all of them. Bounded by <see cref="UserEvents"/>.
/// Under the user's lock.
/// </summary>
internal sealed class UserFeed
{
    private readonly List<UserEvent?> _events = [];                 // in order; null: a newer one of its key follows
    private readonly Dictionary<string, long> _numbers = [];        // of the event that waits, by its key
    private readonly Dictionary<Connection, long> _next = [];       // the number that each connection needs next
    private long _first;                                            // number of the first event

    public long Bytes { get; private set; }

    public bool IsEmpty => _next.Count == 0;

    public IEnumerable<Connection> Behind => _next.Keys;

    public bool IsBehind(Connection connection) => _next.ContainsKey(connection);

    /// <summary>Makes the events from now on wait for the connection.</summary>
    public void Hold(Connection connection) => _next.Add(connection, _first + _events.Count);

    public void Add(UserEvent e)
    {
        if (e.Key is not null)
        {
            if (_numbers.TryGetValue(e.Key, out var number)) Drop((int)(number - _first));
            _numbers[e.Key] = _first + _events.Count;
        }

        _events.Add(e);
        Bytes += e.Bytes;
    }

    /// <summary>The next event for a connection that is behind; null: it has them all.</summary>
    public UserEvent? Next(Connection connection)
    {
        var number = _next[connection];
        UserEvent? e = null;
        while (e is null && number < _first + _events.Count) e = _events[(int)(number++ - _first)];
        _next[connection] = number;
        return e;
    }

    /// <summary>Forgets a connection that has all events, or is gone.</summary>
    public void Release(Connection connection)
    {
        _next.Remove(connection);
        Trim();
    }

    /// <summary>Forgets the events that every connection has.</summary>
    public void Trim()
    {
        var upTo = _next.Count == 0 ? _first + _events.Count : _next.Values.Min();
        var passed = (int)(upTo - _first);
        for (var i = 0; i < passed; i++) Drop(i);
        _events.RemoveRange(0, passed);
        _first = upTo;
    }

    private void Drop(int index)
    {
        if (_events[index] is not { } e) return;
        _events[index] = null;
        Bytes -= e.Bytes;
        if (e.Key is not null) _numbers.Remove(e.Key);
    }
}
