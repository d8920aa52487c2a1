using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Server.Platform.Http;

/// <summary>
/// The last row of a page of a list: the key that rows are sorted by, and its id, which decides among equals. Clients see it as one opaque
/// word.
/// </summary>
internal sealed record PageCursor(string Key, long Id)
{
    public PageCursor(long key, long id) : this(key.ToString(CultureInfo.InvariantCulture), id)
    {
    }

    public PageCursor(long id) : this("", id)
    {
    }

    /// <summary>The key of rows that are sorted by a number; null: it is no number.</summary>
    public long? NumericKey => long.TryParse(Key, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Reads a cursor; null: this server never wrote it.</summary>
    public static PageCursor? Read(string text)
    {
        if (!Base64Url.IsValid(text)) return null;
        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        var colon = plain.IndexOf(':');
        if (colon < 0 || !Number.TryRead(plain[..colon], out var id)) return null;
        // PostgreSQL has no text with U+0000.
        var cursor = new PageCursor(plain[(colon + 1)..], id);
        return cursor.ToString() == text && !cursor.Key.Contains('\0') ? cursor : null;
    }

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Id}:{Key}")));
}
