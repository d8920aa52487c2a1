using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Maru.Engine.Codecs;
using Maru.Engine.Connections;
using Maru.Engine.Log;

namespace Maru.Engine.Protocols.Stomp;

/// <summary>The server's frames that go to one connection only, each as a whole WebSocket message.</summary>
internal static class Frames
{
    /// <summary>Milliseconds: those who are told to come back at the same time do not come back at the same time.</summary>
    private const int MaxRetryAfter = 500;

    /// <summary>An EOL in a message of its own.</summary>
    public static readonly ReadOnlyMemory<byte> HeartBeat = WebSocketFrames.Message(WebSocketOpcode.Text, "\n"u8);

    public static readonly ReadOnlyMemory<byte> Ping = WebSocketFrames.Message(WebSocketOpcode.Ping, default);

    private static readonly byte[] Server = Encoding.ASCII.GetBytes($"maru/{typeof(Frames).Assembly.GetName().Version?.ToString(3)}");

    public static byte[] Connected(StompVersion version, int beat, Identity identity)
    {
        Span<byte> frame = stackalloc byte[256];
        var writer = new StompWriter(frame, StompVersion.V10);
        writer.Command(StompCommand.Connected);
        writer.Header("version"u8, StompVersions.Text(version));
        if (version != StompVersion.V10)
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
        return WebSocketFrames.Message(WebSocketOpcode.Text, frame[..writer.Position]);
    }

    public static ReadOnlyMemory<byte> Receipt(StompVersion version, ReadOnlySpan<byte> receipt) => Receipt(version, receipt, default, 0);

    /// <summary>The receipt of a message that is durable names its room and its seq.</summary>
    public static ReadOnlyMemory<byte> Receipt(StompVersion version, ReadOnlySpan<byte> receipt, RoomId room, long seq)
    {
        var size = StompEscapes.EncodedLength(receipt, version) + 96;
        var rented = ArrayPool<byte>.Shared.Rent(size);
        var writer = new StompWriter(rented, version);
        writer.Command(StompCommand.Receipt);
        writer.Header("receipt-id"u8, receipt);
        if (seq > 0)
        {
            writer.Header("seq"u8, seq);
            writer.Header("room"u8, room.Value);
        }

        writer.NoBody();
        return Message(rented, writer.Position, receipt);
    }

    /// <summary>An event on one of the user's own queues.</summary>
    public static ReadOnlyMemory<byte> Event(Rooms.WireFormKey key, ReadOnlySpan<byte> destination, long number, ReadOnlySpan<byte> json, byte[]? receipt)
    {
        var subscription = Encoding.UTF8.GetBytes(key.Subscription);
        var rented = ArrayPool<byte>.Shared.Rent((2 * (subscription.Length + (receipt?.Length ?? 0))) + destination.Length + json.Length + 256);
        var writer = new StompWriter(rented, key.Version);
        writer.Command(StompCommand.Message);
        writer.Header("subscription"u8, subscription);
        writer.Header("destination"u8, destination);
        writer.Header("message-id"u8, number);
        if (key is { Ack: true, Version: StompVersion.V12 }) writer.Header("ack"u8, number);
        if (receipt is not null) writer.Header("receipt-id"u8, receipt);
        writer.Header("content-type"u8, "application/json"u8);
        writer.Body(json);
        return Message(rented, writer.Position, receipt);
    }

    public static byte[] Error(StompVersion version, Problem problem, string? detail, byte[]? receipt)
    {
        var json = EventJson.Problem(problem, detail);
        var rented = ArrayPool<byte>.Shared.Rent((2 * (receipt?.Length ?? 0)) + json.Length + 256);
        var writer = new StompWriter(rented, version);
        writer.Command(StompCommand.Error);
        writer.Header("message"u8, Encoding.ASCII.GetBytes(problem.Slug));
        if (problem == Problem.UnsupportedVersion) writer.Header("version"u8, "1.0,1.1,1.2"u8);
        if (problem == Problem.ShuttingDown) writer.Header("retry-after"u8, Random.Shared.Next(MaxRetryAfter));
        if (receipt is not null) writer.Header("receipt-id"u8, receipt);
        writer.Header("content-type"u8, "application/problem+json"u8);
        writer.Body(json);
        return Message(rented, writer.Position, receipt);
    }

    /// <summary>What a client gave us back to it may be no UTF-8: then the message must be binary.</summary>
    private static byte[] Message(byte[] rented, int length, ReadOnlySpan<byte> echoed)
    {
        var message = WebSocketFrames.Message(Utf8.IsValid(echoed) ? WebSocketOpcode.Text : WebSocketOpcode.Binary, rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        return message;
    }
}
