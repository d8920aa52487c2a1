using System.Buffers.Text;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Rooms;

namespace Maru.Engine.Protocols.Stomp;

internal sealed partial class StompSession
{
    // Replaced as a whole: the session writes, any thread reads.
    private volatile WireFormKey[] _eventQueues = [];
    private volatile WireFormKey[] _errorQueues = [];

    private void Subscribe(in StompFrame frame)
    {
        if (!TryReadSubscription(frame, out var destination, out var key)) return;
        var kind = Destinations.Parse(System.Text.Encoding.UTF8.GetBytes(destination), out var room, out var name);
        var receipt = Bytes(frame, "receipt"u8);
        if (_subscriptions.TryGet(key.Subscription, out var former) && former.IsEnded) _subscriptions.Remove(key.Subscription, out _);

        long? after = null;
        if (frame.TryGetHeader("after"u8, out var digits))
        {
            if (!Utf8Parser.TryParse(digits, out long seq, out var used) || used != digits.Length || seq < 0)
            {
                Refuse(frame, Problem.Invalid, "after must be the seq of the last event that you have, or 0.");
                return;
            }

            after = seq;
        }

        if (_subscriptions.TryGet(key.Subscription, out _) || IsQueue(key.Subscription)) Refuse(frame, Problem.Conflict, "This connection has a subscription with this id.");
        else if (!HasPlace()) Refuse(frame, Problem.TooManySubscriptions, null);
        else if (kind is DestinationKind.UserEvents or DestinationKind.UserErrors) SubscribeQueue(kind, key, receipt);
        else if (kind is not (DestinationKind.Room or DestinationKind.Signal)) Refuse(frame, Problem.UnknownDestination, "Subscribe to /topic/rooms/{room}, /topic/rooms/{room}/signals/{name}, /user/queue/events or /user/queue/errors.");
        else if (FindMembership(room) is { } membership) Attach(membership, key, kind == DestinationKind.Signal ? System.Text.Encoding.UTF8.GetString(name) : null, after, receipt);
        else _wait = EnterThenAttachAsync(room, key, kind == DestinationKind.Signal ? System.Text.Encoding.UTF8.GetString(name) : null, after, receipt);
    }

    private async Task EnterThenAttachAsync(RoomId room, WireFormKey key, string? signal, long? after, byte[]? receipt)
    {
        if (await EnterAsync(room, receipt).ConfigureAwait(false) is { } membership) Attach(membership, key, signal, after, receipt);
    }

    private void Attach(Membership membership, WireFormKey key, string? signal, long? after, byte[]? receipt)
    {
        var subscription = new Subscription(this, membership, key, signal);
        _subscriptions.Add(key.Subscription, subscription);
        var subscribing = new Subscribing(subscription, after, receipt);
        Post(membership.Room, subscribing, subscribing.Bytes);
    }

    private void SubscribeQueue(DestinationKind kind, WireFormKey key, byte[]? receipt)
    {
        if (kind == DestinationKind.UserEvents) _eventQueues = [.. _eventQueues, key];
        else _errorQueues = [.. _errorQueues, key];
        AcknowledgeNow(receipt);
    }

    private void Unsubscribe(in StompFrame frame)
    {
        var id = Text(frame, "id"u8) ?? (_reader.Version == StompVersion.V10 ? Text(frame, "destination"u8) : null);
        if (id is null)
        {
            Fail(frame, Problem.BadFrame, "UNSUBSCRIBE needs the subscription's id.");
            return;
        }

        var receipt = Bytes(frame, "receipt"u8);
        if (_subscriptions.Remove(id, out var subscription))
        {
            Unsubscribe(subscription, receipt);
            return;
        }

        _eventQueues = Array.FindAll(_eventQueues, x => x.Subscription != id);
        _errorQueues = Array.FindAll(_errorQueues, x => x.Subscription != id);
        AcknowledgeNow(receipt);
    }

    private void Unsubscribe(Subscription subscription, byte[]? receipt)
    {
        var unsubscribing = new Unsubscribing(subscription, receipt);
        Post(subscription.Room, unsubscribing, unsubscribing.Bytes);
    }

    /// <summary><c>SUBSCRIBE</c>: destination, id (in 1.0 the destination may stand for it), ack.</summary>
    private bool TryReadSubscription(in StompFrame frame, out string destination, out WireFormKey key)
    {
        key = default;
        destination = Text(frame, "destination"u8) ?? "";
        var id = Text(frame, "id"u8) ?? (_reader.Version == StompVersion.V10 ? destination : "");
        var ack = Text(frame, "ack"u8) ?? "auto";
        if (destination.Length == 0) Fail(frame, Problem.BadFrame, "SUBSCRIBE needs a destination.");
        else if (id.Length == 0) Fail(frame, Problem.BadFrame, "SUBSCRIBE needs an id.");
        else if (ack is not ("auto" or "client" or "client-individual")) Fail(frame, Problem.BadFrame, "ack must be auto, client or client-individual.");
        else key = new WireFormKey(id, _reader.Version, ack != "auto");
        return key != default;
    }

    /// <summary>Whether one more subscription is allowed. Those that their rooms have ended count only until the place is wanted.</summary>
    private bool HasPlace()
    {
        if (_subscriptions.Count + _eventQueues.Length + _errorQueues.Length < Engine.Options.MaxSubscriptions) return true;
        foreach (var subscription in _subscriptions.Values())
        {
            if (subscription.IsEnded) _subscriptions.Remove(subscription.Key.Subscription, out _);
        }

        return _subscriptions.Count + _eventQueues.Length + _errorQueues.Length < Engine.Options.MaxSubscriptions;
    }

    private bool IsQueue(string id) => Array.Exists(_eventQueues, x => x.Subscription == id) || Array.Exists(_errorQueues, x => x.Subscription == id);
}
