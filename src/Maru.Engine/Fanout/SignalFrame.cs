using Maru.Engine.Sessions;
using Maru.Engine.Wire;

namespace Maru.Engine.Fanout;

/// <summary>
/// An ephemeral frame between the members who are there: its body and headers are passed on as they came, with <c>sender</c> added. Never stored; the first thing
/// that a slow client loses.
/// </summary>
internal sealed class SignalFrame(string name, Connection sender, byte[][] headers, byte[] body, bool isText, long number)
{
    private readonly UserId _sender = sender.User is { } user ? user.Id : default;

    public string Name { get; } = name;

    /// <summary>Whoever sent it.</summary>
    public Connection Sender => sender;

    /// <summary>What it counts for while a transaction holds it, or it is on its way.</summary>
    public int Bytes { get; } = 256 + body.Length + BytesOf(headers);

    /// <summary>The frame as one WebSocket message for a subscriber: text if its body is UTF-8, else binary.</summary>
    public byte[] Encode(WireForm form, RoomId room)
    {
        var version = form.Version;
        var destination = System.Text.Encoding.UTF8.GetBytes($"/topic/rooms/{room}/signals/{Name}");
        var size = 160 + StompEscapes.EncodedLength(form.Subscription, version) + StompEscapes.EncodedLength(destination, version) + body.Length;
        foreach (var text in headers) size += StompEscapes.EncodedLength(text, version) + 1;

        var frame = new byte[size];
        var writer = new StompWriter(frame, version);
        writer.Command(StompCommand.Message);
        writer.Header("subscription"u8, form.Subscription);
        writer.Header("destination"u8, destination);
        writer.Raw("message-id:s-"u8);
        writer.Number(number);
        writer.Raw("\n"u8);
        if (form.HasAck)
        {
            writer.Raw("ack:s-"u8);
            writer.Number(number);
            writer.Raw("\n"u8);
        }

        writer.Header("sender"u8, _sender.Value);
        for (var i = 0; i < headers.Length; i += 2) writer.Header(headers[i], headers[i + 1]);
        writer.Body(body);
        return WebSocketFrames.Message(isText ? WebSocketOpcode.Text : WebSocketOpcode.Binary, frame.AsSpan(0, writer.Position));
    }

    private static int BytesOf(byte[][] headers)
    {
        var bytes = 0;
        foreach (var text in headers) bytes += text.Length + 32;
        return bytes;
    }
}
