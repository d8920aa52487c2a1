using System.Text.Unicode;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;
using Maru.Engine.Rooms;

namespace Maru.Engine.Clients;

internal sealed partial class Client
{
    /// <summary>Sends a message. Completes when the next may be sent; the outcome comes by the ticket.</summary>
    /// <param name="room">the room to send to</param>
    /// <param name="json"><c>{text, replyTo?, files?}</c>, or <c>{forward, replyTo?}</c></param>
    /// <param name="key">the client's own key, or null</param>
    /// <param name="ticket">the client's name for the request</param>
    /// <param name="transaction">the transaction that holds it until its commit, or null</param>
    /// <param name="trace">follows it on its way, or null</param>
    public ValueTask SendAsync(
        RoomId room, ReadOnlySpan<byte> json, byte[]? key, Ticket ticket, Transaction? transaction, MessageTrace? trace)
    {
        var most = parts.Options.MaxClientKeyBytes;
        if (trace is not null) ticket = ticket with { Trace = trace.Number };
        if (!MaySend(ticket, transaction)) return default;
        if (key is not null && (key.Length == 0 || key.Length > most || !Utf8.IsValid(key)))
            Refuse(ticket, new Refusal(Problem.Invalid, $"client-key must have 1 to {most} bytes of UTF-8.", "client-key"), transaction);
        else if (MessageBody.TryRead(json, parts.Options.MaxTextBytes, out var body, out var refusal))
            return body.Forward is { } forward
                ? ForwardAsync(room, body, forward, key, ticket, transaction, trace)
                : SendAsync(room, body, key, ticket, transaction, trace);
        else Refuse(ticket, refusal, transaction);
        return default;
    }

    /// <inheritdoc cref="MessageTrace.Begin(string, string, TimeProvider)"/>
    public MessageTrace? Trace(string? traceparent) => MessageTrace.Begin(Transport, traceparent, parts.Time);

    /// <summary>Sends a signal to the members who are connected.</summary>
    /// <inheritdoc cref="SendAsync(RoomId, ReadOnlySpan{byte}, byte[], Ticket, Transaction, MessageTrace)"/>
    /// <param name="signal">ready to be passed on</param>
    public async ValueTask SendAsync(RoomId room, Signal signal, Ticket ticket, Transaction? transaction)
    {
        if (await EnterAsync(room, ticket, transaction).ConfigureAwait(false) is not { } membership) return;
        if (transaction is null)
        {
            await Pass(membership, signal, ticket).ConfigureAwait(false);
            return;
        }

        transaction.Hold(membership, signal, ticket);
        Acknowledge(ticket);
    }

    /// <summary>
    /// Notes that the person does something. False: they have sent too much in a short time, and the request was refused.
    /// </summary>
    public bool MaySend(Ticket ticket, Transaction? transaction)
    {
        if (parts.MessageRate.TryTake(connection.User!.Id.Value))
        {
            parts.Presence.Act(connection);
            return true;
        }

        parts.Floods.Hit(connection.User.Id);
        Refuse(ticket, new Refusal(Problem.RateLimited, $"You may send {parts.Options.MessagesPerSecond} messages a second."), transaction);
        return false;
    }

    /// <summary>Called in the room's lane: a message of this client is durable, or refused.</summary>
    public void Settled(Draft draft, FlushList flush)
    {
        var message = (MessageDraft)draft;
        if (draft.Refusal is null) connection.Acknowledge(message.Ticket, draft.Room, draft.Seq, flush);
        // The COMMIT of a refused transaction is always reported: its SENDs only where they asked for a receipt.
        else if (message.Transaction is null || !message.Ticket.IsNone) connection.Refuse(message.Ticket, draft.Refusal, flush);
        connection.InFlight.Return(draft.Bytes);
    }

    private async ValueTask SendAsync(
        RoomId room, MessageBody body, byte[]? key, Ticket ticket, Transaction? transaction, MessageTrace? trace)
    {
        if (await EnterAsync(room, ticket, transaction).ConfigureAwait(false) is not { } membership) return;
        var draft = MessageDraft.Of(membership, connection.User!.Profile, body, key, ticket, this, transaction?.Sends ?? 0);
        draft.Trace = trace;
        if (transaction is not null) transaction.Hold(draft);
        else await SubmitAsync(draft).ConfigureAwait(false);
    }

    /// <summary>Sends a message that is said already. Reads the store.</summary>
    private async ValueTask ForwardAsync(
        RoomId room, MessageBody body, Forward forward, byte[]? key, Ticket ticket, Transaction? transaction, MessageTrace? trace)
    {
        if (await EnterAsync(room, ticket, transaction).ConfigureAwait(false) is not { } membership) return;
        Forwarded? found;
        try
        {
            found = await parts.ReadForward(connection.User!.Id, forward).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RefuseUnread(e, ticket, transaction);
            return;
        }

        var draft = new ForwardDraft(membership, connection.User!.Profile, body, forward, found, key, ticket, this)
        {
            Number = transaction?.Sends ?? 0,
            Trace = trace,
        };
        if (transaction is not null) transaction.Hold(draft);
        else await SubmitAsync(draft).ConfigureAwait(false);
    }

    private ValueTask SubmitAsync(Draft draft)
    {
        connection.InFlight.Take(draft.Bytes);
        return parts.Commits.TryAdd(draft) ? WithinBound() : parts.Commits.AddAsync(draft);
    }

    private ValueTask Pass(Membership membership, Signal signal, Ticket? ticket) =>
        Post(membership.Room, Passing(membership, signal, ticket), signal.Bytes);

    private PassingSignal Passing(Membership membership, Signal signal, Ticket? ticket) =>
        new(membership, signal, connection, ticket, parts.Channels);
}
