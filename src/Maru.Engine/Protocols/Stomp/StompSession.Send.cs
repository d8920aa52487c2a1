using System.Text.Unicode;
using Maru.Engine.Bus;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Rooms;
namespace Maru.Engine.Protocols.Stomp;

internal sealed partial class StompSession
{
    private readonly Lock _flightGate = new();
    private int _inFlight;                          // bytes on the way to the store or to a lane
    private int _inFlightBound;
    private TaskCompletionSource? _inFlightWaits;
    private bool _isDraining;                       // no frame is read any longer; ends when nothing is in flight

    /// <summary>The room's lane: a draft of this session is durable, or refused.</summary>
    public void Settled(Draft draft, FlushList flush)
    {
        var message = (MessageDraft)draft;
        // Of a transaction that is refused, the COMMIT is told in any case: its SENDs are where they asked for it.
        if (draft.Refusal is { } problem && (draft.Group is null || message.Receipt is not null)) Refuse(message.Receipt, problem, draft.Detail, flush);
        else if (message.Receipt is not null) Outbox.Add(Frames.Receipt(_reader.Version, message.Receipt, draft.Room, draft.Seq), flush);
        if (draft.Group is { } group && group.Settle()) Settled(group, draft.Refusal, flush);
        Landed(draft.Bytes);
    }

    public override void Landed(int bytes)
    {
        bool isLast;
        lock (_flightGate)
        {
            _inFlight -= bytes;
            isLast = _isDraining && _inFlight == 0;
            if (_inFlightWaits is not null && _inFlight <= _inFlightBound)
            {
                _inFlightWaits.SetResult();
                _inFlightWaits = null;
            }
        }

        if (isLast) Fail(Problem.ShuttingDown);
    }

    public override void Drain()
    {
        lock (_flightGate)
        {
            _isDraining = true;
            if (_inFlight > 0) return;
        }

        Fail(Problem.ShuttingDown);
    }

    private void Send(in StompFrame frame)
    {
        if (!frame.TryGetHeader("destination"u8, out var raw))
        {
            Fail(frame, Problem.BadFrame, "SEND needs a destination.");
            return;
        }

        if (!TryFindTransaction(frame, out var transaction)) return;
        if (transaction is not null) transaction.Sends++;
        var destination = raw.Contains((byte)'\\') ? StompEscapes.Decode(raw, frame.Version) : raw;
        switch (Destinations.Parse(destination, out var room, out var name))
        {
            case DestinationKind.Messages:
                SendMessage(frame, room, transaction);
                break;
            case DestinationKind.Signal:
                SendSignal(frame, room, System.Text.Encoding.UTF8.GetString(name), transaction);
                break;
            default:
                RefuseSend(transaction, frame, Problem.UnknownDestination, "Send to /app/rooms/{room}/messages or /topic/rooms/{room}/signals/{name}.");
                break;
        }
    }

    private void SendMessage(in StompFrame frame, RoomId room, Transaction? transaction)
    {
        var key = Bytes(frame, "client-key"u8);
        if (!Engine.Allowances.TrySpend(User!.Id.Value)) RefuseSend(transaction, frame, Problem.RateLimited, $"You may send {Engine.Options.MessagesPerSecond} messages a second.");
        else if (key is not null && (key.Length == 0 || key.Length > Engine.Options.MaxClientKeyBytes || !Utf8.IsValid(key))) RefuseSend(transaction, frame, Problem.Invalid, $"client-key must have 1 to {Engine.Options.MaxClientKeyBytes} bytes of UTF-8.");
        else if (!MessageBody.TryRead(frame.Body, Engine.Options.MaxTextBytes, out var body, out var problem, out var detail)) RefuseSend(transaction, frame, problem, detail);
        else if (FindMembership(room) is { } membership) Submit(membership, body, key, Bytes(frame, "receipt"u8), transaction);
        else _wait = EnterThenSubmitAsync(room, body, key, Bytes(frame, "receipt"u8), transaction);
    }

    private async Task EnterThenSubmitAsync(RoomId room, MessageBody body, byte[]? key, byte[]? receipt, Transaction? transaction)
    {
        if (await EnterAsync(room, receipt, transaction).ConfigureAwait(false) is not { } membership) return;
        Submit(membership, body, key, receipt, transaction);
        if (_wait is not { } wait) return;
        _wait = null;
        await wait.ConfigureAwait(false);
    }

    private void Submit(Membership membership, in MessageBody body, byte[]? key, byte[]? receipt, Transaction? transaction)
    {
        var draft = new MessageDraft(membership, User!.Profile, body, key, receipt, this);
        if (transaction is not null) Hold(transaction, draft);
        else Submit([draft]);
    }

    private void Submit(ReadOnlySpan<Draft> drafts)
    {
        var bytes = 0;
        foreach (var draft in drafts) bytes += draft.Bytes;
        lock (_flightGate) _inFlight += bytes;
        if (drafts.Length > 1 && !Engine.Commits.KeepsOrder(drafts)) _wait = SubmitWhenIdleAsync(drafts.ToArray(), bytes);
        else if (!Engine.Commits.TryAdd(drafts)) _wait = Engine.Commits.AddAsync(drafts.ToArray()).AsTask();
        else if (_inFlight > Engine.Options.InFlightBytes) _wait = InFlightAsync(Engine.Options.InFlightBytes);
    }

