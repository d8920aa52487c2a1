using System.Diagnostics.CodeAnalysis;
using System.Text;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Engine.Rooms;

namespace Maru.Engine.Clients;

internal sealed partial class Client
{
    private const int MostEventQueues = 8;

    private SmallMap<string, Subscription> _subscriptions;

    /// <summary>
    /// Subscribes to a room's log or to one of its signals. The response comes by the ticket, once no entry can be missed any more.
    /// </summary>
    /// <param name="room">the room</param>
    /// <param name="signal">the signal's name, or null for the log</param>
    /// <param name="key">the subscription as the client knows it</param>
    /// <param name="after">the last seq that the client has; null: only entries from now on</param>
    /// <param name="ticket">the client's name for the request</param>
    public async ValueTask SubscribeAsync(RoomId room, string? signal, WireSubscription key, long? after, Ticket ticket)
    {
        if (!IsFree(key.Id, ticket)) return;
        var isHere = TryGetMembership(room, out _);
        if (await EnterAsync(room, ticket).ConfigureAwait(false) is not { } membership) return;
        if (isHere && after is { } seq && !await LookAsync(membership, seq, ticket).ConfigureAwait(false)) return;
        var subscription = new Subscription(connection, membership, key, signal);
        var subscribing = new Subscribing(subscription, after, ticket);
        if (TryAdd(subscription, ticket)) await Post(membership.Room, subscribing, subscribing.Bytes).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes sure that the room knows how far its log goes, for a subscription to the past. Entering a room reads that from the store; a
    /// client that had entered before has it read again. While the store is away, the past is what this node has of it. False: this node
    /// does not know of that seq, and the request was refused.
    /// </summary>
    private async ValueTask<bool> LookAsync(Membership membership, long after, Ticket ticket)
    {
        try
        {
            await parts.Rooms.LookAsync(membership, parts.Stopping).ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            if (after <= membership.Room.Expected) return true;
            RefuseUnread(e, ticket);
            return false;
        }
    }

    /// <summary>
    /// Passes the user's own events on: their snapshot, which is read now, then the response to the request, then what changes.
    /// </summary>
    public async ValueTask ListenForEventsAsync(WireSubscription queue, Ticket ticket)
    {
        if (!IsFree(queue.Id, ticket, connection.EventQueues < MostEventQueues ? null : Many("events", MostEventQueues))) return;
        try
        {
            await parts.UserEvents.ListenAsync(connection, queue, ticket, parts.Stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RefuseUnread(e, ticket);
        }
    }

    /// <summary>Sends refusals as events from now on, instead of ending the connection.</summary>
    public void ListenForRefusals(WireSubscription queue, Ticket ticket)
    {
        if (!IsFree(queue.Id, ticket, connection.HasRefusalQueue ? Many("refusals", 1) : null)) return;
        connection.ListenForRefusals(queue);
        Acknowledge(ticket);
    }

    private static Refusal Many(string what, int most) =>
        new(Problem.TooManySubscriptions, $"A connection may have {most} of its subscriptions for {what}.");

    public ValueTask UnsubscribeAsync(string id, Ticket ticket)
    {
        if (TryRemove(id, out var subscription)) return UnsubscribeAsync(subscription, ticket);
        if (_watch?.Subscription.Id == id) EndWatch();
        if (_publicRooms?.Subscription.Id == id) EndPublicRooms();
        parts.UserEvents.StopListening(connection, id);
        Acknowledge(ticket);
        return default;
    }

    private ValueTask UnsubscribeAsync(Subscription subscription, Ticket ticket)
    {
        var unsubscribing = new Unsubscribing(subscription, ticket);
        return Post(subscription.Room, unsubscribing, unsubscribing.Bytes);
    }

    /// <summary>
    /// Returns whether the client may make one more subscription under that name; refuses the request where it may not.
    /// </summary>
    /// <param name="id">the name</param>
    /// <param name="ticket">the client's name for the request</param>
    /// <param name="refusal">the reason, where its kind of subscription has a bound of its own; else null</param>
    private bool IsFree(string id, Ticket ticket, Refusal? refusal = null)
    {
        if (_subscriptions.TryGet(id, out var former) && former.IsEnded) TryRemove(id, out _);
        if (Encoding.UTF8.GetByteCount(id) > parts.Options.MaxNameBytes)
            refusal = new Refusal(Problem.Invalid, $"A subscription's id may have {parts.Options.MaxNameBytes} bytes.", "id");
        else if (_subscriptions.TryGet(id, out _) || connection.HasQueue(id) || IsWatch(id))
            refusal = new Refusal(Problem.Conflict, "This connection has a subscription with this id.");
        else if (!HasPlace())
            refusal = new Refusal(Problem.TooManySubscriptions, $"A connection may have {parts.Options.MaxSubscriptions} subscriptions.");
        if (refusal is null) return true;
        Refuse(ticket, refusal);
        return false;
    }

    private bool IsWatch(string id) => _watch?.Subscription.Id == id || _publicRooms?.Subscription.Id == id;

    private int Places => _subscriptions.Count + connection.Queues + (_watch is null ? 0 : 1) + (_publicRooms is null ? 0 : 1);

    /// <summary>Returns whether there is room for one more subscription. Those that their rooms have ended count only until then.</summary>
    private bool HasPlace()
    {
        if (Places < parts.Options.MaxSubscriptions) return true;
        foreach (var subscription in _subscriptions.Values())
        {
            if (subscription.IsEnded) TryRemove(subscription.Key.Id, out _);
        }

        return Places < parts.Options.MaxSubscriptions;
    }

    /// <summary>Adds a subscription, which counts for its user; false: the user has too many, and the request was refused.</summary>
    private bool TryAdd(Subscription subscription, Ticket ticket)
    {
        var most = parts.Options.MaxSubscriptionsPerUser;
        if (!connection.User!.TryAddSubscription(most))
        {
            Refuse(ticket, new Refusal(Problem.TooManySubscriptions, $"Your connections may have {most} subscriptions together."));
            return false;
        }

        _subscriptions.Add(subscription.Key.Id, subscription);
        connection.Memory.Take(subscription.Bytes);
        return true;
    }

    private bool TryRemove(string id, [NotNullWhen(true)] out Subscription? subscription)
    {
        if (!_subscriptions.Remove(id, out subscription)) return false;
        Uncount(subscription);
        return true;
    }

    private void Uncount(Subscription subscription)
    {
        connection.User!.RemoveSubscription();
        connection.Memory.Return(subscription.Bytes);
    }
}
