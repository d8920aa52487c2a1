using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Hostile;

/// <summary>Each security event is a line: who, from where, what, with which outcome, and nothing secret.</summary>
public sealed class SecurityEventTests : IDisposable
{
    private const string Stranger = "198.51.100.7";

    private readonly LogBook _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Sign_ups_sign_ins_and_guesses_are_told_with_their_address()
    {
        await using var server = await StartAsync();
        await SendAsync(server, "signup", new { handle = "ann", name = "Ann", password = Person.Password, email = "ann@example.org" })
            .Read<SignedIn>(201);
        ShouldHave("Information", "sign-up success", "SubjectId=1", $"Address={Stranger}", "Request=POST /api/auth/signup 201");
        await SendAsync(server, "signup", new { handle = "ann", name = "Ann", password = Person.Password }).ShouldBe(409);
        ShouldHave("Warning", "sign-up failure", "Request=POST /api/auth/signup 409");

        await SendAsync(server, "login", new { handle = "ann@example.org", password = Person.Password }).ShouldBe(200);
        ShouldHave("Information", "sign-in success", "SubjectId=1", $"Address={Stranger}", "Detail=KnownAddress");
        for (var i = 0; i < 20; i++) await LogInAsync(server, "203.0.113.9").ShouldRefuse(Problem.WrongCredentials);
        ShouldHave("Warning", "sign-in failure", "SubjectId=1", "Address=203.0.113.9", "Detail=Stranger").ShouldBe(20);
        await LogInAsync(server, "203.0.113.9").ShouldRefuse(Problem.RateLimited);
        ShouldHave("Warning", "sign-in limited", "SubjectId=1", "Address=203.0.113.9", "Detail=attempt");
        await LogInAsync(server, "203.0.113.9", "a-secret-typed-into-the-wrong-field").ShouldRefuse(Problem.WrongCredentials);
        ShouldHave("Warning", "sign-in failure", "SubjectId= ", "Address=203.0.113.9");

        var all = string.Join('\n', _log.Lines);
        foreach (var secret in (string[])[Person.Password, "wrong-password", "ann@example.org", "a-secret-typed", "Ann"])
            all.ShouldNotContain(secret, Case.Sensitive);
    }

