using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Maru.Engine.Queues;

namespace Maru.Engine.Connections;

/// <summary>All connections of this node and their users. Any thread.</summary>
public sealed class ConnectionTable
{
    private const long EndedKept = 60_000;

    /// <summary>Memory of an idle connection, half of it measured, the rest for what it needs now and then.</summary>
    private const int ConnectionBytes = 16 * 1024;

    private readonly ConcurrentDictionary<UserId, ConnectedUser> _users = new();
    private readonly ConcurrentDictionary<long, long> _ended = new();   // sessions that ended just now, and when
    private readonly Lock _gate = new();
    private readonly List<Connection> _all = [];
    private readonly Strangers<Connection> _strangers = new();     // those of _all who have not said who they are
    private readonly EngineOptions _options;
    private readonly EngineClock _clock;
    private readonly int _most;
    private bool _refusesNew;

    internal ConnectionTable(EngineOptions options, MemoryBudget memory, EngineClock clock)
    {
        (_options, _clock) = (options, clock);
        _most = Math.Min(options.MaxConnections, MaxBy(memory.Max));
    }

    public int Count
    {
        get
        {
            lock (_gate) return _all.Count;
        }
    }

    /// <summary>Returns whether the user has a connection on this node.</summary>
    public bool IsOnline(UserId user) => _users.ContainsKey(user);

    /// <summary>All users with a connection on this node.</summary>
    public ICollection<UserId> Online => _users.Keys;

    /// <summary>Changes the profile with which the user's connections send from now on.</summary>
    public void ChangeProfile(UserId user, byte[] profile)
    {
        if (_users.TryGetValue(user, out var connected)) connected.Profile = profile;
    }

    /// <summary>
    /// Returns the connections that there is memory for: idle ones get half of it, so that there is something to give to those that
    /// are not.
    /// </summary>
    /// <param name="memory">bytes for all clients</param>
    internal static int MaxBy(long memory) => (int)Math.Min(int.MaxValue, memory / 2 / ConnectionBytes);

    /// <summary>Called when a connection had to make room for another.</summary>
    internal Action? Displaced { private get; init; }

    /// <summary>Raised with each connection that signs in; <see cref="Unbound"/> with the user of each that leaves.</summary>
    internal event Action<ConnectedUser, Connection>? Bound;

    /// <inheritdoc cref="Bound"/>
    internal event Action<UserId>? Unbound;

    internal bool TryGet(UserId id, [NotNullWhen(true)] out ConnectedUser? user) => _users.TryGetValue(id, out user);

    /// <summary>Notes that a sign-in session has ended.</summary>
    internal void NoteEnd(long session) => _ended[session] = _clock.Now;

    /// <summary>
    /// Returns whether the sign-in session ended within the last minute. A connection checks it after it is in the table: the session may
    /// have ended after its token was judged, and before the end could find the connection.
    /// </summary>
    internal bool HasEnded(long session) => _ended.ContainsKey(session);

    /// <summary>Forgets sessions that ended long ago: their tokens are refused before they get here.</summary>
    internal void Sweep()
    {
        foreach (var (session, at) in _ended)
        {
            if (_clock.Now - at > EndedKept) _ended.TryRemove(session, out _);
        }
    }

    /// <summary>
    /// Adds a connection, of somebody who has not said yet who they are. When there is no room, one of those makes some: who has a token
    /// always finds a place while <see cref="Strangers{T}"/> have one. False: it is refused.
    /// </summary>
    internal bool TryOpen(Connection connection, Source source = default)
    {
        Connection? oldest = null;
        lock (_gate)
        {
            if (_refusesNew) return false;
            if (_all.Count >= _most)
            {
                oldest = _strangers.OldestFor(source);
                if (oldest is null || !TryRemove(oldest)) return false;
            }

            connection.Slot = _all.Count;
            _strangers.Add(connection, source);
            _all.Add(connection);
        }

        connection.Memory.Take(ConnectionBytes);
        oldest?.MakeRoom();
        if (oldest is not null) Displaced?.Invoke();
        return true;
    }

    internal void Close(Connection connection)
    {
        lock (_gate)
        {
            if (!TryRemove(connection)) return;
        }

        if (connection.User is not { } user) return;
        if (user.Remove(connection)) _users.TryRemove(new KeyValuePair<UserId, ConnectedUser>(user.Id, user));
        Unbound?.Invoke(user.Id);
    }

    /// <summary>Adds the connection to those of its user; null when the user has too many, or the connection had to make room.</summary>
    internal ConnectedUser? TryBind(Connection connection, Identity identity)
    {
        lock (_gate)
        {
            if (connection.Slot < 0) return null;
            _strangers.Remove(connection);
        }

        while (true)
        {
            var user = _users.GetOrAdd(identity.User, static (id, profile) => new ConnectedUser(id, profile), identity.Profile);
            user.Profile = identity.Profile;
            if (user.TryAdd(connection, _options.MaxConnectionsPerUser))
            {
                Bound?.Invoke(user, connection);
                return user;
            }

            if (!user.IsGone) return null;
            // The user's last connection just left: either it removes the entry from the table, or this does.
            _users.TryRemove(new KeyValuePair<UserId, ConnectedUser>(identity.User, user));
        }
    }

    /// <summary>Refuses new connections from now on.</summary>
    internal void RefuseNew()
    {
        lock (_gate) _refusesNew = true;
    }

    /// <summary>Returns the connections that are open now.</summary>
    internal Connection[] All()
    {
        lock (_gate) return [.. _all];
    }

    private bool TryRemove(Connection connection)
    {
        if (connection.Slot < 0) return false;
        _strangers.Remove(connection);
        var last = _all[^1];
        _all[connection.Slot] = last;
        last.Slot = connection.Slot;
        _all.RemoveAt(_all.Count - 1);
        connection.Slot = -1;
        connection.Memory.Return(ConnectionBytes);
        return true;
    }
}
