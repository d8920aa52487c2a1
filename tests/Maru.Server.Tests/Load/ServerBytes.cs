using System.Text;
using Maru.Engine.Codecs;
using Maru.Load.Verification;

namespace Maru.Server.Tests.Load;

/// <summary>Bytes as a server sends them.</summary>
internal static class ServerBytes
{
    public const int Payload = 64;

    public static string Text(int sender, int number)
    {
        var text = new byte[Payload];
        new MessageText(sender, number, 1000 + number).Write(text);
        return Encoding.ASCII.GetString(text);
    }

    /// <summary>A MESSAGE with the headers in the server's order.</summary>
    public static byte[] Message(long seq, long room = 1, string? text = null)
    {
        var body =
            $$$"""{"type":"message.created","roomId":{{{room}}},"seq":{{{seq}}},"message":{"text":"{{{text ?? Text(3, (int)seq)}}}"}}""";
        return Stomp(
            $"MESSAGE\nsubscription:0\ndestination:/topic/rooms/{room}\nmessage-id:{room}-{seq}\nseq:{seq}\n"
                + $"content-type:application/json\ncontent-length:{body.Length}\n\n{body}");
    }

    /// <summary>The same in another legal order, and without a length.</summary>
    public static byte[] MessageInOtherOrder(long seq)
        => Stomp(
            $"MESSAGE\nseq:{seq}\nmessage-id:x\ndestination:/topic/rooms/1\nfoo:\\c\nsubscription:0\n\n"
                + $"{{\"text\":\"{Text(3, (int)seq)}\"}}");

    public static byte[] Receipt(int number, long seq) => Stomp($"RECEIPT\nreceipt-id:{number}\nseq:{seq}\nroom:1\n\n");

    public static byte[] Stomp(string frame) => Encoding.ASCII.GetBytes(frame + "\0");

    public static byte[] Web(params byte[][] frames) =>
        WebSocketFrames.Message(WebSocketOpcode.Text, [.. frames.SelectMany(frame => frame)]);

    /// <summary>One STOMP frame over several WebSocket frames of one message, cut at the given place.</summary>
    public static byte[] WebFragments(byte[] frame, int at)
    {
        var first = WebSocketFrames.Message(WebSocketOpcode.Text, frame.AsSpan(0, at));
        var second = WebSocketFrames.Message(WebSocketOpcode.Continuation, frame.AsSpan(at));
        first[0] &= 0x7F; // not the last
        return [.. first, .. second];
    }
}
