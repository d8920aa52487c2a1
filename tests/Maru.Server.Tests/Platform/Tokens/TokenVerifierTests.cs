using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Tests.Platform.Tokens;

/// <summary>The verifier judges a token's form and its signature, whatever its claims.</summary>
public sealed class TokenVerifierTests
{
    private const string Header = """{"alg":"HS256"}""";
    private const string Payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    // RFC 7515 A.1.1, which is also the example of RFC 7519 section 3.1
    private const string RfcHs256 = $"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{Payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string RfcHs256Key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    // RFC 7515 A.3.1
    private const string RfcEs256 =
        $"eyJhbGciOiJFUzI1NiJ9.{Payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    // RFC 7519 section 6.1
    private const string RfcUnsecured = $"eyJhbGciOiJub25lIn0.{Payload}.";

    private const string RfcPayload = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";

    private static readonly byte[] Secret = Base64Url.DecodeFromChars(RfcHs256Key);

    private static readonly SigningKey Hs256 = SigningKey.OfSecret(Secret);

    private static readonly ECDsa Curve = ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint
        {
            X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
        },
        D = Base64Url.DecodeFromChars("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"),
    });

    private static readonly SigningKey Es256 = SigningKey.OfCurve(Curve);

    [Fact]
    public void Example_A1_of_RFC_7515_is_read() => Read(Hs256, RfcHs256).ShouldBe(RfcPayload);

    [Fact]
    public void Example_A3_of_RFC_7515_is_read() => Read(Es256, RfcEs256).ShouldBe(RfcPayload);

    [Fact]
    public void What_is_written_is_read()
    {
        Read(Hs256, RawToken.Sign(Secret, """{"a":1}""")).ShouldBe("""{"a":1}""");
        Read(Es256, RawToken.Sign(Curve, """{"alg":"ES256"}""", """{"a":1}""")).ShouldBe("""{"a":1}""");
    }

    [Fact]
    public void No_algorithm_is_taken_from_the_token()
    {
        Read(Hs256, RfcUnsecured).ShouldBeNull();
        Read(Es256, RfcUnsecured).ShouldBeNull();
        Read(Es256, RfcHs256).ShouldBeNull();
        Read(Hs256, RfcEs256).ShouldBeNull();
    }

    [Fact]
    public void A_public_key_is_no_shared_secret()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Read(SigningKey.OfCurve(key), RawToken.Sign(key.ExportSubjectPublicKeyInfo(), "{}")).ShouldBeNull();
    }

    [Fact]
    public void Another_key_signs_nothing_here()
    {
        Read(Hs256, RawToken.Sign(RandomNumberGenerator.GetBytes(32), "{}")).ShouldBeNull();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Read(Es256, RawToken.Sign(key, """{"alg":"ES256"}""", "{}")).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"None"}""")]
    [InlineData("""{"alg":"hs256"}""")]
    [InlineData("""{"alg":"HS512"}""")]
    [InlineData("""{"alg":"HS256","alg":"none"}""")]
    [InlineData("""{"alg":"none","alg":"HS256"}""")]
    [InlineData("""{"alg":["HS256"]}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""")]
    [InlineData("""{"alg":"HS256","crit":[]}""")]
    [InlineData("""{"alg":"HS256","kid":{"a":[1]}}""")]     // RFC 7515 section 4.1.4: a string
    [InlineData("""{"alg":"HS256","kid":"any"}""")]
    [InlineData("""{"alg":"HS256","kid":"../keys/jwt-hs256.key"}""")]
    [InlineData("""{"alg":"HS256","kid":"\ud800"}""")]
    [InlineData("""{"alg":"HS256","\ud800":1}""")]
    [InlineData("""{"alg":"HS256","\u0061lg":"none"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"alg":"ES256"}""")]
    [InlineData("""{"alg":"HS256","x":1,"x":2}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""["HS256"]""")]
    [InlineData("""{"alg":"HS256"}x""")]
    [InlineData("""{"alg":"HS256" """)]
    [InlineData("")]
    public void A_header_that_is_not_ours_is_refused_though_its_signature_is_right(string header) =>
        Read(Hs256, RawToken.Sign(Secret, header, "{}"u8.ToArray())).ShouldBeNull();

    [Theory]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{ "more" : {"a":[1]}, "\u0061lg" : "HS256" }""")]
    [InlineData("""{"alg":"HS256","jku":"https://example.org/keys","jwk":{"kty":"oct","k":"AAAA"},"x5u":"https://example.org/"}""")]
    public void A_header_in_another_order_or_spelling_is_read(string header) =>
        Read(Hs256, RawToken.Sign(Secret, header, "{}"u8.ToArray())).ShouldBe("{}");

    [Fact]
    public void A_key_that_a_token_brings_along_verifies_nothing()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (x, y) = (own.ExportParameters(false).Q.X, own.ExportParameters(false).Q.Y);
        var key = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(x)}}","y":"{{Base64Url.EncodeToString(y)}}"}""";
        Read(Es256, RawToken.Sign(own, $$"""{"alg":"ES256","jwk":{{key}}}""", "{}")).ShouldBeNull();
        var secret = RandomNumberGenerator.GetBytes(32);
        var header = $$$"""{"alg":"HS256","jwk":{"kty":"oct","k":"{{{Base64Url.EncodeToString(secret)}}}"}}""";
        Read(Hs256, RawToken.Sign(secret, header, "{}"u8.ToArray())).ShouldBeNull();
    }

    [Theory]
    [InlineData("eyJhIjoifn5-In0", true)]       // {"a":"~~~"}
    [InlineData("eyJhIjoifn5+In0", false)]
    [InlineData("eyJhIjoifn5-In0=", false)]
    [InlineData("eyJhIjoifn5-In", false)]
    [InlineData("eyJhIjoifn5-In0A", false)]     // a NUL behind the object
    [InlineData("eyJhIjoifn5-In0AA", false)]
    [InlineData("eyJh\nIjoifn5-In0", false)]
    [InlineData("eyJhIjoifn5-In0\uFF21", false)]
    public void What_is_signed_must_be_Base64url_all_the_same(string payload, bool isGood)
    {
        var header = Base64Url.EncodeToString(Encoding.ASCII.GetBytes(Header));
        Read(Hs256, RawToken.SignText(Secret, $"{header}.{payload}")).ShouldBe(isGood ? """{"a":"~~~"}""" : null);
        Read(Hs256, RawToken.SignText(Secret, $"{header}{payload[^1]}.e30")).ShouldBeNull();
    }

    [Fact]
    public void A_token_inside_a_token_and_an_encrypted_one_are_refused()
    {
        var inner = RawToken.Sign(Secret, "{}");
        Read(Hs256, RawToken.Sign(Secret, """{"alg":"HS256","cty":"JWT"}""", Encoding.ASCII.GetBytes(inner))).ShouldBeNull();
        Read(Hs256, RawToken.Sign(Secret, """{"alg":"HS256","cty":"JWT"}""", Encoding.ASCII.GetBytes($"\"{inner}\""))).ShouldBeNull();
        Read(Hs256, $"{inner}.e30.e30").ShouldBeNull();
    }

    [Fact]
    public void Every_cut_and_every_changed_character_is_refused()
    {
        var token = RawToken.Sign(Secret, """{"sub":"1"}""");
        for (var i = 0; i < token.Length; i++)
        {
            Read(Hs256, token[..i]).ShouldBeNull();
            Read(Hs256, token[i..]).ShouldBe(i == 0 ? """{"sub":"1"}""" : null);
            // the last one has two spare bits
            if (i < token.Length - 1) Read(Hs256, token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("{0}.")]
    [InlineData(".{0}")]
    [InlineData("{0}.e30")]
    [InlineData("e30.{0}")]
    [InlineData("{0}=")]
    [InlineData("{0}==")]
    [InlineData("{0}.{0}")]
    [InlineData(" {0}")]
    [InlineData("{0} ")]
    [InlineData("{0}\n")]
    [InlineData("{0}é")]
    [InlineData("{0}\0")]
    public void Anything_around_a_good_token_is_refused(string around) => Read(Hs256, string.Format(null, around, RfcHs256)).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("e30")]
    [InlineData("e30.e30.")]
    [InlineData("e30..e30")]
    public void Dots_alone_are_refused(string token) => Read(Hs256, token).ShouldBeNull();

    [Fact]
    public void A_huge_token_is_refused_before_it_is_looked_at()
    {
        Read(Hs256, RawToken.Sign(Secret, $"{{\"a\":\"{new string('x', 10_000)}\"}}")).ShouldBeNull();
        Read(Hs256, new string('.', 10_000_000)).ShouldBeNull();
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused()
    {
        Read(Hs256, RawToken.Sign(Secret, Header, [(byte)'"', 0xC3, 0x28, (byte)'"'])).ShouldBeNull();
        Read(Hs256, RawToken.Sign(Secret, Header, [.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8])).ShouldBeNull();
    }

    private static string? Read(SigningKey key, string token)
    {
        try
        {
            var verifier = new TokenVerifier(new VerificationKeys(key), issuer: null);
            return verifier.Verify(token, out var form) ? form.Payload.GetRawText() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;    // as its caller takes it
        }
    }
}
