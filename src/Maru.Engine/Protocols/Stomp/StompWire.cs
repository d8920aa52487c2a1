using System.Buffers;
using System.Text;
using Maru.Engine.Bus;
using Maru.Engine.Codecs;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Protocols.Stomp;

/// <summary>
/// Encodes the server's side of STOMP: responses and events for a version and a transport. One instance for each combination.
/// </summary>
internal sealed class StompWire : Wire
{
    /// <summary>Milliseconds: clients that are told to come back at the same time spread over them.</summary>
    private const int MaxRetryAfter = 500;

    private static readonly byte[] Server = Encoding.ASCII.GetBytes($"maru/{typeof(StompWire).Assembly.GetName().Version?.ToString(3)}");
    private static readonly StompVersion[] Versions = [StompVersion.V10, StompVersion.V11, StompVersion.V12];
    private static readonly StompWire[] WebSocket = All(Framing.WebSocket);
    private static readonly StompWire[] Stream = All(Framing.Stream);
    private static readonly StompWire[] NewWebSocket = AllNew(Framing.WebSocket);
    private static readonly StompWire[] NewStream = AllNew(Framing.Stream);

    private readonly Framing _framing;
    private readonly StompVersion _version;
    private readonly StompVersion _newest;

    private StompWire(Framing framing, StompVersion version, bool acks, StompVersion newest)
    {
        (_framing, _version, HasAcks, _newest) = (framing, version, acks, newest);
        HeartBeat = framing.Message("\n"u8);
    }

    /// <summary>An EOL: in a WebSocket, in a message of its own.</summary>
    public override string Name => "stomp";

    public override ReadOnlyMemory<byte> HeartBeat { get; }

    public override ReadOnlyMemory<byte> Ping => _framing.Ping;

    /// <summary>
    /// True when MESSAGE carries an <c>ack</c> header: in 1.2, where the subscription asked for an <c>ack</c> mode other than auto.
    /// </summary>
    public bool HasAcks { get; }

    public static StompWire Of(Framing framing, StompVersion version, bool acks = false) =>
        (framing == Framing.WebSocket ? WebSocket : Stream)[(2 * (int)version) + (acks ? 1 : 0)];

    /// <summary>Returns the wire of a connection before CONNECT: that of 1.0, since no version is agreed on.</summary>
    /// <param name="newest">the newest version that CONNECT may ask for</param>
    public static StompWire New(Framing framing, StompVersion newest) =>
        (framing == Framing.WebSocket ? NewWebSocket : NewStream)[(int)newest];

    /// <summary>Returns the wire of a subscription that asked for an <c>ack</c> mode other than auto.</summary>
    public StompWire WithAcks() => Of(_framing, _version, acks: _version == StompVersion.V12);

    public override EventEncoder Encoder(RoomId room, string subscription) =>
        new StompEncoder(room, subscription, _version, HasAcks, _framing);

    /// <summary>Headers and body as they came.</summary>
    public override ReadOnlyMemory<byte> SignalBody(Signal signal)
    {
        var size = 32 + signal.Body.Length;
        foreach (var text in signal.Headers) size += StompEscapes.EncodedLength(text, _version) + 1;
        var body = new byte[size];
        var writer = new StompWriter(body, _version);
        for (var i = 0; i < signal.Headers.Length; i += 2) writer.Header(signal.Headers[i], signal.Headers[i + 1]);
        writer.Body(signal.Body);
        return body.AsMemory(0, writer.Position);
    }

    /// <param name="beat">ms between heart-beats, either way</param>
    public ReadOnlyMemory<byte> Connected(int beat, Identity identity)
    {
        Span<byte> frame = stackalloc byte[256];
        var writer = new StompWriter(frame, StompVersion.V10);
        writer.Command(StompCommand.Connected);
        writer.Header("version"u8, StompVersions.Text(_version));
        if (_version != StompVersion.V10)
        {
            writer.Raw("heart-beat:"u8);
            writer.Number(beat);
            writer.Raw(","u8);
            writer.Number(beat);
            writer.Raw("\n"u8);
        }

        writer.Header("server"u8, Server);
        writer.Header("session"u8, identity.Session);
        writer.Header("user-id"u8, identity.User.Value);
        writer.NoBody();
        return _framing.Message(frame[..writer.Position]);
    }

    /// <summary>Encodes a receipt; that of a durable message names its room and its seq.</summary>
    public override ReadOnlyMemory<byte> Receipt(in Ticket ticket, RoomId room, long seq)
    {
        var rented = ArrayPool<byte>.Shared.Rent(StompEscapes.EncodedLength(ticket.Text, _version) + 96);
        var writer = new StompWriter(rented, _version);
        writer.Command(StompCommand.Receipt);
        writer.Header("receipt-id"u8, ticket.Text);
        if (seq > 0)
        {
            writer.Header("seq"u8, seq);
            writer.Header("room"u8, room.Value);
        }

        writer.NoBody();
        return Message(rented, writer.Position);
    }