    [Fact]
    public async Task What_happens_to_a_session_is_told()
    {
        await using var server = await StartAsync();
        var ann = await server.SignUpAsync();
        var phone = await server.SignInAsync(ann.Handle);
        var next = await server.Http.SendAsync("POST /api/auth/refresh", new { phone.RefreshToken }).Read<SignedIn>();
        ShouldHave("Information", "refresh success", $"SubjectId={ann.Id}");
        await server.Http.SendAsync("POST /api/auth/refresh", new { next.RefreshToken }).ShouldBe(200);
        await server.Http.SendAsync("POST /api/auth/refresh", new { phone.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
        ShouldHave("Warning", "refresh reused", $"SubjectId={ann.Id}", "Address=127.0.0.1");
        ShouldHave("Information", "session-end success", $"SubjectId={ann.Id}", "Detail=token-reused");
        await phone.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        ShouldHave("Warning", "access-token session-ended", $"SubjectId={ann.Id}", "Address=127.0.0.1");

        var wrong = new { oldPassword = "wrong-password", newPassword = "another horse" };
        await ann.Http.SendAsync("POST /api/me/password", wrong).ShouldRefuse(Problem.Invalid);
        ShouldHave("Warning", "password-change failure", $"UserId={ann.Id}", "Detail=wrong password");
        await ann.Http.SendAsync("POST /api/me/password", wrong with { oldPassword = Person.Password }).ShouldBe(204);
        ShouldHave("Information", "password-change success", $"UserId={ann.Id}");
        await (await server.SignInAsync(ann.Handle, "another horse")).Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        ShouldHave("Information", "sign-out success", $"UserId={ann.Id}");
        await ann.Http.SendAsync("DELETE /api/me", new { password = "another horse" }).ShouldBe(204);
        ShouldHave("Information", "account-deletion success", $"UserId={ann.Id}");
        ShouldHave("Information", "session-end success", "Detail=account-deleted");
    }

    [Fact]
    public async Task What_happens_to_members_and_rooms_is_told()
    {
        await using var server = await StartAsync();
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync(members: bob.Id);
        await bob.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ann.Id}").ShouldRefuse(Problem.Forbidden);
        ShouldHave("Warning", "member-removal denied", $"UserId={bob.Id}", $"SubjectId={ann.Id}", $"RoomId={room.Id}");
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{bob.Id}", new { role = "admin" }).ShouldBe(204);
        ShouldHave("Information", "role-change success", $"UserId={ann.Id}", $"SubjectId={bob.Id}", "Detail=admin");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{bob.Id}?ban=true").ShouldBe(204);
        ShouldHave("Information", "member-removal success", $"UserId={ann.Id}", $"SubjectId={bob.Id}", "Detail=ban");
        await bob.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.Banned);
        ShouldHave("Warning", "authorization denied", $"UserId={bob.Id}", $"RoomId={room.Id}", "/join 403");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/bans/{bob.Id}").ShouldBe(204);
        ShouldHave("Information", "ban-lift success", $"SubjectId={bob.Id}");
        var link = await ann.InviteAsync(room);
        ShouldHave("Information", "invitation success", $"UserId={ann.Id}", $"RoomId={room.Id}");
        await bob.AcceptAsync(link).ShouldBe(200);
        await ann.Http.SendAsync($"DELETE /api/invitations/{link.Code}").ShouldBe(204);
        ShouldHave("Information", "invitation-end success", $"UserId={ann.Id}", "DELETE /api/invitations/{code}/ 204");
        await ann.PromoteAsync(room, bob);
        await bob.Http.SendAsync($"POST /api/rooms/{room.Id}/owner").ShouldRefuse(Problem.OwnerPresent);
        ShouldHave("Warning", "role-change failure", $"UserId={bob.Id}", $"SubjectId={bob.Id}", $"RoomId={room.Id}", "Detail=owner gone");
        await ann.BanAsync(room, bob).ShouldBe(204);
        ShouldHave("Information", "member-removal success", $"SubjectId={bob.Id}", "Detail=ban", "Request=PUT ");
        _log.Lines.ShouldNotContain(line => line.Contains(link.Code, StringComparison.Ordinal));
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204);
        ShouldHave("Information", "room-deletion success", $"UserId={ann.Id}", $"RoomId={room.Id}");
    }

    [Fact]
    public async Task A_flood_is_counted_whole_and_written_in_part_and_hides_nothing_else()
    {
        var (time, counted) = (new ManualTime(), 0L);
        await using var server = await StartAsync(time);
        using var meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "maru.security.events") listener.EnableMeasurementEvents(instrument);
            },
        };
        meter.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (tags.Contains(new("outcome", "forged"))) Interlocked.Add(ref counted, count);
        });
        meter.Start();
        var eve = server.Person(new SignedIn(new User(1, "eve", "Eve"), "a.forged.token", "", 0));
        for (var i = 0; i < 120; i++) await eve.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.Unauthenticated);
        await using (var socket = await StompSocket.OpenAsync(server.Address))
        {
            await socket.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("Authorization", "Bearer a.forged.token"));
            (await socket.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);
        }

        Interlocked.Read(ref counted).ShouldBeGreaterThanOrEqualTo(121);     // servers of other tests count too
        ShouldHave("Warning", "access-token forged", "Address=127.0.0.1").ShouldBe(50);
        var ann = await server.SignUpAsync();
        ShouldHave("Information", "sign-up success", $"SubjectId={ann.Id}");
        time.Advance(TimeSpan.FromSeconds(10));
        ShouldHave("Warning", "71 more events access-token forged within ten seconds").ShouldBe(1);
        await eve.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.Unauthenticated);
        ShouldHave("Warning", "access-token forged", "Address=127.0.0.1").ShouldBe(51);
    }

    [Theory]
    [InlineData("")]
    [InlineData("198.51.100.7")]
    public async Task A_socket_with_a_bad_token_is_told_with_its_address_also_behind_a_proxy(string client)
    {
        await using var server = await StartAsync();
        var ann = await server.SignUpAsync();
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        var header = client is "" ? null : $"X-Forwarded-For: {client}";
        foreach (var token in (string[])["a.forged.token", ann.AccessToken])
        {
            await using var socket = await StompSocket.OpenAsync(server.Address, header: header);
            await socket.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("Authorization", $"Bearer {token}"));
            await socket.ErrorAsync();
        }

        var address = $"Address={(client is "" ? "127.0.0.1" : client)}";
        ShouldHave("Warning", "access-token forged", address).ShouldBe(1);
        ShouldHave("Warning", "access-token session-ended", $"SubjectId={ann.Id}", address).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_usual_is_no_event()
    {
        var time = new ManualTime();
        await using var server = await StartAsync(time);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room);
        await ann.Http.SendAsync("GET /api/rooms/4711").ShouldRefuse(Problem.NotFound);
        await server.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.Unauthenticated);
        time.Sleep(TimeSpan.FromHours(1));
        await ann.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.Unauthenticated);       // it expired
        Lines().ShouldHaveSingleItem().ShouldContain("sign-up success");
    }

    /// <summary>Returns how many such lines there are; at least one.</summary>
    private int ShouldHave(string level, params string[] parts)
    {
        var found = Lines().Count(line =>
            line.StartsWith($"{level} ", StringComparison.Ordinal) && parts.All(part => line.Contains(part, StringComparison.Ordinal)));
        found.ShouldBeGreaterThan(0, $"{string.Join(" … ", parts)}, in\n{string.Join('\n', Lines())}");
        return found;
    }

    private string[] Lines() => [.. _log.Lines.Where(line => line.Contains(" Maru.Security: ", StringComparison.Ordinal))];

    private Task<MaruServer> StartAsync(ManualTime? time = null) => MaruServer.StartAsync(
        time,
        services => services.AddSingleton<ILoggerProvider>(_log),
        "--Logging:LogLevel:Maru.Security=Information",
        "--Maru:RateLimits:Enabled=true",
        "--Maru:RateLimits:SignInBurst=1000",
        "--Maru:RateLimits:AddressBurst=1000",
        "--Maru:Limits:Proxies=127.0.0.1");

    private static Task<HttpResponseMessage> LogInAsync(MaruServer server, string address, string handle = "ann") =>
        SendAsync(server, "login", new { handle, password = "wrong-password" }, address);

    private static Task<HttpResponseMessage> SendAsync(MaruServer server, string path, object body, string address = Stranger)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/auth/{path}") { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Forwarded-For", address);
        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
