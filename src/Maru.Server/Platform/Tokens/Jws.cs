using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// Signed text in the compact form (RFC 7515 section 3.1). The key decides the algorithm; a token that names another is refused (RFC 8725 section 3.1).
/// Any thread.
/// </summary>
/// <remarks><code>token = BASE64URL(header) "." BASE64URL(payload) "." BASE64URL(signature)</code></remarks>
internal sealed class Jws(SigningKey key)
{
    /// <summary>Characters; ours have about 250. It also bounds what a read puts on the stack.</summary>
    public const int MaxLength = 4096;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly string _header = Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"{{key.Algorithm}}","typ":"JWT"}"""));

    public string Write(ReadOnlySpan<byte> payload)
    {
        var text = $"{_header}.{Base64Url.EncodeToString(payload)}";
        Span<byte> signature = stackalloc byte[key.SignatureBytes];
        key.Sign(Encoding.ASCII.GetBytes(text), signature);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Puts the payload into <paramref name="buffer"/>, which holds <see cref="MaxLength"/> bytes, when the signature is the key's over valid UTF-8.</summary>
    public bool TryRead(ReadOnlySpan<char> token, Span<byte> buffer, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (token.Length > MaxLength) return false;
        var headerEnd = token.IndexOf('.');
        var payloadEnd = token.LastIndexOf('.');
        if (headerEnd <= 0 || payloadEnd <= headerEnd) return false;
        var header = token[..headerEnd];
        var body = token[(headerEnd + 1)..payloadEnd];
        if (!header.SequenceEqual(_header) && !IsOurs(header)) return false;
        if (!VerifySignature(token[..payloadEnd], token[(payloadEnd + 1)..]) || !TryDecode(body, buffer, out var length)) return false;
        payload = buffer[..length];
        return Utf8.IsValid(payload);
    }

    private bool VerifySignature(ReadOnlySpan<char> text, ReadOnlySpan<char> encoded)
    {
        Span<byte> signature = stackalloc byte[MaxLength];
        if (!TryDecode(encoded, signature, out var length) || length != key.SignatureBytes) return false;
        Span<byte> bytes = stackalloc byte[MaxLength];
        return Ascii.FromUtf16(text, bytes, out var written) == OperationStatus.Done && key.Verify(bytes[..written], signature[..length]);
    }

    /// <summary>A header that another program wrote: our algorithm, once, and no extension that would have to be understood (RFC 7515 section 4.1.11).</summary>
    private bool IsOurs(ReadOnlySpan<char> encoded)
    {
        Span<byte> json = stackalloc byte[MaxLength];
        if (!TryDecode(encoded, json, out var length) || !Utf8.IsValid(json[..length])) return false;
        try
        {
            var reader = new Utf8JsonReader(json[..length]);
            var algorithms = 0;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("crit"u8)) return false;
                var named = reader.ValueTextEquals("alg"u8);
                reader.Read();
                if (named && (++algorithms > 1 || reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals(key.Algorithm))) return false;
                reader.Skip();
            }

            return algorithms == 1 && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Strict: no padding and no white space, which the framework would let pass.</summary>
    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int length)
    {
        length = 0;
        return !text.ContainsAnyExcept(Alphabet) && Base64Url.DecodeFromChars(text, bytes, out _, out length) == OperationStatus.Done;
    }
}
