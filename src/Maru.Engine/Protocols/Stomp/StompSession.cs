using System.Buffers;
using Maru.Engine.Codecs;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Rooms;
namespace Maru.Engine.Protocols.Stomp;

/// <summary>
/// STOMP from the server's side: bytes in, engine calls out, no socket. Bytes come from one reader; receipts and events are added to the outbox by any thread.
/// Split by verb into <c>StompSession.*.cs</c>.
/// </summary>
internal sealed partial class StompSession : Connection, IDraftOwner
{
    private SmallMap<string, Subscription> _subscriptions;
    private SmallMap<RoomId, Membership> _memberships;
    private StompReader _reader;
    private byte[] _held = [];      // bytes of an unfinished frame, rented while there is one
    private int _heldFrom;
    private int _heldTo;
    private Task? _wait;            // what must end before the next frame is read

    public StompSession(ByteSink sink, ChatEngine engine)
        : base(sink, engine) => _reader = new StompReader(engine.Options.StompLimits);

    /// <summary>Bytes of memory that wait for the rest of a frame.</summary>
    public int HeldBytes => _held.Length;

    /// <summary>
    /// Takes a piece of the stream, of any length; it may hold several frames or a part of one. Completes at once unless a frame has to wait: for CONNECT, for
    /// the first use of a room, for space in the commit queue, or for the client to read what it has asked for.
    /// </summary>
    public ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece)
    {
        LastReceived = Engine.Clock.Now;
        var taken = Read(piece.Span);
        return _wait is null ? default : FinishAsync(piece[taken..]);
    }

    /// <summary>The connection is gone: gives back everything.</summary>
    public void Closed()
    {
        Outbox.Leave();
        foreach (var subscription in _subscriptions.Values()) Unsubscribe(subscription, null);
        foreach (var membership in _memberships.Values()) RoomTable.Leave(membership);
        _subscriptions.Clear();
        _memberships.Clear();
        _transactions = null;
        ReleaseHeld();
        Engine.Connections.Close(this);
    }

    private async ValueTask FinishAsync(ReadOnlyMemory<byte> rest)
    {
        while (_wait is { } wait)
        {
            _wait = null;
            await wait.ConfigureAwait(false);
            rest = rest[Read(rest.Span)..];
        }
    }

    /// <summary>Handles frames until the piece is used up or one must wait; answers how much of the piece is done with.</summary>
    private int Read(ReadOnlySpan<byte> piece)
    {
        if (IsEnding || Volatile.Read(ref _isDraining)) return piece.Length;
        if (_heldTo > _heldFrom)
        {
            Hold(piece);
            _heldFrom += ReadFrames(_held.AsSpan(_heldFrom, _heldTo - _heldFrom));
            if (_heldFrom == _heldTo || IsEnding) ReleaseHeld();
            return piece.Length;
        }

        var used = ReadFrames(piece);
        if (_wait is not null || IsEnding) return IsEnding ? piece.Length : used;
        if (used < piece.Length) Hold(piece[used..]);
        return piece.Length;
    }

    private int ReadFrames(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        while (_wait is null && !IsEnding)
        {
            var status = _reader.Read(bytes[used..], out var consumed, out var frame);
            used += consumed;
            if (status == StompReadStatus.NeedMore) break;
            if (status == StompReadStatus.Frame) Handle(frame);
            else Fail(Refusal(status), Explain(status));
        }

        return used;
    }

    private void Handle(in StompFrame frame)
    {
        if (Identity is null)
        {
            if (frame.Command is StompCommand.Connect or StompCommand.Stomp) Connect(frame);
            else Fail(frame, Problem.ConnectFirst, null);
            return;
        }

        switch (frame.Command)
        {
            case StompCommand.Send:
                Send(frame);
                break;
            case StompCommand.Subscribe:
                Subscribe(frame);
                break;
            case StompCommand.Unsubscribe:
                Unsubscribe(frame);
                break;
            case StompCommand.Begin or StompCommand.Commit or StompCommand.Abort:
                Transact(frame);
                break;
            case StompCommand.Ack or StompCommand.Nack:
                CheckAck(frame);
                break;
            case StompCommand.Disconnect:
                Disconnect(frame);
                break;
            case StompCommand.Connect or StompCommand.Stomp:
                Fail(frame, Problem.ConnectFirst, null);
                break;
            default:
                Fail(frame, Problem.BadFrame, "This is a server's frame.");
                break;
        }

        // A client that asks and does not read waits here, at its own cost.
        if (_wait is null && Outbox.Bytes > 2 * Engine.Options.OutboxBytes) _wait = Outbox.EmptyAsync();
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        var length = _heldTo - _heldFrom;
        if (_heldTo + bytes.Length > _held.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + bytes.Length, 2 * length));
            _held.AsSpan(_heldFrom, length).CopyTo(larger);
            ReleaseHeld();
            (_held, _heldTo) = (larger, length);
        }

        bytes.CopyTo(_held.AsSpan(_heldTo));
        _heldTo += bytes.Length;
    }

    private void ReleaseHeld()
    {
        if (_held.Length > 0) ArrayPool<byte>.Shared.Return(_held);
        (_held, _heldFrom, _heldTo) = ([], 0, 0);
    }

    /// <summary>A header's decoded text, or null when it is not there.</summary>
    private static string? Text(in StompFrame frame, ReadOnlySpan<byte> name) =>
        frame.TryGetHeader(name, out var raw) ? System.Text.Encoding.UTF8.GetString(StompEscapes.Decode(raw, frame.Version)) : null;

    private static byte[]? Bytes(in StompFrame frame, ReadOnlySpan<byte> name) =>
        frame.TryGetHeader(name, out var raw) ? StompEscapes.Decode(raw, frame.Version) : null;

    private static Problem Refusal(StompReadStatus status) => status switch
    {
        StompReadStatus.BodyTooLarge or StompReadStatus.TooManyHeaders or StompReadStatus.HeadersTooLarge => Problem.TooLarge,
        _ => Problem.BadFrame,
    };

    private string Explain(StompReadStatus status) => status switch
    {
        StompReadStatus.UnknownCommand => "The frame's command is none of STOMP's.",
        StompReadStatus.MalformedHeader => "A header line must be a name, a colon and a value.",
        StompReadStatus.UndefinedEscape => "A header has an escape that this version does not define.",
        StompReadStatus.TooManyHeaders => $"A frame may have {Engine.Options.MaxHeaders} headers.",
        StompReadStatus.HeadersTooLarge => $"A frame's headers may have {Engine.Options.MaxHeaderBytes} bytes.",
        StompReadStatus.BadContentLength => "content-length must be a number of bytes.",
        StompReadStatus.BodyTooLarge => $"A frame's body may have {Engine.Options.MaxBodyBytes} bytes.",
        StompReadStatus.BodyNotAllowed => "Only SEND may have a body.",
        _ => "The body does not end with NUL where content-length says.",
    };
}
