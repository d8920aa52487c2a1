using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Maru.Server.Features.Accounts;

namespace Maru.Server.Tests.Features.Identities;

/// <summary>A web site with its own sign-in, whose tokens a server takes: it signs them by HS256.</summary>
internal sealed class Site(string issuer = "https://site.example", string audience = "chat")
{
    public const string Secret = "kT3vQ9xLw7Zr2Bn8Yd5Hs1Mf6Pc4Jg0A";

    public string[] Settings(string name = "site") =>
    [
        $"--Maru:Jwt:Issuers:{name}:Issuer={issuer}", $"--Maru:Jwt:Issuers:{name}:Audience={audience}",
        $"--Maru:Jwt:Issuers:{name}:Secret={Secret}",
    ];

    /// <summary>Returns the claims of a token for the subject.</summary>
    /// <param name="subject">the user's id at the site</param>
    /// <param name="more">claims to add or replace; one that is null is left out</param>
    public JsonObject Claims(string subject, params (string Name, JsonNode? Value)[] more)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = issuer, ["aud"] = audience, ["sub"] = subject, ["iat"] = now - 10, ["exp"] = now + 600 };
        foreach (var (name, value) in more)
        {
            if (value is null) claims.Remove(name);
            else claims[name] = value;
        }

        return claims;
    }

    public string Token(string subject, params (string Name, JsonNode? Value)[] more) =>
        RawToken.Sign(Encoding.UTF8.GetBytes(Secret), Claims(subject, more).ToJsonString());

    /// <summary>Returns a token that was issued so many seconds from now, and is good for ten minutes.</summary>
    public string TokenAt(string subject, int seconds, params (string Name, JsonNode? Value)[] more)
    {
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds;
        return Token(subject, [("iat", at), ("exp", at + 600), .. more]);
    }

    public static string Sign(ECDsa key, string? id, JsonObject claims) => RawToken.Sign(
        key, new JsonObject { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = id ?? "none" }.ToJsonString(), claims.ToJsonString());

    /// <summary>Returns whoever comes with the token; their profile is read.</summary>
    public static async Task<Person> EnterAsync(MaruServer server, string token)
    {
        var person = server.Person(new SignedIn(new User(0, "", ""), token, "", 0));
        var me = await person.Http.SendAsync("GET /api/me").Read<Profile>();
        return person with { User = new User(me.Id, me.Handle, me.Name, me.AvatarUrl) };
    }

    public static Task<HttpResponseMessage> AskAsync(MaruServer server, string token) =>
        server.Person(new SignedIn(new User(0, "", ""), token, "", 0)).Http.SendAsync("GET /api/me");
}
