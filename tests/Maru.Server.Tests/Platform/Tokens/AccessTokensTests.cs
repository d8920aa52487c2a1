using System.Security.Cryptography;
using Maru.Engine;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Tests.Platform.Tokens;

public sealed class AccessTokensTests
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);
    private static readonly SigningKey Key = SigningKey.OfSecret(Secret);

    private readonly ManualTime _time = new();
    private readonly AccessTokens _tokens;
    private readonly long _now;

    public AccessTokensTests()
    {
        _tokens = new AccessTokens(Key, new VerificationKeys(Key), new JwtOptions { ClockSkew = TimeSpan.FromSeconds(5) }, _time);
        _now = _time.GetUtcNow().ToUnixTimeSeconds();
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var token = _tokens.Write(new UserId(7), 42, 5, "admin", TimeSpan.FromMinutes(15));
        _tokens.TryRead(token, out var claims).ShouldBeTrue();
        claims.ShouldBe(new AccessClaims(new UserId(7), 42, "admin", _now + 900, 0, _now, 5));
    }

    [Fact]
    public void A_token_is_good_until_its_time_is_over_and_the_skew_with_it()
    {
        var token = _tokens.Write(new UserId(7), 42, 5, "user", TimeSpan.FromMinutes(15));
        _time.Advance(TimeSpan.FromSeconds(900 + 4));
        _tokens.TryRead(token, out _).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));
        _tokens.TryRead(token, out _).ShouldBeFalse();
    }

    [Fact]
    public void Claims_that_we_do_not_know_are_skipped() =>
        Reads("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"jti\":\"1\",\"more\":{{\"a\":[1,{{}}]}},\"email\":null")
            .ShouldBeTrue();

    [Theory]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\"")]                                     // no exp: it would be good for ever
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"other\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"aud\":\"other\"")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sub\":\"2\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":1,\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":1,\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"0\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"-1\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"+1\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"01\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1 \",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"99999999999999999999\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":\"{0}\"")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":-1")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":-9223372036854775808")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":9223372036854775807")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":1e400")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":99999999999999999999999999")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":null")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"nbf\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"role\":[\"admin\"]")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"nbf\":\"1\"")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"iat\":null")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"\\ud800\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"\\ud800\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":[\"maru\"],\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"\\u0073ub\":\"1\",\"sid\":\"2\",\"exp\":{0}")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0}}},{{")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"mark\":5")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"mark\":\"\"")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"mark\":\"5\"")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"mark\":\"0000000000000000\"")]
    [InlineData("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"mark\":\"ffffffffffffffff\"")]
    public void A_token_that_we_signed_but_would_not_write_is_refused(string claims) => Reads(claims).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"sub\"")]
    public void What_is_not_an_object_is_refused(string payload) =>
        _tokens.TryRead(RawToken.Sign(Secret, payload), out _).ShouldBeFalse();

    [Fact]
    public void Dates_may_have_a_fraction() =>
        Reads("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0}.5").ShouldBeTrue();

    [Fact]
    public void A_token_may_begin_within_the_skew_and_not_beyond_it()
    {
        var rest = "\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0}";
        Reads($"{rest},\"nbf\":{_now + 5}").ShouldBeTrue();
        var early = Signed($"{rest},\"nbf\":{_now + 6}");
        _tokens.TryRead(early, out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        _tokens.TryRead(early, out _).ShouldBeTrue();
        Reads($"{rest},\"iat\":{_now + 86400}").ShouldBeTrue();     // of a node whose clock was set back since
    }

    [Fact]
    public void Nobody_becomes_admin_by_an_unknown_role()
    {
        _tokens.TryRead(Signed("\"iss\":\"maru\",\"sub\":\"1\",\"sid\":\"2\",\"exp\":{0},\"role\":\"root\""), out var claims)
            .ShouldBeTrue();
        claims.Role.ShouldBe("user");
    }

    [Fact]
    public void A_token_that_was_read_before_is_judged_by_the_clock_again_and_another_one_by_its_signature()
    {
        var token = _tokens.Write(new UserId(7), 42, 5, "user", TimeSpan.FromMinutes(15));
        for (var i = 0; i < 3; i++)
        {
            _tokens.TryRead(token, out var claims).ShouldBeTrue();
            claims.SessionId.ShouldBe(42);
            _tokens.TryRead($"{token[..^2]}AA", out _).ShouldBeFalse();
        }

        _time.Advance(TimeSpan.FromSeconds(905));
        _tokens.TryRead(token, out _).ShouldBeFalse();
    }

    [Fact]
    public void More_tokens_than_are_remembered_are_told_apart()
    {
        string[] tokens =
            [.. Enumerable.Range(1, 20_000).Select(i => _tokens.Write(new UserId(i), i, 5, "user", TimeSpan.FromMinutes(15)))];
        foreach (var _ in (bool[])[true, false])
        {
            for (var i = 0; i < tokens.Length; i++)
            {
                if (!_tokens.TryRead(tokens[i], out var claims) || claims.SessionId != i + 1) Assert.Fail($"token {i}");
            }
        }
    }

    private bool Reads(string claims) => _tokens.TryRead(Signed(claims), out _);

    /// <param name="claims">{0} becomes a time an hour from now</param>
    private string Signed(string claims) =>
        RawToken.Sign(Secret, "{" + string.Format(null, claims, _now + 3600) + "}");
}
