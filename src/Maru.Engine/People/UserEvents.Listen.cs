using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;

namespace Maru.Engine.People;

public sealed partial class UserEvents
{
    /// <summary>
    /// Adds a subscription to a connection, which gets the user's snapshot, the response to its request, and then what changes. Events that
    /// come meanwhile wait for the connection as for one that reads slowly, within the same bounds. Its one reader calls it.
    /// </summary>
    /// <param name="connection">of a client who is signed in</param>
    /// <param name="queue">the subscription</param>
    /// <param name="ticket">the client's name for the request</param>
    /// <param name="ct">cancelled when the server stops</param>
    internal async ValueTask ListenAsync(Connection connection, WireSubscription queue, Ticket ticket, CancellationToken ct)
    {
        var user = connection.User!.Id;
        Hold(user, connection, queue);
        var isBegun = false;
        try
        {
            var snapshot = await _snapshot(user, ct).ConfigureAwait(false);
            isBegun = true;
            await SendAsync(snapshot, connection, queue, ticket).ConfigureAwait(false);
        }
        catch
        {
            if (isBegun) StopListening(connection, queue.Id);
            else connection.StopListening(queue.Id);
            throw;
        }
        finally
        {
            lock (LockOf(user)) connection.AwaitsSnapshot = false;
            Resume(user, connection);
        }
    }

    /// <summary>Ends a subscription of that name, if there is one, also one to refusals.</summary>
    internal void StopListening(Connection connection, string id)
    {
        var queues = connection.EventQueues;
        connection.StopListening(id);
        if (connection.EventQueues < queues) Ended?.Invoke(connection.User!.Id);
    }

    /// <summary>Ends all of a connection's subscriptions.</summary>
    internal void StopListening(Connection connection)
    {
        for (var left = connection.EventQueues; left > 0; left--) Ended?.Invoke(connection.User!.Id);
    }

    /// <summary>Adds the subscription and makes events from now on wait: none gets before the snapshot, and none is missed.</summary>
    private void Hold(UserId user, Connection connection, WireSubscription queue)
    {
        lock (LockOf(user))
        {
            connection.AwaitsSnapshot = true;
            connection.ListenForEvents(queue);
            if (!_feeds.TryGetValue(user, out var feed)) feed = _feeds[user] = new UserFeed();
            if (!feed.IsBehind(connection)) feed.Hold(connection);
        }
    }

    /// <summary>Sends a snapshot at the client's pace, however large it is; until then it counts as memory of the client.</summary>
    private async ValueTask SendAsync(IReadOnlyList<UserEvent> snapshot, Connection connection, WireSubscription queue, Ticket ticket)
    {
        var bytes = 0L;
        foreach (var e in snapshot) bytes += e.Bytes;
        connection.Memory.Take(bytes);
        try
        {
            using var flush = new FlushList();
            foreach (var e in snapshot)
            {
                if (!HasRoom(connection.Outbox))
                {
                    flush.Flush();
                    await connection.Outbox.EmptyAsync().ConfigureAwait(false);
                }

                connection.SendUserEvent(queue, e.Json.Span, flush);
            }

            connection.Acknowledge(ticket, flush);
        }
        finally
        {
            connection.Memory.Return(bytes);
        }
    }
}
