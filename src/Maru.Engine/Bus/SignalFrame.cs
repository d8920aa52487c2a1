using Maru.Engine.Codecs;
using Maru.Engine.Rooms;

namespace Maru.Engine.Bus;

/// <summary>
/// An ephemeral frame between the members who are there: its body and headers are passed on as they came, with <c>sender</c> added. Never stored; the first thing
/// that a slow client loses.
/// </summary>
public sealed class SignalFrame
{
    private readonly long _number;

    /// <param name="name">the signal's</param>
    /// <param name="sender">whose token it came with</param>
    /// <param name="headers">names and values by turns, decoded</param>
    /// <param name="body">of any kind</param>
    /// <param name="isText">body and headers are UTF-8</param>
    /// <param name="number">of this node alone, see <see cref="ChatEngine.NextSignal"/></param>
    public SignalFrame(string name, UserId sender, byte[][] headers, byte[] body, bool isText, long number)
    {
        (Name, Sender, Headers, Body, IsText, _number) = (name, sender, headers, body, isText, number);
        Bytes = 256 + body.Length;
        foreach (var text in headers) Bytes += text.Length + 32;
    }

    public string Name { get; }

    public UserId Sender { get; }

    /// <summary>Names and values by turns, decoded.</summary>
    public byte[][] Headers { get; }

    public byte[] Body { get; }

    public bool IsText { get; }

    /// <summary>What it counts for while a transaction holds it, or it is on its way.</summary>
    public int Bytes { get; }

    /// <summary>The frame as one WebSocket message for a subscriber: text if its body is UTF-8, else binary.</summary>
    internal byte[] Encode(WireForm form, RoomId room)
    {
        var version = form.Version;
        var destination = System.Text.Encoding.UTF8.GetBytes($"/topic/rooms/{room}/signals/{Name}");
        var size = 160 + StompEscapes.EncodedLength(form.Subscription, version) + StompEscapes.EncodedLength(destination, version) + Body.Length;
        foreach (var text in Headers) size += StompEscapes.EncodedLength(text, version) + 1;

        var frame = new byte[size];
        var writer = new StompWriter(frame, version);
        writer.Command(StompCommand.Message);
        writer.Header("subscription"u8, form.Subscription);
        writer.Header("destination"u8, destination);
        writer.Raw("message-id:s-"u8);
        writer.Number(_number);
        writer.Raw("\n"u8);
        if (form.HasAck)
        {
            writer.Raw("ack:s-"u8);
            writer.Number(_number);
            writer.Raw("\n"u8);
        }

        writer.Header("sender"u8, Sender.Value);
        for (var i = 0; i < Headers.Length; i += 2) writer.Header(Headers[i], Headers[i + 1]);
        writer.Body(Body);
        return WebSocketFrames.Message(IsText ? WebSocketOpcode.Text : WebSocketOpcode.Binary, frame.AsSpan(0, writer.Position));
    }
}
