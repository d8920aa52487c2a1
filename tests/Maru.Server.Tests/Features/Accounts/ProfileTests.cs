using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;

namespace Maru.Server.Tests.Features.Accounts;

public sealed class ProfileTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_change_leaves_what_is_absent_and_takes_away_what_is_empty()
    {
        var ann = await server.SignUpAsync();
        await ann.Http.SendAsync(
            "PATCH /api/me", new { statusMessage = " at  lunch ", avatarUrl = "https://example.org/a.png" }).ShouldBe(200);
        var renamed = await ann.Http.SendAsync("PATCH /api/me", new { name = "앤" }).Read<Profile>();
        renamed.ShouldBe(new Profile(ann.Id, ann.Handle, "앤", "at lunch", "https://example.org/a.png"));
        var bare = await ann.Http.SendAsync("PATCH /api/me", new { statusMessage = "", avatarUrl = "" }).Read<Profile>();
        bare.ShouldBe(new Profile(ann.Id, ann.Handle, "앤", null, null));
        (await ann.Http.SendAsync("GET /api/me").Read<Profile>()).ShouldBe(bare);
    }

    [Theory]
    [InlineData("avatarUrl", "javascript:alert(1)")]
    [InlineData("avatarUrl", "data:image/svg+xml,<svg/>")]
    [InlineData("avatarUrl", "http://example.org/a.png")]
    [InlineData("avatarUrl", "/api/me")]
    [InlineData("avatarUrl", "/api/files/../me")]
    [InlineData("name", "")]
    [InlineData("name", "\u2066x")]
    [InlineData("statusMessage", "\u0007")]
    public async Task A_bad_value_is_refused_and_nothing_changes(string field, string value)
    {
        var ann = await server.SignUpAsync();
        var change = new Dictionary<string, string> { ["statusMessage"] = "kept back", [field] = value };
        (await ann.Http.SendAsync("PATCH /api/me", change).ShouldRefuseFields()).ShouldBe([field]);
        (await ann.Http.SendAsync("GET /api/me").Read<Profile>()).StatusMessage.ShouldBeNull();
    }

    [Fact]
    public async Task A_field_in_another_case_is_another_field_and_ignored()
    {
        var ann = await server.SignUpAsync();
        var unchanged = await ann.Http.SendAsync("GET /api/me").Read<Profile>();
        var change = new Dictionary<string, string> { ["Name"] = "q", ["NAME"] = "r", ["StatusMessage"] = "s" };
        (await ann.Http.SendAsync("PATCH /api/me", change).Read<Profile>()).ShouldBe(unchanged);
    }

    [Fact]
    public async Task Neither_role_nor_id_comes_from_a_request()
    {
        var ann = await server.SignUpAsync();
        var me = await ann.Http.SendAsync("PATCH /api/me", new { id = 1, role = "admin", handle = "root", name = "Ann" }).Read<Profile>();
        (me.Id, me.Handle).ShouldBe((ann.Id, ann.Handle));
        var account = await server.Service<AccountStore>().FindAsync(new UserId(ann.Id), TestContext.Current.CancellationToken);
        (account?.Role).ShouldBe("user");
    }

    [Fact]
    public async Task A_new_password_needs_the_old_one_and_ends_the_other_sessions()
    {
        var ann = await server.SignUpAsync();
        var other = await server.SignInAsync(ann.Handle);
        var wrong = new { oldPassword = "wrong", newPassword = "battery staple" };
        (await ann.Http.SendAsync("POST /api/me/password", wrong).ShouldRefuseFields()).ShouldBe(["oldPassword"]);
        var tooShort = new { oldPassword = Person.Password, newPassword = "short" };
        (await ann.Http.SendAsync("POST /api/me/password", tooShort).ShouldRefuseFields()).ShouldBe(["newPassword"]);
        await other.Http.SendAsync("GET /api/me").ShouldBe(200);

        await ann.Http.SendAsync("POST /api/me/password", new { oldPassword = Person.Password, newPassword = "battery staple" })
            .ShouldBe(204);
        await ann.Http.SendAsync("GET /api/me").ShouldBe(200);
        await other.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await server.Http.SendAsync("POST /api/auth/login", new { handle = ann.Handle, password = Person.Password })
            .ShouldRefuse(Problem.WrongCredentials);
        await server.SignInAsync(ann.Handle, "battery staple");
    }

    [Fact]
    public async Task A_deleted_account_leaves_no_trace_of_the_person_and_its_address_is_free_again_but_not_its_handle()
    {
        var body = new { handle = "leaver", name = "Ann", password = Person.Password, email = "leaver@example.org" };
        var ann = server.Person(await server.Http.SendAsync("POST /api/auth/signup", body).Read<SignedIn>(201));
        var deleted = new List<UserId>();
        server.Service<AccountEvents>().AccountDeleted += deleted.Add;
        (await ann.Http.SendAsync("DELETE /api/me", new { password = "wrong" }).ShouldRefuseFields()).ShouldBe(["password"]);
        await ann.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        deleted.ShouldBe([new UserId(ann.Id)]);

        await ann.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await server.Http.SendAsync("POST /api/auth/login", new { handle = "leaver", password = Person.Password })
            .ShouldRefuse(Problem.WrongCredentials);
        await server.Http.SendAsync("POST /api/auth/login", new { handle = $"deleted:{ann.Id}", password = "" })
            .ShouldRefuse(Problem.WrongCredentials);
        var bob = await server.SignUpAsync("bob");
        (await bob.Http.SendAsync("GET /api/users?q=deleted").Read<UserPage>()).Items.ShouldBeEmpty();

        await server.Http.SendAsync("POST /api/auth/signup", body).ShouldRefuse(Problem.HandleTaken);
        var again = await server.Http.SendAsync("POST /api/auth/signup", body with { handle = "leaver-2" }).Read<SignedIn>(201);
        again.User.Id.ShouldNotBe(ann.Id);
    }

    [Fact]
    public async Task The_directory_finds_beginnings_of_handles_and_parts_of_names_page_by_page_and_never_an_address()
    {
        var zed = await server.Http.SendAsync(
            "POST /api/auth/signup", new { handle = "zed-1", name = "Ann Zed", password = Person.Password, email = "secret@example.org" })
            .Read<SignedIn>(201);
        await server.Http.SendAsync("POST /api/auth/signup", new { handle = "zed-2", name = "김하나", password = Person.Password })
            .ShouldBe(201);
        await server.Http.SendAsync("POST /api/auth/signup", new { handle = "aa-3", name = "ZED the third", password = Person.Password })
            .ShouldBe(201);
        var http = server.Person(zed).Http;

        var first = await http.SendAsync("GET /api/users?q=Zed&limit=2").Read<UserPage>();
        first.Items.Select(user => user.Handle).ShouldBe(["zed-1", "zed-2"]);
        var second = await http.SendAsync($"GET /api/users?q=Zed&limit=2&after={first.Next}").Read<UserPage>();
        second.Items.Select(user => user.Handle).ShouldBe(["aa-3"]);
        second.Next.ShouldBeNull();
        (await http.SendAsync("GET /api/users?q=%EA%B9%80").Read<UserPage>()).Items.Single().Handle.ShouldBe("zed-2");
        (await http.SendAsync("GET /api/users?q=%25").Read<UserPage>()).Items.ShouldBeEmpty();
        (await http.SendAsync("GET /api/users?limit=200").ShouldBe(200)).ShouldNotContain("secret");
    }
}