    /// <summary>A transaction over rooms of several commit loops: in one of them it could overtake what this session sent before into another.</summary>
    private async Task SubmitWhenIdleAsync(Draft[] drafts, int bytes)
    {
        await InFlightAsync(bytes).ConfigureAwait(false);
        await Engine.Commits.AddAsync(drafts).ConfigureAwait(false);
        await IdleAsync().ConfigureAwait(false);
    }

    /// <summary>Brings work to a room's lane. It counts as under way until the lane has done it: that bounds what one client can pile up there.</summary>
    private void Post(Room room, LaneWork work, int bytes)
    {
        lock (_flightGate) _inFlight += bytes;
        if (!room.Lane.Post(work)) Landed(bytes);
        else if (_inFlight > Engine.Options.InFlightBytes) _wait = InFlightAsync(Engine.Options.InFlightBytes);
    }

    /// <summary>Ends when nothing of this session is on its way.</summary>
    public Task IdleAsync() => InFlightAsync(0);

    /// <summary>Ends when no more than so many bytes of this session are on their way.</summary>
    private Task InFlightAsync(int bound)
    {
        lock (_flightGate)
        {
            if (_inFlight <= bound) return Task.CompletedTask;
            _inFlightBound = bound;
            _inFlightWaits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _inFlightWaits.Task;
        }
    }

    private void SendSignal(in StompFrame frame, RoomId room, string name, Transaction? transaction)
    {
        if (!Engine.Allowances.TrySpend(User!.Id.Value))
        {
            RefuseSend(transaction, frame, Problem.RateLimited, $"You may send {Engine.Options.MessagesPerSecond} messages a second.");
            return;
        }

        List<byte[]> headers = [];
        foreach (var header in frame.Headers)
        {
            var headerName = StompEscapes.Decode(header.Name, frame.Version);
            if (!IsOurs(headerName)) headers.AddRange([headerName, StompEscapes.Decode(header.Value, frame.Version)]);
        }

        var isText = Utf8.IsValid(frame.Body) && headers.TrueForAll(x => Utf8.IsValid(x));
        var signal = new SignalFrame(name, User.Id, [.. headers], frame.Body.ToArray(), isText, Engine.NextSignal());
        var receipt = Bytes(frame, "receipt"u8);
        if (FindMembership(room) is { } membership) Pass(membership, signal, receipt, transaction);
        else _wait = EnterThenPassAsync(room, signal, receipt, transaction);
    }

    private async Task EnterThenPassAsync(RoomId room, SignalFrame signal, byte[]? receipt, Transaction? transaction)
    {
        if (await EnterAsync(room, receipt, transaction).ConfigureAwait(false) is { } membership) Pass(membership, signal, receipt, transaction);
    }

    private void Pass(Membership membership, SignalFrame signal, byte[]? receipt, Transaction? transaction)
    {
        if (transaction is not null) Hold(transaction, membership, signal, receipt);
        else Post(membership.Room, Passing(membership, signal), signal.Bytes);
        AcknowledgeNow(receipt);
    }

    private PassingSignal Passing(Membership membership, SignalFrame signal) => new(membership.Room, signal, this, Engine.Backplane);

    /// <summary>Headers that belong to this hop, or that the receiver's own frame brings.</summary>
    private static bool IsOurs(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("destination"u8) || name.SequenceEqual("receipt"u8) || name.SequenceEqual("content-length"u8) || name.SequenceEqual("transaction"u8)
        || name.SequenceEqual("sender"u8) || name.SequenceEqual("subscription"u8) || name.SequenceEqual("message-id"u8) || name.SequenceEqual("ack"u8);

    /// <summary>The user's right to the room, if this session knows it and it holds.</summary>
    private Membership? FindMembership(RoomId room) => _memberships.TryGet(room, out var membership) && membership.IsActive ? membership : null;

    /// <summary>Looks the user's right up, in the room or in the store, and keeps it; refuses and answers null when there is none.</summary>
    private async Task<Membership?> EnterAsync(RoomId room, byte[]? receipt, Transaction? transaction = null)
    {
        if (_memberships.Remove(room, out var former)) RoomTable.Leave(former);
        if (_memberships.Count >= Engine.Options.MaxRooms) LeaveLost();
        if (_memberships.Count >= Engine.Options.MaxRooms)
        {
            RefuseSend(transaction, receipt, Problem.TooManySubscriptions, $"A connection may use {Engine.Options.MaxRooms} rooms.");
            return null;
        }

        Membership? membership;
        try
        {
            membership = await Engine.Rooms.EnterAsync(room, User!.Id, Engine.Stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The server stops: the session is told so by whoever stops it.
            if (Engine.Stopping.IsCancellationRequested)
            {
                transaction?.Spoil(Problem.ShuttingDown, null);
                return null;
            }

            Engine.Log.ReadFailed(e);
            RefuseSend(transaction, receipt, Problem.Unavailable, null);
            return null;
        }

        if (membership is null) RefuseSend(transaction, receipt, Problem.NotFound, "There is no such room, or you are no member.");
        else _memberships.Add(room, membership);
        return membership;
    }

    /// <summary>Gives back the rooms that the user has lost.</summary>
    private void LeaveLost()
    {
        foreach (var membership in _memberships.Values())
        {
            if (!membership.IsActive && _memberships.Remove(membership.Room.Id, out _)) RoomTable.Leave(membership);
        }
    }
}
