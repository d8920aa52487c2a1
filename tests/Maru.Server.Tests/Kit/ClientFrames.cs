using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Maru.Server.Tests.Kit;

/// <summary>Writes a client's frames: WebSocket frames, masked, and STOMP frames.</summary>
internal static class ClientFrames
{
    public static byte[] Message(ReadOnlySpan<byte> payload, bool binary = false, bool final = true, bool continues = false) =>
        Frame((byte)((final ? 0x80 : 0) | (continues ? 0 : binary ? 2 : 1)), payload);

    public static byte[] Message(string text) => Message(Encoding.UTF8.GetBytes(text));

    public static byte[] Close(ushort code = 1000) => Frame(0x88, [(byte)(code >> 8), (byte)code]);

    public static byte[] Ping(ReadOnlySpan<byte> payload) => Frame(0x89, payload);

    public static byte[] Pong(ReadOnlySpan<byte> payload) => Frame(0x8A, payload);

    /// <summary>Returns a header that announces that many bytes, and none of them.</summary>
    public static byte[] Announce(ulong length, bool binary = false)
    {
        var header = new byte[14];
        (header[0], header[1]) = ((byte)(binary ? 0x82 : 0x81), 0xFF);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(2), length);
        return header;
    }

    public static string Stomp(string command, string body, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var frame = new StringBuilder(command).Append('\n');
        foreach (var (name, value) in headers) frame.Append(name).Append(':').Append(value).Append('\n');
        return frame.Append('\n').Append(body).Append('\0').ToString();
    }

    private static byte[] Frame(byte first, ReadOnlySpan<byte> payload)
    {
        var extra = payload.Length < 126 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8;
        var frame = new byte[2 + extra + 4 + payload.Length];
        frame[0] = first;
        frame[1] = (byte)(0x80 | (extra == 0 ? payload.Length : extra == 2 ? 126 : 127));
        if (extra == 2) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        if (extra == 8) BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
        var mask = frame.AsSpan(2 + extra, 4);
        RandomNumberGenerator.Fill(mask);
        for (var i = 0; i < payload.Length; i++) frame[2 + extra + 4 + i] = (byte)(payload[i] ^ mask[i & 3]);
        return frame;
    }
}
