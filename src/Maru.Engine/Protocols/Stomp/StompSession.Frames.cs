using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Maru.Engine.Bus;
using Maru.Engine.Clients;
using Maru.Engine.Codecs;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Protocols.Stomp;

internal sealed partial class StompSession
{
    private const string NoTransaction = "No such transaction was begun.";

    private Dictionary<string, Transaction>? _transactions;

    private ValueTask AfterSignIn(in StompFrame frame)
    {
        switch (frame.Command)
        {
            case StompCommand.Send:
                return Send(frame);
            case StompCommand.Subscribe:
                return Subscribe(frame);
            case StompCommand.Unsubscribe:
                return Unsubscribe(frame);
            case StompCommand.Begin or StompCommand.Commit or StompCommand.Abort:
                return Transact(frame);
            case StompCommand.Ack or StompCommand.Nack:
                return Ack(frame);
            case StompCommand.Disconnect:
                // Everything sent before is completed first, so that the receipt means what the client expects.
                Connection.Close(null, Receipt(frame));
                return default;
            case StompCommand.Connect or StompCommand.Stomp:
                return Fail(frame, Problem.ConnectFirst);
            default:
                return Fail(frame, Broken("This is a server's frame."));
        }
    }

    private ValueTask Send(in StompFrame frame)
    {
        if (!frame.TryGetHeader("destination"u8, out var raw)) return Fail(frame, Broken("SEND needs a destination."));
        if (!TryFindTransaction(frame, out var transaction)) return Fail(frame, Broken(NoTransaction));
        if (transaction is not null) transaction.Sends++;
        var destination = raw.Contains((byte)'\\') ? StompEscapes.Decode(raw, frame.Version) : raw;
        switch (Destinations.Parse(destination, out var room, out var name))
        {
            case DestinationKind.Messages:
                return _client.SendAsync(
                    room, frame.Body, Bytes(frame, "client-key"u8), Receipt(frame), transaction,
                    MessageTrace.IsNext(_parts.Options.TraceRatio) ? _client.Trace(Text(frame, "traceparent"u8)) : null);
            case DestinationKind.Read:
                return _client.ReadAsync(room, frame.Body, Receipt(frame), transaction);
            case DestinationKind.Signal:
                return SendSignal(frame, room, Encoding.UTF8.GetString(name), transaction);
            case DestinationKind.Typing:
                return _client.TypeAsync(room, frame.Body, Receipt(frame), transaction);
            case DestinationKind.OwnPresence:
                _client.TellState(frame.Body, Receipt(frame), transaction);
                return default;
            default:
                const string Known = "Send to /app/rooms/{room}/messages, /app/rooms/{room}/read, /app/rooms/{room}/typing, /app/presence "
                    + "or /topic/rooms/{room}/signals/{name}.";
                var refusal = new Refusal(Problem.UnknownDestination, Known);
                _client.Refuse(Receipt(frame), refusal, transaction);
                return default;
        }
    }

    private ValueTask SendSignal(in StompFrame frame, RoomId room, string name, Transaction? transaction)
    {
        if (!_client.MaySend(Receipt(frame), transaction)) return default;
        List<byte[]> headers = [];
        foreach (var header in frame.Headers)
        {
            var headerName = StompEscapes.Decode(header.Name, frame.Version);
            if (!IsOurs(headerName)) headers.AddRange([headerName, StompEscapes.Decode(header.Value, frame.Version)]);
        }

        var signal = new Signal(name, Connection.User!.Id, [.. headers], frame.Body.ToArray(), Utf8.IsValid(frame.Body));
        return _client.SendAsync(room, signal, Receipt(frame), transaction);
    }

