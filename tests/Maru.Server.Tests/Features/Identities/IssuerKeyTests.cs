using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Maru.Server.Platform.Tokens.Issuers;

namespace Maru.Server.Tests.Features.Identities;

/// <summary>An issuer's public keys come from its address: they are kept, change under way, and the address may be away.</summary>
public sealed class IssuerKeyTests : IDisposable
{
    private static readonly Site Site = new();

    private readonly ECDsa _old = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _new = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ManualTime _time = new();

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task Keys_are_read_once_and_again_for_a_new_one_and_not_more_often_than_set()
    {
        await using var keys = await KeyServer.StartAsync(KeyServer.Curve(_old, "old"));
        await using var server = await MaruServer.StartAsync(_time, null, keys.Settings());
        for (var i = 0; i < 5; i++) await Site.AskAsync(server, Token(_old, "old", $"{i}")).ShouldBe(200);
        keys.Reads.ShouldBe(1);

        keys.Keys = KeyServer.Set(KeyServer.Curve(_old, "old"), KeyServer.Curve(_new, "new"));
        for (var i = 0; i < 5; i++) await Site.AskAsync(server, Token(_new, "new")).ShouldRefuse(Problem.Unauthenticated);
        keys.Reads.ShouldBe(1, "whatever keys a stranger names");
        _time.Advance(16);
        await Site.AskAsync(server, Token(_new, "new")).ShouldBe(200);
        await Site.AskAsync(server, Token(_old, "old")).ShouldBe(200);
        keys.Reads.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_that_is_withdrawn_is_good_no_longer_and_nor_are_tokens_that_it_verified()
    {
        await using var keys = await KeyServer.StartAsync(KeyServer.Curve(_old, "old"));
        await using var server = await MaruServer.StartAsync(_time, null, keys.Settings());
        var token = Token(_old, "old");
        await Site.AskAsync(server, token).ShouldBe(200);
        keys.Keys = KeyServer.Set(KeyServer.Curve(_new, "new"));
        _time.Advance(301);
        await Site.AskAsync(server, token).ShouldBe(200);
        _time.Advance(300);
        token = Token(_old, "old");
        await Deadline.Until(
            async () => (int)(await Site.AskAsync(server, token)).StatusCode == 401, "the keys to be read beside the requests");
        await Site.AskAsync(server, Token(_new, "new")).ShouldBe(200);
    }

    [Fact]
    public async Task While_the_address_is_away_the_keys_that_were_read_stay()
    {
        await using var keys = await KeyServer.StartAsync(KeyServer.Curve(_old, "old"));
        await using var server = await MaruServer.StartAsync(_time, null, keys.Settings());
        keys.IsAway = true;
        await Site.AskAsync(server, Token(_old, "old")).ShouldRefuse(Problem.Unauthenticated);
        keys.IsAway = false;
        _time.Advance(16);
        await Site.AskAsync(server, Token(_old, "old")).ShouldBe(200);

        keys.IsAway = true;
        _time.Advance(601);
        await Site.AskAsync(server, Token(_new, "new")).ShouldRefuse(Problem.Unauthenticated);
        await Site.AskAsync(server, Token(_old, "old")).ShouldBe(200);
        (keys.IsAway, keys.Keys) = (false, """{"keys":[]}""");
        _time.Advance(601);
        await Site.AskAsync(server, Token(_new, "new")).ShouldRefuse(Problem.Unauthenticated);
        await Site.AskAsync(server, Token(_old, "old")).ShouldBe(200);
        keys.Keys = new string(' ', 300_000) + KeyServer.Set(KeyServer.Curve(_new, "new"));
        _time.Advance(601);
        await Site.AskAsync(server, Token(_new, "new")).ShouldRefuse(Problem.Unauthenticated);
    }

    [Fact]
    public void A_key_verifies_what_it_is_for_and_no_more()
    {
        using var weak = RSA.Create(1024);
        using var strong = RSA.Create(2048);
        var encrypts = KeyServer.Curve(_new, "e");
        encrypts["use"] = "enc";
        var fixedTo = KeyServer.Rsa(strong, "fixed");
        fixedTo["alg"] = "RS256";
        var set = IssuerKeySet.Parse(KeyServer.Set(
            KeyServer.Curve(_old, "a"), encrypts, KeyServer.Rsa(weak, "weak"), fixedTo,
            new JsonObject { ["kty"] = "oct", ["kid"] = "oct", ["k"] = "AAAA" }));
        set.Find("a", "ES256").ShouldNotBeNull();
        set.Find(null, "ES256").ShouldNotBeNull("there is one such key");
        set.Find("fixed", "RS256").ShouldNotBeNull();
        foreach (var (id, algorithm) in ((string, string)[])[("a", "RS256"), ("a", "ES384"), ("e", "ES256"), ("weak", "RS256"),
            ("fixed", "RS512"), ("fixed", "PS256"), ("fixed", "HS256"), ("oct", "HS256"), ("b", "ES256"), ("a", "none")])
        {
            set.Find(id, algorithm).ShouldBeNull($"{id} {algorithm}");
        }

        var two = IssuerKeySet.Parse(KeyServer.Set(KeyServer.Curve(_old, "a"), KeyServer.Curve(_new, "b")));
        two.Find(null, "ES256").ShouldBeNull("which of them?");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":1}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"!","e":"AQAB"}]}""")]
    public void What_is_no_key_set_is_refused(string json) => Should.Throw<FormatException>(() => IssuerKeySet.Parse(json));

    [Fact]
    public async Task A_file_of_keys_that_is_not_there_ends_the_start() =>
        (await Should.ThrowAsync<StartException>(() => MaruServer.StartAsync(KeyServer.Settings("JwksFile=/nowhere/keys.json"))))
            .Message.ShouldContain("/nowhere/keys.json");

    private string Token(ECDsa key, string id, string subject = "1")
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        return Site.Sign(key, id, Site.Claims(subject, ("iat", now - 10), ("exp", now + 600)));
    }
}
