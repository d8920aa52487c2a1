using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// A signed token in the compact form (RFC 7515 section 3.1), parsed and not yet verified. It is stricter than the library, which accepts
/// padding and the other alphabet of Base64, text behind a JSON object, a name that stands twice (two readers could see two users) and
/// extensions that would have to be understood (RFC 7515 section 4.1.11).
/// </summary>
/// <remarks><code>token = BASE64URL(header) "." BASE64URL(payload) "." BASE64URL(signature)</code></remarks>
internal readonly record struct TokenForm(JsonElement Header, JsonElement Payload)
{
    /// <summary>Characters; ours have about 280. It also bounds what a read puts on the stack.</summary>
    public const int MaxLength = 4096;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static bool TryRead(ReadOnlySpan<char> token, out TokenForm form)
    {
        form = default;
        if (token.Length > MaxLength || token.Count('.') != 2) return false;
        var (headerEnd, payloadEnd) = (token.IndexOf('.'), token.LastIndexOf('.'));
        var signature = token[(payloadEnd + 1)..];
        if (signature.IsEmpty || signature.ContainsAnyExcept(Alphabet)) return false;
        if (!TryReadObject(token[..headerEnd], out var header) || !TryReadObject(token[(headerEnd + 1)..payloadEnd], out var payload))
            return false;
        if (header.TryGetProperty("crit"u8, out _)) return false;
        if (header.TryGetProperty("kid"u8, out var key) && key.ValueKind != JsonValueKind.String) return false;
        form = new TokenForm(header, payload);
        return true;
    }

    private static bool TryReadObject(ReadOnlySpan<char> text, out JsonElement value)
    {
        value = default;
        Span<byte> bytes = stackalloc byte[MaxLength];
        if (text.ContainsAnyExcept(Alphabet)) return false;
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done) return false;
        if (!Utf8.IsValid(bytes[..length])) return false;
        value = JsonElement.Parse(bytes[..length], Strict);
        return value.ValueKind == JsonValueKind.Object;
    }
}
