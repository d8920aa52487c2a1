using System.Buffers.Text;
using System.Text.Unicode;

namespace Maru.Load.Verification;

/// <summary>
/// The text of a message: <c>"m " sender " " number " " scheduled " " *"x"</c>, padded to the scenario's payload. <c>number</c> counts the
/// sender's messages from 0, <c>scheduled</c> is the time at which it was due (<see cref="Measuring.Ticks"/>).
/// </summary>
internal readonly record struct MessageText(int Sender, int Number, long Scheduled)
{
    public void Write(Span<byte> destination)
    {
        Utf8.TryWrite(destination, $"m {Sender} {Number} {Scheduled} ", out var written);
        destination[written..].Fill((byte)'x');
    }

    /// <summary>Finds the text in a room event's JSON, as it stands there; empty for an event without one of ours.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf("\"text\":\"m "u8);
        if (at < 0) return default;
        json = json[(at + 8)..];
        var end = json.IndexOf((byte)'"');
        return end < 0 ? json : json[..end];
    }

    /// <summary>Reads a text of that many bytes; false when it is not one of ours, or not whole.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, int payload, out MessageText text)
    {
        text = default;
        if (bytes.Length != payload || !bytes.StartsWith("m "u8)) return false;
        bytes = bytes[2..];
        if (!TryNumber(ref bytes, out var sender) || !TryNumber(ref bytes, out var number) || !TryNumber(ref bytes, out var scheduled))
            return false;
        if (bytes.ContainsAnyExcept((byte)'x')) return false;
        text = new MessageText((int)sender, (int)number, scheduled);
        return true;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> bytes, out long value)
    {
        if (!Utf8Parser.TryParse(bytes, out value, out var used) || used >= bytes.Length || bytes[used] != ' ') return false;
        bytes = bytes[(used + 1)..];
        return true;
    }
}