    /// <summary>Returns whether a header belongs to this hop, or is one that the receiver's own frame brings.</summary>
    private static bool IsOurs(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("destination"u8) || name.SequenceEqual("receipt"u8) || name.SequenceEqual("content-length"u8)
        || name.SequenceEqual("transaction"u8) || name.SequenceEqual("sender"u8) || name.SequenceEqual("subscription"u8)
        || name.SequenceEqual("message-id"u8) || name.SequenceEqual("ack"u8);

    /// <summary><c>SUBSCRIBE</c>: destination, id (in 1.0 the destination may stand for it), ack, after.</summary>
    private ValueTask Subscribe(in StompFrame frame)
    {
        var destination = Text(frame, "destination"u8) ?? "";
        var id = Text(frame, "id"u8) ?? (_reader.Version == StompVersion.V10 ? destination : "");
        var ack = Text(frame, "ack"u8) ?? "auto";
        if (destination.Length == 0) return Fail(frame, Broken("SUBSCRIBE needs a destination."));
        if (id.Length == 0) return Fail(frame, Broken("SUBSCRIBE needs an id."));
        if (ack is not ("auto" or "client" or "client-individual"))
            return Fail(frame, Broken("ack must be auto, client or client-individual."));
        if (!TryReadAfter(frame, out var after))
        {
            _client.Refuse(
                Receipt(frame), new Refusal(Problem.Invalid, "after must be the seq of the last event that you have, or 0.", "after"));
            return default;
        }

        var wire = (StompWire)Connection.Wire;
        var subscription = new WireSubscription(ack == "auto" ? wire : wire.WithAcks(), id);
        return destination == "/user/queue/presence"
            ? _client.WatchAsync(Text(frame, "users"u8) ?? "", subscription, Receipt(frame))
            : Subscribe(destination, subscription, after, Receipt(frame));
    }

    private ValueTask Subscribe(string destination, WireSubscription subscription, long? after, Ticket ticket)
    {
        switch (Destinations.Parse(Encoding.UTF8.GetBytes(destination), out var room, out var name))
        {
            case DestinationKind.Room:
                return _client.SubscribeAsync(room, null, subscription, after, ticket);
            case DestinationKind.Signal:
                return _client.SubscribeAsync(room, Encoding.UTF8.GetString(name), subscription, after, ticket);
            case DestinationKind.PublicRooms:
                _client.WatchPublicRooms(subscription, ticket);
                return default;
            case DestinationKind.UserEvents:
                return _client.ListenForEventsAsync(subscription, ticket);
            case DestinationKind.UserErrors:
                _client.ListenForRefusals(subscription, ticket);
                return default;
            default:
                const string Known =
                    "Subscribe to /topic/rooms, /topic/rooms/{room}, /topic/rooms/{room}/signals/{name}, /user/queue/events, "
                    + "/user/queue/presence or /user/queue/errors.";
                _client.Refuse(ticket, new Refusal(Problem.UnknownDestination, Known));
                return default;
        }
    }

    private static bool TryReadAfter(in StompFrame frame, out long? after)
    {
        after = null;
        if (!frame.TryGetHeader("after"u8, out var digits)) return true;
        if (!Number.TryRead(digits, out var seq)) return false;
        after = seq;
        return true;
    }

    private ValueTask Unsubscribe(in StompFrame frame)
    {
        var id = Text(frame, "id"u8) ?? (_reader.Version == StompVersion.V10 ? Text(frame, "destination"u8) : null);
        return id is null ? Fail(frame, Broken("UNSUBSCRIBE needs the subscription's id.")) : _client.UnsubscribeAsync(id, Receipt(frame));
    }

    /// <summary>BEGIN, COMMIT, ABORT. SENDs in between are held, bounded, and appended together at COMMIT.</summary>
    private ValueTask Transact(in StompFrame frame)
    {
        if (Text(frame, "transaction"u8) is not { Length: > 0 } name) return Fail(frame, Broken("The frame needs a transaction."));
        if (frame.Command == StompCommand.Begin) return Begin(frame, name);
        if (_transactions is null || !_transactions.Remove(name, out var transaction)) return Fail(frame, Broken(NoTransaction));
        transaction.Ticket = Receipt(frame);
        transaction.Release();      // from here on it counts as in flight
        if (frame.Command == StompCommand.Commit) return _client.CommitAsync(transaction);
        _client.Acknowledge(transaction.Ticket);
        return default;
    }

    private ValueTask Begin(in StompFrame frame, string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > _parts.Options.MaxNameBytes)
            return Fail(frame, new Refusal(Problem.TooLarge, $"A transaction's name may have {_parts.Options.MaxNameBytes} bytes."));
        _transactions ??= [];
        if (_transactions.ContainsKey(name)) return Fail(frame, Broken("This transaction was begun already."));
        var most = _parts.Options.MaxTransactions;
        if (_transactions.Count >= most)
            return Fail(frame, new Refusal(Problem.TooLarge, $"A connection may have {most} transactions open."));
        _transactions[name] = _client.Begin();
        _client.Acknowledge(Receipt(frame));
        return default;
    }

    /// <summary>ACK and NACK are checked for form; they change nothing, since the client's position is its <c>seq</c>.</summary>
    private ValueTask Ack(in StompFrame frame)
    {
        var named = _reader.Version switch
        {
            StompVersion.V12 => frame.TryGetHeader("id"u8, out _),
            StompVersion.V11 => frame.TryGetHeader("message-id"u8, out _) && frame.TryGetHeader("subscription"u8, out _),
            _ => frame.TryGetHeader("message-id"u8, out _),
        };
        if (!named) return Fail(frame, Broken("The frame does not say which message it means."));
        if (!TryFindTransaction(frame, out _)) return Fail(frame, Broken(NoTransaction));
        _client.Acknowledge(Receipt(frame));
        return default;
    }

    /// <summary>Finds the transaction that a frame names; null when it names none. False: it names one that was not begun.</summary>
    private bool TryFindTransaction(in StompFrame frame, out Transaction? transaction)
    {
        transaction = null;
        return Text(frame, "transaction"u8) is not { } name
            || (_transactions is not null && _transactions.TryGetValue(name, out transaction));
    }

    /// <summary>Ends the connection: a frame that is broken in itself always does.</summary>
    private ValueTask Fail(in StompFrame frame, Refusal refusal)
    {
        Connection.Close(refusal, Receipt(frame));
        return default;
    }

    private static Ticket Receipt(in StompFrame frame) => new(Bytes(frame, "receipt"u8), TraceNumber(frame));

    /// <summary>Returns the number of the trace that the client says a frame is part of; empty: of none.</summary>
    /// <remarks><c>traceparent:{version, 2}-{trace, 32}-{span, 16}-{flags, 2}</c>, hexadecimal</remarks>
    private static Guid TraceNumber(in StompFrame frame) =>
        frame.TryGetHeader("traceparent"u8, out var raw) && raw.Length >= 55 && raw[2] == (byte)'-' && raw[35] == (byte)'-'
        && Utf8Parser.TryParse(raw[3..35], out Guid number, out var read, 'N') && read == 32 ? number : default;

    /// <summary>Returns a header's decoded text, or null when the header is absent.</summary>
    private static string? Text(in StompFrame frame, ReadOnlySpan<byte> name) =>
        frame.TryGetHeader(name, out var raw) ? Encoding.UTF8.GetString(StompEscapes.Decode(raw, frame.Version)) : null;

    private static byte[]? Bytes(in StompFrame frame, ReadOnlySpan<byte> name) =>
        frame.TryGetHeader(name, out var raw) ? StompEscapes.Decode(raw, frame.Version) : null;
}
