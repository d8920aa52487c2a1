using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Server.Platform.Http;

/// <summary>
/// The last row of a page: what it is sorted by, and its id, which decides among equals. Clients see it as one opaque word.
/// </summary>
internal sealed record Cursor(string Key, long Id)
{
    public Cursor(long key, long id) : this(key.ToString(CultureInfo.InvariantCulture), id)
    {
    }

    public Cursor(long id) : this("", id)
    {
    }

    /// <summary>The key where rows are sorted by a number; null: it is none.</summary>
    public long? NumericKey => long.TryParse(Key, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Null: we never wrote this.</summary>
    public static Cursor? Read(string text)
    {
        if (!Base64Url.IsValid(text)) return null;
        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        var colon = plain.IndexOf(':');
        if (colon < 0 || !Number.TryRead(plain[..colon], out var id)) return null;
        // PostgreSQL has no text with U+0000.
        var cursor = new Cursor(plain[(colon + 1)..], id);
        return cursor.ToString() == text && !cursor.Key.Contains('\0') ? cursor : null;
    }

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Id}:{Key}")));
}
