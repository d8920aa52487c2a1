using System.Buffers.Text;
using System.Text.Json.Nodes;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Faults;

/// <summary>Tokens on sockets: bad from the beginning, or no longer good.</summary>
[Trait("Category", "Faults")]
public sealed class TokenTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task A_bad_token_is_refused(string path)
    {
        var ann = await server.SignUpAsync();
        var unsigned = $"eyJhbGciOiJub25lIn0.{ann.AccessToken.Split('.')[1]}.";
        foreach (var token in (string[])["", "x", "a.b.c", $"{ann.AccessToken}x", ann.AccessToken[..^2], ann.RefreshToken, unsigned])
        {
            await using var socket = await StompSocket.OpenAsync(server.Address, path);
            await socket.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("Authorization", $"Bearer {token}"));
            (await socket.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);
            (await socket.Ended.Within("the end")).ShouldBe(new Ending(1008, Problem.Unauthenticated.Slug, true));
        }
    }

    [Fact]
    public async Task A_token_that_expires_ends_its_connection_and_a_new_one_resumes()
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null, "--Maru:Jwt:AccessTokenLifetime=00:01:00");
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.ConnectAsync(own.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id, after: 0);
        var seq = (await socket.SayAndWaitAsync(room.Id, "in time")).Seq;
        time.Advance(TimeSpan.FromSeconds(50));
        await socket.SayAndWaitAsync(room.Id, "still in time");
        time.Advance(TimeSpan.FromSeconds(16));   // no more than it takes: what is said last must be fetched within seconds
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);
        (await socket.Ended.Within("the end")).ShouldBe(new Ending(1008, Problem.Unauthenticated.Slug, true));

        await using var late = await StompSocket.OpenAsync(own.Address);
        await late.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("Authorization", $"Bearer {ann.AccessToken}"));
        (await late.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);

        var renewed = own.Person(await own.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).Read<SignedIn>());
        await using var next = await StompSocket.ConnectAsync(own.Address, renewed.AccessToken);
        await next.SubscribeAsync(room.Id, after: seq);
        (await next.EventAsync("message.created")).Seq.ShouldBe(seq + 1);
    }

    [Fact]
    public async Task A_connection_lives_as_long_as_requests_with_its_token_are_taken()
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(
            time, null, "--Maru:Jwt:AccessTokenLifetime=00:01:00", "--Maru:Jwt:ClockSkew=00:00:05");
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        time.Advance(TimeSpan.FromSeconds(62));
        await ann.Http.SendAsync("GET /api/me").ShouldBe(200);
        await using var socket = await StompSocket.ConnectAsync(own.Address, ann.AccessToken);
        time.Advance(TimeSpan.FromSeconds(2));
        await ann.Http.SendAsync("GET /api/me").ShouldBe(200);
        await socket.SayAndWaitAsync(room.Id, "within the clocks' tolerance");

        time.Advance(TimeSpan.FromSeconds(1));
        await ann.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.Unauthenticated);
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);
    }

    /// <summary>A clock skew of 5 s; dates are seconds from now.</summary>
    [Theory]
    [InlineData("nbf", 5, true)]
    [InlineData("nbf", 6, false)]
    [InlineData("exp", -4, true)]
    [InlineData("exp", -5, false)]
    [InlineData("iat", 5, true)]
    [InlineData("iat", 6, true)]      // it says when, and forbids nothing: a node's clock may have been set back
    [InlineData("iat", 86_400, true)]
    public async Task Requests_and_connections_judge_the_dates_of_a_token_alike(string claim, int seconds, bool isGood)
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null, "--Maru:Jwt:ClockSkew=00:00:05");
        var ann = await own.SignUpAsync();
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(ann.AccessToken.Split('.')[1]))!.AsObject();
        claims[claim] = time.GetUtcNow().ToUnixTimeSeconds() + seconds;
        var secret = Convert.FromBase64String(await File.ReadAllTextAsync(
            Path.Combine(own.Folder, "keys", "jwt-hs256.key"), TestContext.Current.CancellationToken));
        var token = RawToken.Sign(secret, claims.ToJsonString());

        var request = own.Person(new SignedIn(ann.User, token, "", 0)).Http.SendAsync("GET /api/me");
        if (isGood) await request.ShouldBe(200);
        else await request.ShouldRefuse(Problem.Unauthenticated);
        await using var socket = await StompSocket.OpenAsync(own.Address);
        await socket.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("Authorization", $"Bearer {token}"));
        if (isGood)
        {
            await socket.TakeAsync(frame => frame.Command == "CONNECTED", "CONNECTED");
            await socket.SyncAsync();
        }
        else (await socket.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);
    }

    [Theory]
    [InlineData("sign out")]
    [InlineData("end the session elsewhere")]
    [InlineData("end all others")]
    [InlineData("change the password")]
    [InlineData("reuse a refresh token")]
    public async Task A_session_that_ends_ends_its_sockets_at_once_and_says_so(string how)
    {
        var ann = await server.SignUpAsync();
        var phone = await server.SignInAsync(ann.Handle);
        await using var socket = await StompSocket.ConnectAsync(server.Address, phone.AccessToken);
        await using var general = await StompSocket.ConnectAsync(server.Address, phone.AccessToken, "/ws?x=1");
        await using var hers = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        foreach (var client in (StompSocket[])[socket, general, hers]) await client.SubscribeAsync("/user/queue/events", "events");
        switch (how)
        {
            case "sign out":
                await phone.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
                break;
            case "end the session elsewhere":
                var sessions = (await ann.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items;
                await ann.Http.SendAsync($"DELETE /api/me/sessions/{sessions.Single(session => !session.Current).Id}").ShouldBe(204);
                break;
            case "end all others":
                await ann.Http.SendAsync("DELETE /api/me/sessions").ShouldBe(204);
                break;
            case "change the password":
                await ann.Http.SendAsync("POST /api/me/password", new { oldPassword = Person.Password, newPassword = "something else" })
                    .ShouldBe(204);
                break;
            default:
                var next = await server.Http.SendAsync("POST /api/auth/refresh", new { phone.RefreshToken }).Read<SignedIn>();
                await server.Http.SendAsync("POST /api/auth/refresh", new { next.RefreshToken }).ShouldBe(200);
                await server.Http.SendAsync("POST /api/auth/refresh", new { phone.RefreshToken }).ShouldBe(401);
                break;
        }

        foreach (var client in (StompSocket[])[socket, general])
        {
            await client.EventAsync("session.ended");
            (await client.ErrorAsync())["message"].ShouldBe(Problem.SessionEnded.Slug);
            (await client.Ended.Within("the end")).ShouldBe(new Ending(1008, Problem.SessionEnded.Slug, true));
        }

        await hers.SyncAsync();
        hers.IsEnded.ShouldBeFalse();
    }
}
