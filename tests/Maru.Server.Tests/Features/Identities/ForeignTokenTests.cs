using System.Security.Cryptography;
using Maru.Engine.Problems;
using Maru.Server.Features.Identities;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Identities;

/// <summary>Tokens of another issuer: an unknown subject becomes a user on first use, and is the same one ever after.</summary>
public sealed class ForeignTokenTests
{
    private static readonly Site Site = new();

    [Fact]
    public async Task A_subject_becomes_a_user_on_first_use_and_stays_the_same_one()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var token = Site.Token(
            "42", ("preferred_username", "Ann.Miller@site.example"), ("name", "Ann Miller"), ("picture", "https://site.example/ann.png"));
        var ann = await Site.EnterAsync(server, token);
        (ann.Handle, ann.User.Name, ann.User.AvatarUrl).ShouldBe(("ann.miller", "Ann Miller", "https://site.example/ann.png"));
        (await Site.EnterAsync(server, Site.Token("42"))).User.ShouldBe(ann.User);
        (await Site.EnterAsync(server, Site.Token("43"))).Id.ShouldNotBe(ann.Id);

        await server.RestartAsync();
        (await Site.EnterAsync(server, Site.Token("42"))).User.ShouldBe(ann.User);
    }

    [Fact]
    public async Task Subjects_of_two_issuers_are_two_people()
    {
        var other = new Site("https://other.example");
        await using var server = await MaruServer.StartAsync([.. Site.Settings(), .. other.Settings("other")]);
        var (ann, ben) = (await Site.EnterAsync(server, Site.Token("1")), await Site.EnterAsync(server, other.Token("1")));
        ben.Id.ShouldNotBe(ann.Id);
    }

    [Theory]
    [InlineData("42", null, "user-....")]
    [InlineData("auth0|507f1f77bcf86cd799439011", null, "auth0-507f1f77bcf86cd799")]
    [InlineData("1", "Łukasz O'Neil", "ukasz-o-neil")]
    [InlineData("1", "ＡＮＮ", "ann")]
    [InlineData("1", "김철수", "user-....")]
    [InlineData("1", "admin", "user-....")]
    [InlineData("abc", "..", "abc")]
    [InlineData("1", "<script>alert(1)</script>", "script-alert-1-script")]
    public async Task A_handle_is_made_of_the_claim_or_of_the_subject(string subject, string? claim, string handle)
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var person = await Site.EnterAsync(server, Site.Token(subject, ("preferred_username", claim)));
        person.Handle.ShouldMatch($"^{handle}$");
        person.User.Name.ShouldBe(person.Handle);
    }

    [Fact]
    public async Task A_handle_that_is_taken_or_was_a_deleted_users_gets_an_ending()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        await server.Http.SendAsync("POST /api/auth/signup", new { handle = "ann", name = "A", password = Person.Password }).ShouldBe(201);
        await server.Http.SendAsync("POST /api/auth/signup", new { handle = "ben", name = "B", password = Person.Password }).ShouldBe(201);
        await (await server.SignInAsync("ben")).Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        (await Site.EnterAsync(server, Site.Token("1", ("preferred_username", "ann")))).Handle.ShouldMatch("^ann-....$");
        (await Site.EnterAsync(server, Site.Token("2", ("preferred_username", "ben")))).Handle.ShouldMatch("^ben-....$");
    }

    [Fact]
    public async Task A_name_follows_the_tokens_when_it_changes_there_and_a_chosen_one_stays_until_then()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var ann = await Site.EnterAsync(server, Site.TokenAt("1", -20, ("name", "Ann")));
        (await Site.EnterAsync(server, Site.TokenAt("1", -10, ("name", "Anna")))).User.Name.ShouldBe("Anna");
        (await Site.EnterAsync(server, Site.TokenAt("1", -15, ("name", "Ann")))).User.Name.ShouldBe("Anna", "the older token is behind");
        await ann.Http.SendAsync("PATCH /api/me", new { name = "Annie" }).ShouldBe(200);
        (await Site.EnterAsync(server, Site.TokenAt("1", -5, ("name", "Anna")))).User.Name.ShouldBe("Annie");
        (await Site.EnterAsync(server, Site.TokenAt("1", -4))).User.Name.ShouldBe("Annie");
        (await Site.EnterAsync(server, Site.TokenAt("1", -3, ("name", "Ann B.")))).User.Name.ShouldBe("Ann B.");
        (await Site.EnterAsync(server, Site.TokenAt("1", -2, ("name", "\u202E")))).User.Name.ShouldBe("Ann B.");
        var hostile = await Site.EnterAsync(server, Site.TokenAt("1", -1, ("picture", "javascript:alert(1)")));
        hostile.User.AvatarUrl.ShouldBeNull();
    }

    [Fact]
    public async Task Requests_with_a_known_token_do_not_read_the_store_for_it()
    {
        var spy = new SpiedDatabase();
        await using var server = await MaruServer.StartAsync(null, spy.Use<IdentityStore>, Site.Settings());
        await Site.EnterAsync(server, Site.Token("1", ("name", "Ann")));
        spy.Reads.Count.ShouldBe(1);
        foreach (var token in (string[])[Site.Token("1", ("name", "Ann")), Site.Token("1"), Site.TokenAt("1", -1, ("name", "Ann"))])
            await Site.AskAsync(server, token).ShouldBe(200);
        spy.Reads.Count.ShouldBe(1);
    }

    [Fact]
    public async Task They_talk_by_REST_STOMP_and_events_as_others_do()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var ann = await Site.EnterAsync(server, Site.Token("1", ("name", "Ann")));
        var ben = await server.SignUpAsync("ben");
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var hers = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await hers.SubscribeAsync(room.Id);
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events?access_token={ann.AccessToken}");
        await hers.SayAndWaitAsync(room.Id, "hello");
        (await hers.EventAsync("message.created")).Text.ShouldContain("\"name\":\"Ann\"");
        string type;
        do type = await stream.TypeAsync();
        while (type != "message.created");
    }

    [Fact]
    public async Task Its_sockets_end_with_the_token()
    {
        var time = new ManualTime();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        await using var server = await MaruServer.StartAsync(time, null, Site.Settings());
        var token = Site.Token("1", ("iat", now), ("exp", now + 60));
        await using var socket = await StompSocket.ConnectAsync(server.Address, token);
        await Deadline.Until(
            () =>
            {
                time.Advance(31);
                return socket.Ended.IsCompleted;
            },
            "the socket to end");
        await Site.AskAsync(server, token).ShouldRefuse(Problem.Unauthenticated);
    }

    [Fact]
    public async Task A_role_in_a_foreign_token_means_nothing()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var token = Site.Token("1", ("role", "admin"), ("sid", "1"), ("mark", "0000000000000001"));
        await Site.EnterAsync(server, token);
        (await server.Service<Database>().FirstAsync<string>("SELECT role FROM users", null, TestContext.Current.CancellationToken))
            .ShouldBe("user");
    }

    [Fact]
    public async Task Without_issuers_nobody_gets_in()
    {
        await using var server = await MaruServer.StartAsync();
        await Site.AskAsync(server, Site.Token("1")).ShouldRefuse(Problem.Unauthenticated);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Site.AskAsync(server, Site.Sign(key, null, Site.Claims("1"))).ShouldRefuse(Problem.Unauthenticated);
    }
}
