using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Maru.Engine.Codecs;

/// <summary>
/// Validates UTF-8 that comes in pieces, and fails at the first byte that no text can have there (RFC 6455, 8.1).
/// A character may be split between pieces.
/// </summary>
internal struct Utf8Check
{
    private uint _carry;        // the bytes of an unfinished character, first byte lowest
    private int _carried;       // how many there are: 0 to 3

    /// <summary>False when the text so far cannot be UTF-8, or when it <paramref name="ends"/> inside a character.</summary>
    public bool Append(ReadOnlySpan<byte> piece, bool ends)
    {
        while (_carried > 0 && !piece.IsEmpty)
        {
            _carry |= (uint)piece[0] << (8 * _carried++);
            piece = piece[1..];
            Span<byte> character = [(byte)_carry, (byte)(_carry >> 8), (byte)(_carry >> 16), (byte)(_carry >> 24)];
            var status = Rune.DecodeFromUtf8(character[.._carried], out _, out _);
            if (status == OperationStatus.InvalidData) return false;
            if (status == OperationStatus.Done) (_carry, _carried) = (0, 0);
        }

        var whole = piece.Length - Unfinished(piece);
        foreach (var one in piece[whole..]) _carry |= (uint)one << (8 * _carried++);
        return Utf8.IsValid(piece[..whole]) && (!ends || _carried == 0);
    }

    /// <summary>Returns how many bytes at the end begin a character that more bytes can complete.</summary>
    private static int Unfinished(ReadOnlySpan<byte> piece)
    {
        for (var length = 1; length <= Math.Min(3, piece.Length); length++)
        {
            var tail = piece[^length..];
            if ((tail[0] & 0xC0) == 0x80) continue;
            return Rune.DecodeFromUtf8(tail, out _, out _) == OperationStatus.NeedMoreData ? length : 0;
        }

        return 0;
    }
}
