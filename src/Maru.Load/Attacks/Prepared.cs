using System.Globalization;
using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Load.Attacks;

/// <summary>
/// Bytes that are made once and sent as they are, again and again: an attack must not cost the machine more than its server.
/// </summary>
/// <param name="Bytes">whole frames</param>
/// <param name="Frames">how many</param>
internal sealed record Prepared(ReadOnlyMemory<byte> Bytes, int Frames)
{
    private const int Size = 64 * 1024;
    private const uint Mask = 0x5a3c961b;

    /// <summary>Fills a buffer with one thing.</summary>
    public static Prepared Repeat(byte[] frame, int frames = 1)
    {
        var times = Math.Max(1, Size / frame.Length);
        var bytes = new byte[times * frame.Length];
        for (var i = 0; i < times; i++) frame.CopyTo(bytes, i * frame.Length);
        return new Prepared(bytes, times * frames);
    }

    /// <summary>Gathers frames in buffers of about that size.</summary>
    public static IEnumerable<Prepared> Gather(IEnumerable<byte[]> frames)
    {
        var gathered = new List<byte[]>();
        foreach (var frame in frames)
        {
            gathered.Add(frame);
            if (gathered.Sum(one => one.Length) < Size) continue;
            yield return Of(gathered);
            gathered.Clear();
        }

        if (gathered.Count > 0) yield return Of(gathered);
    }

    /// <summary>Returns a WebSocket message as a client sends it.</summary>
    public static byte[] Message(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[WebSocketFrames.LongestHeader + payload.Length];
        var header = WebSocketFrames.WriteMaskedHeader(frame, opcode, payload.Length, Mask);
        payload.CopyTo(frame.AsSpan(header));
        WebSocketFrames.ApplyMask(frame.AsSpan(header, payload.Length), Mask, 0);
        return frame[..(header + payload.Length)];
    }

    /// <summary>Returns a STOMP frame in a message of its own.</summary>
    public static byte[] Stomp(FormattableString text) =>
        Message(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture) + "\0"));

    public static Prepared Of(IEnumerable<byte[]> frames)
    {
        byte[][] all = [.. frames];
        return new Prepared(all.SelectMany(frame => frame).ToArray(), all.Length);
    }
}
