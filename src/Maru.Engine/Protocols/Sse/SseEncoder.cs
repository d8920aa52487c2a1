using System.Buffers.Text;
using Maru.Engine.Bus;
using Maru.Engine.Connections;
using Maru.Engine.Log;

namespace Maru.Engine.Protocols.Sse;

/// <summary>A room's entries as events. The same bytes for every stream.</summary>
/// <remarks><code>
/// id: {seq}
/// event: {type}
/// data: {event}
///
/// </code></remarks>
internal sealed class SseEncoder : EventEncoder
{
    private const int LongestNumber = 20;

    public override byte[] Encode(List<Entry> run)
    {
        var size = 0;
        foreach (var entry in run) size += "id: \n"u8.Length + LongestNumber + Size(TypeOf(entry.Body), entry.Body);
        var buffer = GC.AllocateUninitializedArray<byte>(size);
        var at = 0;
        foreach (var entry in run)
        {
            at += Copy("id: "u8, buffer.AsSpan(at));
            Utf8Formatter.TryFormat(entry.Seq, buffer.AsSpan(at), out var digits);
            at += digits;
            at += Copy("\n"u8, buffer.AsSpan(at));
            at += Write(TypeOf(entry.Body), entry.Body, buffer.AsSpan(at));
        }

        return buffer[..at];
    }

    /// <summary>An event without an id: a client resumes behind the last entry.</summary>
    public override byte[] Encode(long number, ReadOnlySpan<byte> json) => Event(TypeOf(json), json);

    /// <summary>Returns nothing: signals are for clients that can send signals too.</summary>
    public override byte[] SignalHead(Signal signal, int body) => [];

    /// <summary>An event without an id.</summary>
    public static byte[] Event(ReadOnlySpan<byte> type, ReadOnlySpan<byte> json)
    {
        var buffer = new byte[Size(type, json)];
        Write(type, json, buffer);
        return buffer;
    }

    /// <summary>Returns the type that every event begins with; also of a newer node's events, whose kind this node does not know.</summary>
    public static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> json)
    {
        var prefix = "{\"type\":\""u8;
        if (!json.StartsWith(prefix)) return "message"u8;
        var rest = json[prefix.Length..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        return end <= 0 ? "message"u8 : rest[..end];
    }

    private static int Size(ReadOnlySpan<byte> type, ReadOnlySpan<byte> json) => "event: \ndata: \n\n"u8.Length + type.Length + json.Length;

    private static int Write(ReadOnlySpan<byte> type, ReadOnlySpan<byte> json, Span<byte> destination)
    {
        var at = Copy("event: "u8, destination);
        at += Copy(type, destination[at..]);
        at += Copy("\ndata: "u8, destination[at..]);
        var data = destination.Slice(at, json.Length);
        at += Copy(json, data);
        // Between JSON's tokens a line end is white space; in a stream of events it would end the data.
        data.Replace((byte)'\n', (byte)' ');
        data.Replace((byte)'\r', (byte)' ');
        return at + Copy("\n\n"u8, destination[at..]);
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}
