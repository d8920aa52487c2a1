using System.Net;
using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Hostile;

/// <summary>A room's password holds against changes of roles at the same moment, and against many who guess.</summary>
public sealed class RoomPasswordTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const int Rounds = 30;

    /// <summary>
    /// A member sets a password just as they become admin, or cease to be one: either it is set, or it is refused and the old one stays.
    /// </summary>
    [Theory]
    [InlineData("member", "admin")]
    [InlineData("admin", "member")]
    public async Task A_password_set_while_ones_role_changes_is_set_or_refused(string from, string to)
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        for (var round = 0; round < Rounds; round++)
        {
            var room = await ann.MakeRoomAsync("room", "public", "before", ben.Id);
            await GiveRoleAsync(from);
            var role = GiveRoleAsync(to);
            var change = ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = "behind" });
            await role;
            var answer = await change;

            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Forbidden);
            (await ann.SeeAsync(room)).HasPassword.ShouldBeTrue($"round {round}: {(int)answer.StatusCode}");
            var (right, wrong) = answer.IsSuccessStatusCode ? ("behind", "before") : ("before", "behind");
            var cat = await server.SignUpAsync("cat");
            await JoinAsync(cat, room, wrong).ShouldRefuse(Problem.WrongRoomPassword);
            await JoinAsync(cat, room, right).ShouldBe(204);

            Task GiveRoleAsync(string name) =>
                ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = name }).ShouldBe(204);
        }
    }

    [Fact]
    public async Task Many_who_guess_together_have_a_limit_and_those_who_are_in_notice_nothing()
    {
        await using var strict = await MaruServer.StartAsync("--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:AttemptsPerRoom=3");
        var (ann, ben) = (await strict.SignUpAsync("ann"), await strict.SignUpAsync("ben"));
        var (room, other) = (await ann.MakeRoomAsync("one", "public", "secret"), await ann.MakeRoomAsync("two", "public", "secret"));
        for (var i = 0; i < 4; i++) await JoinAsync(await strict.SignUpAsync("friend"), room, "secret").ShouldBe(204);   // right: free
        await JoinAsync(ben, room, "secret").ShouldBe(204);
        for (var i = 0; i < 3; i++)
            await JoinAsync(await strict.SignUpAsync("thief"), room, $"guess {i}").ShouldRefuse(Problem.WrongRoomPassword);

        var last = await strict.SignUpAsync("thief");
        await JoinAsync(last, room, "secret").ShouldRefuse(Problem.RateLimited);
        await JoinAsync(last, other, "secret").ShouldBe(204);
        await JoinAsync(ben, room, "whatever").ShouldBe(204);      // is in
        await ben.SayAsync(room);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = "another" }).ShouldBe(200);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { last.Id } }).ShouldBe(204);
    }

    [Fact]
    public async Task A_password_that_is_guessed_at_once_is_not_taken()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync("room", "public", "1234");
        (await ann.Http.SendAsync("POST /api/rooms", new { name = "room", visibility = "public", password = "123" }).ShouldRefuseFields())
            .ShouldBe(["password"]);
        (await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = "x" }).ShouldRefuseFields()).ShouldBe(["password"]);
        (await ann.SeeAsync(room)).HasPassword.ShouldBeTrue();
    }

    private static Task<HttpResponseMessage> JoinAsync(Person person, Room room, string password) =>
        person.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password });
}
