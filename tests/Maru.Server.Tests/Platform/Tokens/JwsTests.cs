using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Tests.Platform.Tokens;

public sealed class JwsTests
{
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

    private static readonly Hs256Key Hs256 = new(Base64Url.DecodeFromChars(RfcHs256Key));

    private static readonly Es256Key Es256 = new(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint
        {
            X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
        },
        D = Base64Url.DecodeFromChars("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"),
    });

    [Fact]
    public void Example_A1_of_RFC_7515_is_read() => Read(Hs256, RfcHs256).ShouldBe(RfcPayload);

    [Fact]
    public void Example_A3_of_RFC_7515_is_read() => Read(Es256, RfcEs256).ShouldBe(RfcPayload);

    [Fact]
    public void What_is_written_is_read()
    {
        Read(Hs256, new Jws(Hs256).Write("""{"a":1}"""u8)).ShouldBe("""{"a":1}""");
        Read(Es256, new Jws(Es256).Write("""{"a":1}"""u8)).ShouldBe("""{"a":1}""");
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
        using var confused = new Hs256Key(key.ExportSubjectPublicKeyInfo());
        Read(new Es256Key(key.ExportParameters(true)), new Jws(confused).Write("{}"u8)).ShouldBeNull();
    }

    [Fact]
    public void Another_key_signs_nothing_here()
    {
        Read(Hs256, new Jws(new Hs256Key(RandomNumberGenerator.GetBytes(32))).Write("{}"u8)).ShouldBeNull();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Read(Es256, new Jws(new Es256Key(key.ExportParameters(true))).Write("{}"u8)).ShouldBeNull();
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
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""["HS256"]""")]
    [InlineData("""{"alg":"HS256"}x""")]
    [InlineData("""{"alg":"HS256" """)]
    [InlineData("")]
    public void A_header_that_is_not_ours_is_refused_though_its_signature_is_right(string header) =>
        Read(Hs256, Sign(header, "{}")).ShouldBeNull();

    [Theory]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{ "kid" : {"a":[1]}, "\u0061lg" : "HS256" }""")]
    public void A_header_in_another_order_or_spelling_is_read(string header) => Read(Hs256, Sign(header, "{}")).ShouldBe("{}");

    [Fact]
    public void Every_cut_and_every_changed_character_is_refused()
    {
        var token = new Jws(Hs256).Write("""{"sub":"1"}"""u8);
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
        Read(Hs256, new Jws(Hs256).Write(Encoding.ASCII.GetBytes($"{{\"a\":\"{new string('x', 10_000)}\"}}"))).ShouldBeNull();
        Read(Hs256, new string('.', 10_000_000)).ShouldBeNull();
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused() => Read(Hs256, new Jws(Hs256).Write([(byte)'"', 0xC3, 0x28, (byte)'"'])).ShouldBeNull();

    private static string? Read(SigningKey key, string token)
    {
        var buffer = new byte[Jws.MaxLength];
        return new Jws(key).TryRead(token, buffer, out var payload) ? Encoding.UTF8.GetString(payload) : null;
    }

    private static string Sign(string header, string payload)
    {
        var text =
            $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}";
        var signature = new byte[Hs256.SignatureBytes];
        Hs256.Sign(Encoding.ASCII.GetBytes(text), signature);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }
}
