using Maru.Engine.Problems;
using Maru.Server.Features.Sessions;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Features.Identities;

/// <summary>Tokens of another issuer belong to no session: they end by when they were issued.</summary>
public sealed class ForeignEndTests
{
    private static readonly Site Site = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signing_out_ends_all_that_were_issued_until_then_with_their_sockets()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var phone = await Site.EnterAsync(server, Site.TokenAt("1", -30));
        var laptop = await Site.EnterAsync(server, Site.TokenAt("1", -10));
        await using var socket = await StompSocket.ConnectAsync(server.Address, phone.AccessToken);
        await using var other = await StompSocket.ConnectAsync(server.Address, Site.Token("2"));
        await laptop.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        await phone.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await laptop.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.SessionEnded.Slug);
        (await Site.EnterAsync(server, Site.TokenAt("1", 2))).Id.ShouldBe(phone.Id);
        await other.SyncAsync();

        await server.RestartAsync();
        await Site.AskAsync(server, laptop.AccessToken).ShouldRefuse(Problem.SessionEnded);
        await Site.AskAsync(server, Site.TokenAt("1", 2)).ShouldBe(200);
    }

    [Fact]
    public async Task Ending_the_other_sessions_ends_what_was_issued_before()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var phone = await Site.EnterAsync(server, Site.TokenAt("1", -30));
        var laptop = await Site.EnterAsync(server, Site.TokenAt("1", -10));
        (await laptop.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items.ShouldBeEmpty();
        await laptop.Http.SendAsync("DELETE /api/me/sessions").ShouldBe(204);
        await phone.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await laptop.Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    [Fact]
    public async Task An_account_that_was_deleted_does_not_come_back_with_the_next_token()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var old = await Site.EnterAsync(server, Site.TokenAt("somebody@site.example", -400, ("name", "Ann")));
        await old.Http.SendAsync("DELETE /api/me").ShouldRefuse(Problem.Forbidden);
        var ann = await Site.EnterAsync(server, Site.TokenAt("somebody@site.example", -10, ("name", "Ann")));
        await using var socket = await StompSocket.ConnectAsync(server.Address, old.AccessToken);
        await ann.Http.SendAsync("DELETE /api/me", new { }).ShouldBe(204);
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.SessionEnded.Slug);
        for (var i = 0; i < 2; i++)
        {
            foreach (var seconds in (int[])[-10, 0, 20])
            {
                var token = Site.TokenAt("somebody@site.example", seconds, ("name", "Ann"));
                await Site.AskAsync(server, token).ShouldRefuse(Problem.SessionEnded);
            }

            var database = server.Service<Database>();
            (await database.FirstAsync<long>("SELECT count(*) FROM users WHERE deleted_at IS NULL", null, Ct)).ShouldBe(0);
            (await database.ListAsync<string>("SELECT subject FROM external_identities", null, Ct)).Single().ShouldNotContain("somebody");
            (await database.ListAsync<string>("SELECT coalesce(name, '') FROM external_identities", null, Ct)).ShouldBe([""]);
            if (i == 0) await server.RestartAsync();
        }
    }

    [Fact]
    public async Task They_have_no_password_to_change_and_none_signs_in()
    {
        await using var server = await MaruServer.StartAsync(Site.Settings());
        var ann = await Site.EnterAsync(server, Site.Token("1", ("preferred_username", "annie")));
        var change = new { oldPassword = "", newPassword = "another horse" };
        await ann.Http.SendAsync("POST /api/me/password", change).ShouldRefuse(Problem.Invalid);
        foreach (var password in (string[])["", "annie", Person.Password])
            await server.Http.SendAsync("POST /api/auth/login", new { handle = "annie", password }).ShouldRefuse(Problem.WrongCredentials);
    }
}
