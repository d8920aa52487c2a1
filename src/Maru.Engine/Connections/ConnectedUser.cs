namespace Maru.Engine.Connections;

/// <summary>A user with at least one connection here; shared by all of them. Any thread.</summary>
internal sealed class ConnectedUser(UserId id, byte[] profile)
{
    /// <summary>The time of the last activity of those who have none.</summary>
    public const long NeverActed = long.MinValue / 2;

    private Connection[]? _connections = [];    // replaced as a whole; null once the last has left
    private int _subscriptions;
    private long _actedAt = NeverActed;
    private bool _isAway;

    public UserId Id => id;

    /// <summary>The account as <c>user</c> JSON; replaced when the profile changes.</summary>
    public byte[] Profile { get => Volatile.Read(ref profile); set => Volatile.Write(ref profile, value); }

    /// <summary>When the user did something by a request, by the engine's clock; <see cref="Connection.ActedAt"/> has the rest.</summary>
    public long ActedAt { get => Volatile.Read(ref _actedAt); set => Volatile.Write(ref _actedAt, value); }

    /// <summary>True when the user has done nothing for a while: what they do next makes a difference.</summary>
    public bool IsAway { get => Volatile.Read(ref _isAway); set => Volatile.Write(ref _isAway, value); }

    /// <summary>
    /// True once the last connection left: this object leaves the table for good, and the user's next connection gets another one.
    /// </summary>
    public bool IsGone => Volatile.Read(ref _connections) is null;

    /// <summary>Adds a connection; false when the user has too many, or this object is gone.</summary>
    public bool TryAdd(Connection connection, int most)
    {
        while (true)
        {
            if (Volatile.Read(ref _connections) is not { } before || before.Length >= most) return false;
            if (Interlocked.CompareExchange(ref _connections, [.. before, connection], before) == before) return true;
        }
    }

    /// <summary>Removes a connection; true when none is left.</summary>
    public bool Remove(Connection connection)
    {
        while (true)
        {
            var before = Volatile.Read(ref _connections);
            var after = before is null ? [] : Array.FindAll(before, x => x != connection);
            if (Interlocked.CompareExchange(ref _connections, after.Length == 0 ? null : after, before) == before) return after.Length == 0;
        }
    }

    /// <summary>Counts one more subscription of the user; false when there are too many.</summary>
    public bool TryAddSubscription(int most)
    {
        if (Interlocked.Increment(ref _subscriptions) <= most) return true;
        Interlocked.Decrement(ref _subscriptions);
        return false;
    }

    public void RemoveSubscription() => Interlocked.Decrement(ref _subscriptions);

    public Connection[] Connections => Volatile.Read(ref _connections) ?? [];
}
