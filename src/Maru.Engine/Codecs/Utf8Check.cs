using System.Text.Unicode;

namespace Maru.Engine.Codecs;

/// <summary>Validates UTF-8 that comes in pieces; a character may be split between two of them.</summary>
internal struct Utf8Check
{
    private uint _carry;        // the bytes of an unfinished character, first byte lowest
    private byte _carried;      // how many there are: 0 to 3

    /// <summary>False when the text so far cannot be UTF-8, or when it <paramref name="ends"/> inside a character.</summary>
    public bool Append(ReadOnlySpan<byte> piece, bool ends)
    {
        while (_carried > 0 && !piece.IsEmpty)
        {
            _carry |= (uint)piece[0] << (8 * _carried++);
            piece = piece[1..];
            Span<byte> character = [(byte)_carry, (byte)(_carry >> 8), (byte)(_carry >> 16), (byte)(_carry >> 24)];
            if (_carried < Length((byte)_carry)) continue;
            if (!Utf8.IsValid(character[.._carried])) return false;
            (_carry, _carried) = (0, 0);
        }

        var tail = Math.Max(0, piece.Length - 3);
        for (var i = piece.Length - 1; i >= tail; i--)
        {
            if ((piece[i] & 0xC0) == 0x80) continue;
            if (Length(piece[i]) > piece.Length - i)
            {
                for (var j = i; j < piece.Length; j++) _carry |= (uint)piece[j] << (8 * _carried++);
                piece = piece[..i];
            }

            break;
        }

        return Utf8.IsValid(piece) && (!ends || _carried == 0);
    }

    private static int Length(byte first) => first switch { < 0xC0 => 1, < 0xE0 => 2, < 0xF0 => 3, < 0xF8 => 4, _ => 1 };
}
