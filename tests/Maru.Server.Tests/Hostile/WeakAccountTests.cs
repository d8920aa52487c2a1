using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Credentials;

namespace Maru.Server.Tests.Hostile;

/// <summary>Accounts that would be guessed, taken for the operator's, or carry something into others' pages.</summary>
public sealed class WeakAccountTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public void The_list_of_common_passwords_has_what_ASVS_asks_for_and_no_other_word() =>
        (CommonPasswords.Count, CommonPasswords.Contains(Person.Password)).ShouldSatisfyAllConditions(
            x => x.Count.ShouldBeInRange(3_000, 20_000), x => x.Item2.ShouldBeFalse());

    [Theory]
    [InlineData("gracehopper", "Grace", null, "GraceHopper")]
    [InlineData("grace-one", "Grace Hopper", null, "grace hopper")]
    [InlineData("grace-two", "Grace", "grace.hopper@example.org", "grace.hopper@example.org")]
    [InlineData("grace-tri", "Grace", "grace.hopper@example.org", "grace.hopper")]
    public async Task A_password_is_none_of_the_accounts_own_names(string handle, string name, string? email, string password)
    {
        var body = new { handle, name, email, password };
        (await server.Http.SendAsync("POST /api/auth/signup", body).ShouldRefuseFields()).ShouldBe(["password"]);
        await server.Http.SendAsync("POST /api/auth/signup", body with { password = password + " and more" }).ShouldBe(201);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("hopper-anne")]
    [InlineData("Anne Hopper")]
    public async Task Nor_does_one_become_weak_later(string password)
    {
        var handle = password == "password" ? "hopper-anna" : password == "hopper-anne" ? "hopper-anne" : "hopper-ann3";
        var signUp = new { handle, name = "Anne Hopper", password = Person.Password };
        var ann = server.Person(await server.Http.SendAsync("POST /api/auth/signup", signUp).Read<SignedIn>(201));
        var change = new { oldPassword = Person.Password, newPassword = password };
        (await ann.Http.SendAsync("POST /api/me/password", change).ShouldRefuseFields()).ShouldBe(["newPassword"]);
    }

    [Theory]
    [InlineData("https://example.org/a.png", true)]
    [InlineData("https://example.org:8443/a/b?size=40&kind=1#x", true)]
    [InlineData("https://example.org/a(1).png", true)]
    [InlineData("/api/files/abc", false)]
    [InlineData("/api/files/1", false)]       // nobody's
    [InlineData("https://user@example.org/a.png", false)]
    [InlineData("https://user:word@example.org/a.png", false)]
    [InlineData("https://example.org@evil.example/", false)]
    [InlineData("https://example.org/\"onerror=alert(1)", false)]
    [InlineData("https://example.org/'x", false)]
    [InlineData("https://example.org/<x>", false)]
    [InlineData("https://example.org/`x`", false)]
    [InlineData("https:\\\\example.org\\a.png", false)]
    [InlineData("https:example.org/a.png", false)]
    [InlineData("https://", false)]
    [InlineData("http://example.org/a.png", false)]
    [InlineData("javascript:alert(1)", false)]
    public async Task An_avatar_is_at_a_plain_address(string avatarUrl, bool isGood)
    {
        var ann = await server.SignUpAsync();
        var answer = ann.Http.SendAsync("PATCH /api/me", new { avatarUrl });
        if (isGood) (await answer.Read<Profile>()).AvatarUrl.ShouldBe(avatarUrl);
        else (await answer.ShouldRefuseFields()).ShouldBe(["avatarUrl"]);
    }
}
