using System.Security.Cryptography;
using System.Text.Json;
using Maru.Engine.Problems;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Tests.Platform;

/// <summary>The keys that other services verify access tokens with, and what becomes of tokens when keys change.</summary>
public sealed class PublicKeysTests
{
    private const string KeySet = "GET /.well-known/jwks.json";

    [Fact]
    public async Task A_secret_is_not_published()
    {
        await using var server = await MaruServer.StartAsync();
        (await server.Http.SendAsync(KeySet).ShouldBe(200)).ShouldBe("""{"keys":[]}""");
    }

    [Fact]
    public async Task Other_services_verify_tokens_with_the_published_keys()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Jwt:Algorithm=ES256");
        var ann = await server.SignUpAsync();
        using var response = await server.Http.SendAsync(KeySet);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/json");
        response.Headers.CacheControl?.ToString().ShouldBe("public, max-age=300");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Members(text).ShouldBe(["kty use alg kid crv x y"]);
        var rules = new TokenValidationParameters
        {
            IssuerSigningKeys = new JsonWebKeySet(text).GetSigningKeys(),
            ValidIssuer = "maru",
            ValidateAudience = false,
        };
        (await new JsonWebTokenHandler().ValidateTokenAsync(ann.AccessToken, rules)).IsValid.ShouldBeTrue();
    }

    [Fact]
    public async Task A_token_of_a_key_that_was_replaced_is_good_until_that_key_is_taken_away()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var verify = Directory.CreateDirectory(Path.Combine(server.Folder, "keys", "verify")).FullName;
        File.Move(Path.Combine(server.Folder, "keys", "jwt-hs256.key"), Path.Combine(verify, "old.key"));
        using var rsa = RSA.Create(2048);
        await File.WriteAllTextAsync(
            Path.Combine(verify, "other.pem"), rsa.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);
        await server.RestartAsync("--Maru:Jwt:Algorithm=ES256");
        var bob = await server.SignUpAsync("bob");
        ann = server.Person(new(ann.User, ann.AccessToken, ann.RefreshToken, 0));
        foreach (var person in (Person[])[ann, bob])
        {
            await person.Http.SendAsync("GET /api/me").ShouldBe(200);
            await using var socket = await StompSocket.ConnectAsync(server.Address, person.AccessToken);
        }

        // Of RSA a public key can be given to a server, which never signs with it.
        var keys = await server.Http.SendAsync(KeySet).ShouldBe(200);
        Members(keys).ShouldBe(["kty use alg kid crv x y", "kty use alg kid n e"]);
        var id = JsonDocument.Parse(keys).RootElement.GetProperty("keys")[1].GetProperty("kid").GetString();
        var claims = Base64UrlEncoder.Decode(ann.AccessToken.Split('.')[1]);
        await GetMeAsync(RawToken.Sign(rsa, $$"""{"alg":"RS256","kid":"{{id}}"}""", claims)).ShouldBe(200);
        await GetMeAsync(RawToken.Sign(rsa, """{"alg":"RS256","kid":"other"}""", claims)).ShouldRefuse(Problem.Unauthenticated);

        Directory.Delete(verify, recursive: true);
        await server.RestartAsync("--Maru:Jwt:Algorithm=ES256");
        await GetMeAsync(ann.AccessToken).ShouldRefuse(Problem.Unauthenticated);
        await GetMeAsync(bob.AccessToken).ShouldBe(200);

        Task<HttpResponseMessage> GetMeAsync(string token) => server.Person(new(ann.User, token, "", 0)).Http.SendAsync("GET /api/me");
    }

    private static IEnumerable<string> Members(string keySet) => JsonDocument.Parse(keySet).RootElement.GetProperty("keys").EnumerateArray()
        .Select(key => string.Join(' ', key.EnumerateObject().Select(member => member.Name)));
}
