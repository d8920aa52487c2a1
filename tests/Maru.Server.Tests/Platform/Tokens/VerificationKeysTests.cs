using System.Security.Cryptography;
using System.Text;
using Maru.Engine;
using Maru.Server.Platform.Tokens;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Tests.Platform.Tokens;

/// <summary>The choice among several keys that verify a token, and the algorithm.</summary>
public sealed class VerificationKeysTests
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);
    private static readonly ECDsa Curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly RSA Rsa = RSA.Create(2048);

    private static readonly SigningKey Hs256 = SigningKey.OfSecret(Secret);
    private static readonly SigningKey Es256 = SigningKey.OfCurve(Curve);
    private static readonly JsonWebKey Rs256 = TokenKey.OfRsa(Rsa);

    [Fact]
    public void Keys_are_found_by_their_id_and_a_key_has_one_algorithm()
    {
        var keys = new VerificationKeys(Es256, Rs256, Hs256.Verifies);
        foreach (var (alg, key) in (IEnumerable<(string, string)>)
            [("ES256", Es256.Id), ("RS256", Rs256.Kid), ("HS256", Hs256.Id), ("ES256", ""), ("RS256", ""), ("HS256", "")])
        {
            var header = key.Length == 0 ? $$"""{"alg":"{{alg}}"}""" : $$"""{"alg":"{{alg}}","kid":"{{key}}"}""";
            Verifies(keys, Sign(alg, header)).ShouldBeTrue(header);
            foreach (var other in (string[])[Es256.Id, Rs256.Kid, Hs256.Id, "unknown"])
            {
                if (other == key || key.Length == 0) continue;
                Verifies(keys, Sign(alg, header.Replace(key, other, StringComparison.Ordinal))).ShouldBeFalse(header);
            }
        }

        foreach (var alg in (string[])["PS256", "RS384", "RS512", "none", "HS256", "ES256"])
            Verifies(keys, RawToken.Sign(Rsa, $$"""{"alg":"{{alg}}","kid":"{{Rs256.Kid}}"}""", "{}")).ShouldBeFalse(alg);

        string Sign(string alg, string header) => alg switch
        {
            "ES256" => RawToken.Sign(Curve, header, "{}"),
            "RS256" => RawToken.Sign(Rsa, header, "{}"),
            _ => RawToken.Sign(Secret, header, "{}"u8.ToArray()),
        };
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public void A_public_RSA_key_is_no_shared_secret_whatever_its_form(string alg)
    {
        var keys = new VerificationKeys(Hs256, Rs256);
        var jwk = $$"""{"kty":"RSA","n":"{{Rs256.N}}","e":"{{Rs256.E}}"}""";
        foreach (var secret in (byte[][])
        [
            Rsa.ExportSubjectPublicKeyInfo(), Rsa.ExportRSAPublicKey(), Encoding.ASCII.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem()),
            Encoding.ASCII.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem() + "\n"),
            Encoding.ASCII.GetBytes(Rs256.N),
            Encoding.ASCII.GetBytes(jwk),
            Rsa.ExportParameters(false).Modulus!,
        ])
        {
            foreach (var header in (string[])[$$"""{"alg":"{{alg}}","kid":"{{Rs256.Kid}}"}""", $$"""{"alg":"{{alg}}"}"""])
                Verifies(keys, RawToken.Sign(secret, header, "{}"u8.ToArray())).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_short_key_is_refused_before_it_verifies_anything()
    {
        Should.Throw<CryptographicException>(() => TokenKey.OfSecret(new byte[31]));
        using var small = RSA.Create(1024);
        Should.Throw<CryptographicException>(() => TokenKey.OfRsa(small));
        using var wide = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Should.Throw<CryptographicException>(() => SigningKey.OfCurve(wide));
        using var whole = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var half = ECDsa.Create(whole.ExportParameters(false));
        Should.Throw<CryptographicException>(() => SigningKey.OfCurve(half));
    }

    [Fact]
    public void A_key_signs_and_verifies_on_many_threads_at_once()
    {
        var tokens = new AccessTokens(Es256, new VerificationKeys(Es256), new JwtOptions(), TimeProvider.System);
        Parallel.For(1, 2001, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            var token = tokens.Write(new UserId(i), i, 5, "user", TimeSpan.FromHours(1));
            tokens.TryRead(token, out var claims).ShouldBeTrue();
            claims.SessionId.ShouldBe(i);
            tokens.TryRead($"{token[..^4]}{(token.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA")}", out _).ShouldBeFalse();
        });
    }

    private static bool Verifies(VerificationKeys keys, string token) => new TokenVerifier(keys, issuer: null).Verify(token, out _);
}
