using System.Net.Http.Json;
using System.Text.Json;
using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Features.Rooms;

public sealed class RoomPasswordTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Who_joins_must_know_it()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", "secret");
        room.HasPassword.ShouldBeTrue();
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.WrongRoomPassword);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { }).ShouldRefuse(Problem.WrongRoomPassword);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "Secret" }).ShouldRefuse(Problem.WrongRoomPassword);
        await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/messages").ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "secret" }).ShouldBe(204);
        await ben.JoinAsync(room);
        (await ben.RoleAsync(room)).ShouldBe("member");
    }

    [Fact]
    public async Task It_can_be_changed_and_taken_away_and_what_is_absent_stays()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "public", "secret");
        (await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "other" }).Read<Room>()).HasPassword.ShouldBeTrue();
        (await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = "new one" }).Read<Room>()).HasPassword.ShouldBeTrue();
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "secret" }).ShouldRefuse(Problem.WrongRoomPassword);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "new one" }).ShouldBe(204);
        (await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = (string?)null }).Read<Room>())
            .HasPassword.ShouldBeFalse();
        await cat.JoinAsync(room);
    }

    [Fact]
    public async Task It_is_kept_as_a_hash_and_never_shown()
    {
        var ann = await server.SignUpAsync();
        var made = await ann.Http.SendAsync("POST /api/rooms", new { name = "room", visibility = "public", password = "open sesame" })
            .ShouldBe(201);
        var list = await ann.Http.SendAsync("GET /api/me/rooms").ShouldBe(200);
        made.ShouldNotContain("sesame");
        list.ShouldNotContain("sesame");
        var hashes = await server.Service<Database>().ListAsync<string>(
            "SELECT password_hash FROM rooms WHERE password_hash IS NOT NULL", null, TestContext.Current.CancellationToken);
        hashes.ShouldAllBe(hash => hash.Length > 60 && !hash.Contains("sesame"));
        (made + list).ShouldNotContain(hashes[^1]);
    }

    [Fact]
    public async Task Guessing_is_slowed_down()
    {
        await using var strict = await MaruServer.StartAsync("--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:AttemptsPerAccount=3");
        var (ann, ben) = (await strict.SignUpAsync("ann"), await strict.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", "secret");
        for (var i = 0; i < 3; i++)
            await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = $"{i}" }).ShouldRefuse(Problem.WrongRoomPassword);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "secret" }).ShouldRefuse(Problem.RateLimited);
    }

    [Fact]
    public async Task A_flood_of_one_user_is_refused_and_another_signs_in()
    {
        await using var strict = await MaruServer.StartAsync("--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:RoomPasswordsPerUser=4");
        var (ann, ben) = (await strict.SignUpAsync("ann"), await strict.SignUpAsync("ben"));
        var open = await ann.MakeRoomAsync();
        var flood = Enumerable.Range(0, 100)
            .Select(_ => ann.Http.SendAsync("POST /api/rooms", new { name = "room", visibility = "public", password = "secret" }))
            .ToArray();
        await strict.SignInAsync(ben.Handle);
        var answers = await Task.WhenAll(flood);
        answers.CountBy(answer => (int)answer.StatusCode).ShouldBe([new(201, 4), new(429, 96)], ignoreOrder: true);
        answers.Where(answer => (int)answer.StatusCode == 429)
            .ShouldAllBe(answer => answer.Headers.RetryAfter!.Delta > TimeSpan.FromSeconds(1));

        var room = await answers.First(answer => answer.IsSuccessStatusCode)
            .Content.ReadFromJsonAsync<Room>(TestContext.Current.CancellationToken);
        await ann.Http.SendAsync($"PATCH /api/rooms/{open.Id}", new { password = "other" }).ShouldRefuse(Problem.RateLimited);
        await ann.Http.SendAsync($"PATCH /api/rooms/{open.Id}", new { name = "other" }).ShouldBe(200);
        await ben.Http.SendAsync($"POST /api/rooms/{room!.Id}/join", new { password = "secret" }).ShouldBe(204);
        var bens = await ben.MakeRoomAsync(password: "secret");
        await ann.Http.SendAsync($"POST /api/rooms/{bens.Id}/join", new { password = "secret" }).ShouldRefuse(Problem.RateLimited);
    }

    [Theory]
    [InlineData("POST /api/rooms", 201, """{"name":"room","visibility":"public","password":"secret"}""")]
    [InlineData("POST /api/me/password", 400, """{"oldPassword":"wrong","newPassword":"battery staple"}""")]
    [InlineData("DELETE /api/me", 400, """{"password":"wrong"}""")]
    public async Task One_user_has_one_password_hashed_at_a_time(string request, int status, string body)
    {
        await using var slow = await MaruServer.StartAsync("--Maru:Passwords:Workers=1", "--Maru:Passwords:Iterations=100000");
        var (ann, ben) = (await slow.SignUpAsync("ann"), await slow.SignUpAsync("ben"));
        var flood = Enumerable.Range(0, 8).Select(_ => ann.Http.SendAsync(request, JsonElement.Parse(body)).ShouldBe(status)).ToArray();
        await Task.WhenAny(flood);
        await slow.SignInAsync(ben.Handle);
        flood.Count(answer => answer.IsCompleted).ShouldBeLessThan(5);
        await Task.WhenAll(flood);
    }
}
