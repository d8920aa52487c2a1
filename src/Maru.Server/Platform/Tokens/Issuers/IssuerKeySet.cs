using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens.Issuers;

/// <summary>The keys of an issuer at one time. Immutable.</summary>
internal sealed class IssuerKeySet
{
    public static readonly IssuerKeySet None = new([]);

    private const int MaxKeys = 100;
    private const int MinRsaBits = 2048;    // RFC 7518 section 3.3

    private readonly SecurityKey[] _keys;

    private IssuerKeySet(SecurityKey[] keys) => _keys = keys;

    public static IssuerKeySet OfSecret(string secret) => new([new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret))]);

    /// <summary>Reads a JSON Web Key Set (RFC 7517 section 5); keys that sign nothing, or are too weak, are skipped.</summary>
    /// <exception cref="FormatException">It is none, or has no key that could verify a token.</exception>
    public static IssuerKeySet Parse(string json)
    {
        try
        {
            var keys = JsonElement.Parse(json).GetProperty("keys").EnumerateArray().Select(Read).OfType<SecurityKey>().Take(MaxKeys + 1);
            var set = new IssuerKeySet([.. keys]);
            return set._keys.Length is > 0 and <= MaxKeys ? set : throw new FormatException($"It has {set._keys.Length} keys to use.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new FormatException("It is no JSON Web Key Set.", e);
        }
    }

    /// <summary>
    /// Returns the one key that may have signed a token, by its header's <c>kid</c> and <c>alg</c>. A token without a <c>kid</c> has one
    /// where no other key is for that algorithm.
    /// </summary>
    public SecurityKey? Find(string? id, string algorithm)
    {
        SecurityKey? found = null;
        foreach (var key in _keys)
        {
            if (!IsFor(key, algorithm) || (id is not null && key is JsonWebKey && key.KeyId != id)) continue;
            if (found is not null) return null;
            found = key;
        }

        return found;
    }

    private static bool IsFor(SecurityKey key, string algorithm) => key is not JsonWebKey web
        ? algorithm == TokenKey.Hs256
        : (web.Alg is null || web.Alg == algorithm) && (web.Kty, algorithm[..2], web.Crv, algorithm) switch
        {
            ("RSA", "RS" or "PS", _, _) => true,
            ("EC", _, "P-256", SecurityAlgorithms.EcdsaSha256) => true,
            ("EC", _, "P-384", SecurityAlgorithms.EcdsaSha384) => true,
            ("EC", _, "P-521", SecurityAlgorithms.EcdsaSha512) => true,
            _ => false,
        };

    /// <summary>Reads the public part of a key, and nothing else of it.</summary>
    private static JsonWebKey? Read(JsonElement key)
    {
        if (Text(key, "use") is not (null or "sig") || Text(key, "kty") is not ("RSA" or "EC")) return null;
        var read = new JsonWebKey
        {
            Kty = Text(key, "kty"),
            Kid = Text(key, "kid"),
            Alg = Text(key, "alg"),
            N = Text(key, "n"),
            E = Text(key, "e"),
            Crv = Text(key, "crv"),
            X = Text(key, "x"),
            Y = Text(key, "y"),
        };
        return read.Kty == "RSA" && (read.N is null || read.E is null || read.KeySize < MinRsaBits) ? null : read;
    }

    private static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) ? value.GetString() : null;
}
