using System.Collections.Concurrent;
using Maru.Engine.Bus;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;
using Maru.Engine.Queues;

namespace Maru.Engine.People;

/// <summary>
/// Delivers users' own events to their connections: on this node at once, on the other nodes over the bus. Keeps nothing for users who are
/// away. A connection that reads slowly gets the newest state of each key and every other event, once it has read what waits for it. The
/// waiting events are bounded in bytes for each user and for the node. Full means: the user's connections that are behind are cut, and read
/// anew when they are back. Any thread. A subscription begins in <c>UserEvents.Listen.cs</c>.
/// </summary>
public sealed partial class UserEvents : IDisposable
{
    private readonly ConnectionTable _connections;
    private readonly EngineOptions _options;
    private readonly EngineMetrics _metrics;
    private readonly UserSnapshot _snapshot;
    private readonly UserEventChannels _channels;
    private readonly ByteBudget _waiting;
    private readonly ConcurrentDictionary<UserId, UserFeed> _feeds = new();     // of users with connections that are behind, or begin
    private readonly Lock[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];

    internal UserEvents(
        ConnectionTable connections, UserSnapshot snapshot, IBus bus, EngineOptions options, EngineMetrics metrics, TimeProvider time)
    {
        (_connections, _snapshot, _options, _metrics) = (connections, snapshot, options, metrics);
        _waiting = new ByteBudget(options.FeedBytes);
        _channels = new UserEventChannels(
            bus, options.FeedBytes, Deliver, (user, room) => Moved?.Invoke(user, room), which => Doubted?.Invoke(which), metrics, time);
        connections.Bound += (user, _) => _channels.Use(user.Id);
        connections.Unbound += _channels.Release;
    }

    /// <summary>Called once for each snapshot that was read, when its subscription ends.</summary>
    internal Action<UserId>? Ended { get; set; }

    /// <summary>Called when a user's position in a room has moved, or they came or went, here or on another node.</summary>
    internal Action<UserId, RoomId>? Moved { get; set; }

    /// <summary>Called when such moves on other nodes may have been missed, of these users.</summary>
    internal Action<Predicate<UserId>>? Doubted { get; set; }

    public void Publish(UserId user, UserEvent e) => Publish([user], e);

    /// <summary>Tells all nodes on which the user is that their position in the room has moved, or that they came or went.</summary>
    public void Move(UserId user, RoomId room)
    {
        Moved?.Invoke(user, room);
        _channels.Tell(user, room);
    }

    /// <param name="users">the users whom it concerns, each once</param>
    /// <param name="e">what happened</param>
    public void Publish(ReadOnlySpan<UserId> users, UserEvent e)
    {
        Deliver(users, e);
        _channels.Tell(users, e);
    }

    /// <summary>
    /// Tells the connections of a sign-in session on this node that it has ended, here or on another node, and ends them.
    /// </summary>
    /// <param name="user">the user</param>
    /// <param name="session">the session's id</param>
    /// <param name="reason">a slug for programs, or null</param>
    public void EndSession(UserId user, long session, string? reason = null)
    {
        _connections.NoteEnd(session);
        EndSessions(user, ended => ended == session, reason);
    }

    /// <inheritdoc cref="EndSession"/>
    /// <param name="user">the user</param>
    /// <param name="areOver">of the user's sessions, which have ended</param>
    /// <param name="reason">a slug for programs, or null</param>
    public void EndSessions(UserId user, Predicate<long> areOver, string? reason)
    {
        if (!_connections.TryGet(user, out var here)) return;
        var json = EventJson.SessionEnded(reason);
        using var flush = new FlushList();
        lock (LockOf(user))
        {
            foreach (var connection in here.Connections)
            {
                if (connection.Identity is not { } identity || !areOver(identity.Session)) continue;
                connection.SendUserEvent(json, flush);
                connection.End(Problem.SessionEnded, flush);
            }
        }
    }

    public void Dispose() => _channels.Dispose();

    private Lock LockOf(UserId user) => _locks[(int)((ulong)user.Value % (ulong)_locks.Length)];

    private bool HasRoom(Outbox outbox) => outbox.Bytes <= _options.OutboxBytes / 2;

    /// <summary>Delivers an event to those of the users' connections that are on this node.</summary>
    internal void Deliver(ReadOnlySpan<UserId> users, UserEvent e)
    {
        FlushList? flush = null;
        foreach (var user in users)
        {
            if (_connections.TryGet(user, out var here)) Deliver(here, e, flush ??= new FlushList());
        }

        flush?.Flush();
    }

    private void Deliver(ConnectedUser user, UserEvent e, FlushList flush)
    {
        List<Connection>? held = null;
        lock (LockOf(user.Id))
        {
            _feeds.TryGetValue(user.Id, out var feed);
            foreach (var connection in user.Connections)
            {
                if (!connection.WantsEvents || feed?.IsBehind(connection) is true) continue;
                if (HasRoom(connection.Outbox)) connection.SendUserEvent(e.Json.Span, flush);
                else (held ??= []).Add(connection);
            }

            if (held is not null) feed ??= _feeds[user.Id] = new UserFeed();
            if (feed is null) return;
            held?.ForEach(feed.Hold);
            Add(user.Id, feed, e);
        }

        held?.ForEach(connection => ResumeWhenEmpty(user.Id, connection));
    }

    private void Add(UserId user, UserFeed feed, UserEvent e)
    {
        var before = feed.Bytes;
        feed.Add(e);
        _waiting.Take(feed.Bytes - before);
        if (feed.Bytes <= _options.UserFeedBytes && !_waiting.IsOver) return;
        _waiting.Return(feed.Bytes);
        _feeds.TryRemove(user, out _);
        foreach (var connection in feed.Behind)
        {
            _metrics.SlowClients.Add(1);
            connection.Outbox.Abort();
        }
    }

    private void ResumeWhenEmpty(UserId user, Connection connection)
    {
        // Called by the thread that wrote the last byte, which may be in the middle of other work.
        void Resume() => ThreadPool.UnsafeQueueUserWorkItem(_ => this.Resume(user, connection), null);
        if (!connection.Outbox.WhenEmpty(Resume)) Resume();
    }

    private void Resume(UserId user, Connection connection)
    {
        var flush = new FlushList();
        var hasAll = false;
        lock (LockOf(user))
        {
            if (connection.AwaitsSnapshot || !_feeds.TryGetValue(user, out var feed) || !feed.IsBehind(connection)) return;
            var before = feed.Bytes;
            while (!hasAll && HasRoom(connection.Outbox))
            {
                var next = connection.Outbox.IsClosed ? null : feed.Next(connection);
                if (next is null) hasAll = true;
                else connection.SendUserEvent(next.Json.Span, flush);
            }

            if (hasAll) feed.Release(connection);
            else feed.Trim();
            _waiting.Return(before - feed.Bytes);
            if (feed.IsEmpty) _feeds.TryRemove(user, out _);
        }

        flush.Flush();
        if (!hasAll) ResumeWhenEmpty(user, connection);
    }
}
