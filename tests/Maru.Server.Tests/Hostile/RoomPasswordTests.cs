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

    private static Task<HttpResponseMessage> JoinAsync(Person person, Room room, string password) =>
        person.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password });
}