    public override ReadOnlyMemory<byte> Refused(string subscription, long number, in Ticket ticket, Refusal refusal) =>
        Event(subscription, "/user/queue/errors"u8, number, EventJson.Problem(refusal, ticket.Trace), ticket);

    public override ReadOnlyMemory<byte> UserEvent(string subscription, long number, ReadOnlySpan<byte> json) =>
        Event(subscription, "/user/queue/events"u8, number, json, default);

    public override ReadOnlyMemory<byte> Presence(string subscription, long number, ReadOnlySpan<byte> json) =>
        Event(subscription, "/user/queue/presence"u8, number, json, default);

    /// <summary>The id is <c>l-{number}</c>, so that it is none of the connection's own events.</summary>
    public override ReadOnlyMemory<byte> PublicRooms(string subscription, long number, ReadOnlySpan<byte> json) =>
        Event(subscription, "/topic/rooms"u8, number, json, default, "l-"u8);

    /// <summary>Encodes ERROR where the server has a reason, RECEIPT where the client asked for one, and the transport's goodbye.</summary>
    public override ReadOnlyMemory<byte> Farewell(Refusal? refusal, in Ticket ticket)
    {
        if (refusal is not null)
            return Join(Error(refusal, ticket), _framing.Close(refusal.Problem.CloseCode, Encoding.ASCII.GetBytes(refusal.Problem.Slug)));
        var close = _framing.Close(1000, default);
        return ticket.IsNone ? close : Join(Receipt(ticket, default, 0), close);
    }

    private ReadOnlyMemory<byte> Event(
        string subscription, ReadOnlySpan<byte> destination, long number, ReadOnlySpan<byte> json, in Ticket ticket,
        ReadOnlySpan<byte> prefix = default)
    {
        var id = Encoding.UTF8.GetBytes(subscription);
        var rented = ArrayPool<byte>.Shared.Rent((2 * (id.Length + ticket.Bytes)) + destination.Length + json.Length + 256);
        var writer = new StompWriter(rented, _version);
        writer.Command(StompCommand.Message);
        writer.Header("subscription"u8, id);
        writer.Header("destination"u8, destination);
        WriteId(ref writer, "message-id:"u8, prefix, number);
        if (HasAcks) WriteId(ref writer, "ack:"u8, prefix, number);
        if (!ticket.IsNone) writer.Header("receipt-id"u8, ticket.Text);
        writer.Header("content-type"u8, "application/json"u8);
        writer.Body(json);
        return Message(rented, writer.Position);
    }

    private static void WriteId(ref StompWriter writer, ReadOnlySpan<byte> header, ReadOnlySpan<byte> prefix, long number)
    {
        writer.Raw(header);
        writer.Raw(prefix);
        writer.Number(number);
        writer.Raw("\n"u8);
    }

    private byte[] Error(Refusal refusal, in Ticket ticket)
    {
        var problem = refusal.Problem;
        var json = EventJson.Problem(refusal, ticket.Trace);
        var rented = ArrayPool<byte>.Shared.Rent((2 * ticket.Bytes) + json.Length + 256);
        var writer = new StompWriter(rented, _version);
        writer.Command(StompCommand.Error);
        writer.Header("message"u8, Encoding.ASCII.GetBytes(problem.Slug));
        if (problem == Problem.UnsupportedVersion) writer.Header("version"u8, StompVersions.UpTo(_newest));
        if (problem == Problem.ShuttingDown) writer.Header("retry-after"u8, Random.Shared.Next(MaxRetryAfter));
        if (!ticket.IsNone) writer.Header("receipt-id"u8, ticket.Text);
        writer.Header("content-type"u8, "application/problem+json"u8);
        writer.Body(json);
        return Message(rented, writer.Position);
    }

    private byte[] Message(byte[] rented, int length)
    {
        var message = _framing.Message(rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        return message;
    }

    private static byte[] Join(ReadOnlyMemory<byte> frame, byte[] close) => [.. frame.Span, .. close];

    private static StompWire[] All(Framing framing) =>
    [
        .. from version in Versions
           from acks in (bool[])[false, true]
           select new StompWire(framing, version, acks, StompVersion.V12),
    ];

    private static StompWire[] AllNew(Framing framing) =>
        [.. Versions.Select(newest => new StompWire(framing, StompVersion.V10, false, newest))];
}
