using System.Buffers;
using Maru.Engine.Clients;
using Maru.Engine.Codecs;
using Maru.Engine.Connections;
using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Protocols.Stomp;

/// <summary>
/// STOMP from the server's side. Knows no socket, no right and no room: <see cref="Client"/> does. The frames' handlers are in
/// <c>StompSession.Frames.cs</c>.
/// </summary>
internal sealed partial class StompSession : ProtocolSession
{
    private readonly ClientParts _parts;
    private readonly Client _client;
    private readonly Framing _framing;
    private readonly StompVersion _newest;
    private StompReader _reader;
    private byte[] _held = [];      // bytes of an unfinished frame, rented while there is one
    private int _heldFrom;
    private int _heldTo;

    /// <param name="newest">
    /// the version that the transport's own handshake settled, or the newest of all: CONNECT cannot ask for more
    /// </param>
    public StompSession(ByteSink sink, ClientParts parts, Framing framing, StompVersion newest = StompVersion.V12)
        : base(parts.Connect(sink, StompWire.New(framing, newest)))
    {
        (_parts, _framing, _newest) = (parts, framing, newest);
        _client = new Client(Connection, parts);
        _reader = new StompReader(new StompLimits(parts.Options.MaxHeaders, parts.Options.MaxHeaderBytes, parts.Options.MaxBodyBytes));
    }

    /// <summary>Bytes of memory in which an unfinished frame waits for its rest.</summary>
    public int HeldBytes => _held.Length;

    /// <summary>
    /// Takes a piece of the stream, of any length; it may hold several frames or a part of one. Completes at once unless a frame has to
    /// wait: for CONNECT, for the first use of a room, for space in the commit queue, or for the client to read what it has asked for.
    /// </summary>
    public override ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece)
    {
        Connection.Heard();
        var taken = Read(piece.Span, out var wait);
        return wait is { } first ? FinishAsync(first, piece[taken..]) : default;
    }

    public override void Closed()
    {
        _client.Leave();
        if (_transactions is not null) foreach (var transaction in _transactions.Values) transaction.Release();
        _transactions = null;
        ReleaseHeld();
    }

    private async ValueTask FinishAsync(ValueTask first, ReadOnlyMemory<byte> rest)
    {
        for (ValueTask? wait = first; wait is { } next;)
        {
            await next.ConfigureAwait(false);
            rest = rest[Read(rest.Span, out wait)..];
        }
    }

    /// <summary>Handles frames until the piece is used up or one must wait; returns how much of the piece is handled.</summary>
    /// <param name="piece">a piece of the stream</param>
    /// <param name="wait">
    /// what a frame waits for, with others behind it that are not handled; null: none does. Whether it waits is looked at once, where the
    /// frame is handled: it may end at any moment, and who looked again would take the frames behind it for handled.
    /// </param>
    private int Read(ReadOnlySpan<byte> piece, out ValueTask? wait)
    {
        wait = null;
        if (Connection.IsClosing) return piece.Length;
        if (_heldTo > _heldFrom)
        {
            Hold(piece);
            _heldFrom += ReadFrames(_held.AsSpan(_heldFrom, _heldTo - _heldFrom), out wait);
            if (_heldFrom == _heldTo || Connection.IsClosing) ReleaseHeld();
            return piece.Length;
        }

        var used = ReadFrames(piece, out wait);
        if (Connection.IsClosing) return piece.Length;
        if (wait is not null) return used;
        if (used < piece.Length) Hold(piece[used..]);
        return piece.Length;
    }

    private int ReadFrames(ReadOnlySpan<byte> bytes, out ValueTask? wait)
    {
        var used = 0;
        wait = null;
        while (wait is null && !Connection.IsClosing)
        {
            var status = _reader.Read(bytes[used..], out var consumed, out var frame);
            used += consumed;
            if (status == StompReadStatus.NeedMore)
            {
                HearBlankLines(consumed);
                break;
            }

            Frames++;
            if (status != StompReadStatus.Frame) Connection.Close(Refusal(status), Receipt(frame));
            else wait = Pending(Handle(frame));
        }

        return used;
    }

    private static ValueTask? Pending(ValueTask handling) => handling.IsCompletedSuccessfully ? null : handling;

    /// <summary>Blank lines are consumed without a frame: heart-beats, each a frame for those who count.</summary>
    private void HearBlankLines(int count)
    {
        if (count == 0) return;
        Frames += count;
        Connection.Count(0, count);
    }

    private ValueTask Handle(in StompFrame frame)
    {
        var handled = Connection.Identity is null ? BeforeSignIn(frame) : AfterSignIn(frame);
        // A client that keeps asking and does not read waits here, at its own cost.
        return handled.IsCompletedSuccessfully && Connection.Outbox.Bytes > 2 * _parts.Options.OutboxBytes
            ? new ValueTask(Connection.Outbox.EmptyAsync())
            : handled;
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        var length = _heldTo - _heldFrom;
        if (_heldTo + bytes.Length > _held.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + bytes.Length, 2 * length));
            _held.AsSpan(_heldFrom, length).CopyTo(larger);
            ReleaseHeld();
            Connection.Memory.Take(larger.Length);
            (_held, _heldTo) = (larger, length);
        }

        bytes.CopyTo(_held.AsSpan(_heldTo));
        _heldTo += bytes.Length;
    }

    private void ReleaseHeld()
    {
        if (_held.Length > 0)
        {
            Connection.Memory.Return(_held.Length);
            ArrayPool<byte>.Shared.Return(_held);
        }

        (_held, _heldFrom, _heldTo) = ([], 0, 0);
    }

    private Refusal Refusal(StompReadStatus status) => status switch
    {
        StompReadStatus.TooManyHeaders => new(Problem.TooLarge, $"A frame may have {_parts.Options.MaxHeaders} headers."),
        StompReadStatus.HeadersTooLarge => new(Problem.TooLarge, $"A frame's headers may have {_parts.Options.MaxHeaderBytes} bytes."),
        StompReadStatus.BodyTooLarge => new(Problem.TooLarge, $"A frame's body may have {_parts.Options.MaxBodyBytes} bytes."),
        StompReadStatus.UnknownCommand => Broken("The frame's command is none of STOMP's."),
        StompReadStatus.MalformedHeader => Broken("A header line must be a name, a colon and a value."),
        StompReadStatus.HeaderNotText => Broken("Headers must be UTF-8."),
        StompReadStatus.UndefinedEscape => Broken("A header has an escape that this version does not define."),
        StompReadStatus.BadContentLength => Broken("content-length must be a number of bytes."),
        StompReadStatus.BodyNotAllowed => Broken("Only SEND may have a body."),
        _ => Broken("The body does not end with NUL where content-length says."),
    };

    private static Refusal Broken(string detail) => new(Problem.BadFrame, detail);
}
