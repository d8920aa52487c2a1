using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Platform.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform;

/// <summary>Publishes the keys that verify access tokens, for other services: a JSON Web Key Set (RFC 7517 section 5).</summary>
internal static class PublicKeys
{
    public static void MapPublicKeys(this IEndpointRouteBuilder routes)
    {
        var keys = new PublicKeySet([.. routes.ServiceProvider.GetRequiredService<VerificationKeys>().Public.Select(PublicKey.Of)]);
        routes.MapGet("/.well-known/jwks.json", (HttpResponse response) => Write(response, keys))
            .WithTags("Sign-in")
            .WithName("getPublicKeys").WithSummary("The public keys that verify access tokens")
            .WithDescription("A JSON Web Key Set. It is empty while tokens are signed with a secret (HS256).");
    }

    private static Ok<PublicKeySet> Write(HttpResponse response, PublicKeySet keys)
    {
        response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(keys);
    }
}

/// <param name="Keys">the signing key first</param>
public sealed record PublicKeySet(IReadOnlyList<PublicKey> Keys);

/// <summary>A JSON Web Key (RFC 7518 sections 6.2.1 and 6.3.1).</summary>
/// <param name="Kty"><c>EC</c> or <c>RSA</c></param>
/// <param name="Use"><c>sig</c></param>
/// <param name="Alg"><c>ES256</c> or <c>RS256</c></param>
/// <param name="Kid">the <c>kid</c> of the tokens that it verifies</param>
/// <param name="Crv">EC: <c>P-256</c></param>
/// <param name="X">EC: coordinate</param>
/// <param name="Y">EC: coordinate</param>
/// <param name="N">RSA: modulus</param>
/// <param name="E">RSA: exponent</param>
public sealed record PublicKey(
    string Kty, string Use, string Alg, string Kid,
    string? Crv = null, string? X = null, string? Y = null, string? N = null, string? E = null)
{
    internal static PublicKey Of(JsonWebKey key) => new(key.Kty, "sig", key.Alg, key.Kid, key.Crv, key.X, key.Y, key.N, key.E);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PublicKeySet))]
internal sealed partial class PublicKeyJson : JsonSerializerContext;
