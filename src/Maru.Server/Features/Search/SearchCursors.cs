using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maru.Engine;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Features.Search;

/// <summary>Where a page ended.</summary>
/// <param name="Rank">of the last hit; 0 where the newest come first</param>
/// <param name="Id">its place</param>
internal sealed record SearchCursor(long Rank, long Id);

/// <summary>
/// Writes where a page ended, and reads it again. A page may end at a hit that its reader may not see, so the place is encrypted, and holds
/// for the search of that reader alone: elsewhere it would tell which of their own messages are older. Every node reads what another one
/// wrote. Any thread.
/// <code>
/// cursor = base64url( nonce(12) tag(16) AES-256-GCM( rank(8) id(8) ) )
/// </code>
/// </summary>
internal sealed class SearchCursors(SigningKey key)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int Behind = NonceBytes + TagBytes;
    private const int PlaceBytes = 16;

    private readonly byte[] _key = key.Derive("maru search cursor"u8);

    /// <summary>Returns the name of a search, for which its cursors hold.</summary>
    public static string Of(UserId user, string query, SearchSort sort, long? room) =>
        string.Create(CultureInfo.InvariantCulture, $"{user.Value} {sort} {room} {query}");

    public string Write(SearchCursor cursor, string search)
    {
        Span<byte> place = stackalloc byte[PlaceBytes];
        BinaryPrimitives.WriteInt64BigEndian(place, cursor.Rank);
        BinaryPrimitives.WriteInt64BigEndian(place[8..], cursor.Id);
        Span<byte> bytes = stackalloc byte[Behind + PlaceBytes];
        RandomNumberGenerator.Fill(bytes[..NonceBytes]);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(bytes[..NonceBytes], place, bytes[Behind..], bytes[NonceBytes..Behind], Encoding.UTF8.GetBytes(search));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Returns null where it is not of this search.</summary>
    public SearchCursor? Read(string text, string search)
    {
        if (!Base64Url.IsValid(text, out var length) || length != Behind + PlaceBytes) return null;
        ReadOnlySpan<byte> bytes = Base64Url.DecodeFromChars(text);
        Span<byte> place = stackalloc byte[PlaceBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        try
        {
            cipher.Decrypt(bytes[..NonceBytes], bytes[Behind..], bytes[NonceBytes..Behind], place, Encoding.UTF8.GetBytes(search));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return new SearchCursor(BinaryPrimitives.ReadInt64BigEndian(place), BinaryPrimitives.ReadInt64BigEndian(place[8..]));
    }
}
