using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Maru.Engine.Problems;

namespace Maru.Server.Tests.Features.Identities;

/// <summary>Tokens that an issuer did not make for us, or that ask for more than they may.</summary>
public sealed class HostileTokenTests
{
    private static readonly Site Site = new();

    /// <summary>A time is so many seconds from the moment at which its row runs: rows before it may take minutes.</summary>
    public static TheoryData<string, JsonNode?> Bad => new()
    {
        { "iss", "https://other.example" }, { "iss", "https://site.example/" }, { "iss", null }, { "iss", 1 }, { "iss", "maru" },
        { "aud", "shop" }, { "aud", null }, { "aud", new JsonArray("shop", "mail") }, { "aud", "CHAT" },
        { "sub", null }, { "sub", "" }, { "sub", 42 }, { "sub", new string('x', 256) }, { "sub", "a\0b" },
        { "exp", null }, { "exp", FromNow(-40) }, { "exp", "never" }, { "exp", 1e300 }, { "exp", FromNow(25 * 3600) },
        { "iat", null }, { "iat", FromNow(60) }, { "iat", 0 }, { "iat", -5 }, { "iat", FromNow(-24 * 3600) }, { "iat", "now" },
        { "nbf", FromNow(60) }, { "nbf", "x" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_claim_that_is_not_as_it_must_be_opens_nothing(string claim, JsonNode? value)
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        if (value is JsonObject time) value = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + (long)time["fromNow"]!;
        await Site.AskAsync(server, Site.Token("1", (claim, value?.DeepClone()))).ShouldRefuse(Problem.Unauthenticated);
        await Site.AskAsync(server, Site.Token("1")).ShouldBe(200);
    }

    private static JsonObject FromNow(long seconds) => new() { ["fromNow"] = seconds };

    [Fact]
    public async Task No_algorithm_but_the_configured_one_is_taken()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var (secret, payload) = (Encoding.UTF8.GetBytes(Site.Secret), Encoding.UTF8.GetBytes(Site.Claims("1").ToJsonString()));
        foreach (var algorithm in (string[])["none", "None", "hs256", "HS384", "HS512", "RS256", ""])
        {
            var header = new JsonObject { ["alg"] = algorithm }.ToJsonString();
            await Site.AskAsync(server, RawToken.Sign(secret, header, payload)).ShouldRefuse(Problem.Unauthenticated);
        }

        var unsigned = RawToken.Sign(secret, """{"alg":"none"}""", payload);
        await Site.AskAsync(server, unsigned[..(unsigned.LastIndexOf('.') + 1)]).ShouldRefuse(Problem.Unauthenticated);
        await Site.AskAsync(server, RawToken.Sign(new byte[32], Site.Claims("1").ToJsonString())).ShouldRefuse(Problem.Unauthenticated);
    }

    [Fact]
    public async Task A_public_key_is_no_shared_secret()
    {
        using var key = RSA.Create(2048);
        using var folder = new Folder();
        var file = Path.Combine(folder, "keys.json");
        await File.WriteAllTextAsync(file, KeyServer.Set(KeyServer.Rsa(key, "a")));
        await using var server = await MaruServer.StartAsync(KeyServer.Settings($"JwksFile={file}"));
        var claims = Site.Claims("1").ToJsonString();
        await Site.AskAsync(server, RawToken.Sign(key, """{"alg":"RS256","kid":"a"}""", claims)).ShouldBe(200);
        byte[][] secrets =
            [key.ExportSubjectPublicKeyInfo(), key.ExportRSAPublicKey(), Encoding.UTF8.GetBytes(key.ExportRSAPublicKeyPem())];
        foreach (var secret in secrets)
        {
            var token = RawToken.Sign(secret, """{"alg":"HS256","kid":"a"}""", Encoding.UTF8.GetBytes(claims));
            await Site.AskAsync(server, token).ShouldRefuse(Problem.Unauthenticated);
        }
    }

    [Fact]
    public async Task A_huge_token_is_refused_before_it_is_read()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        await Site.AskAsync(server, Site.Token("1", ("more", new string('x', 6000)))).ShouldRefuse(Problem.Unauthenticated);
        await Site.AskAsync(server, Site.Token("1", ("more", new string('x', 2000)))).ShouldBe(200);
    }

    [Fact]
    public async Task A_socket_with_a_bad_token_is_refused_too()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        await using var socket = await StompSocket.OpenAsync(server.Address);
        var token = Site.Token("1", ("aud", "shop"));
        await socket.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("host", "maru"), ("Authorization", $"Bearer {token}"));
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);
    }
}
