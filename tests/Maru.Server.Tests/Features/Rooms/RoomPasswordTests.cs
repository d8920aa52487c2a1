using Maru.Engine;
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
        (await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = (string?)null }).Read<Room>()).HasPassword.ShouldBeFalse();
        await cat.JoinAsync(room);
    }

    [Fact]
    public async Task It_is_kept_as_a_hash_and_never_shown()
    {
        var ann = await server.SignUpAsync();
        var made = await ann.Http.SendAsync("POST /api/rooms", new { name = "room", visibility = "public", password = "open sesame" }).ShouldBe(201);
        var list = await ann.Http.SendAsync("GET /api/me/rooms").ShouldBe(200);
        made.ShouldNotContain("sesame");
        list.ShouldNotContain("sesame");
        var hashes = await server.Service<Database>().ListAsync<string>("SELECT password_hash FROM rooms WHERE password_hash IS NOT NULL", null, TestContext.Current.CancellationToken);
        hashes.ShouldAllBe(hash => hash.Length > 60 && !hash.Contains("sesame"));
        (made + list).ShouldNotContain(hashes[^1]);
    }

    [Fact]
    public async Task Guessing_is_slowed_down()
    {
        await using var strict = await MaruServer.StartAsync("--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:AttemptsPerAccount=3");
        var (ann, ben) = (await strict.SignUpAsync("ann"), await strict.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", "secret");
        for (var i = 0; i < 3; i++) await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = $"{i}" }).ShouldRefuse(Problem.WrongRoomPassword);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "secret" }).ShouldRefuse(Problem.RateLimited);
    }
}
