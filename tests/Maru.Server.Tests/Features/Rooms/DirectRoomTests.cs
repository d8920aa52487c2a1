using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Features.Rooms;

public sealed class DirectRoomTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_race_of_twenty_makes_one_room()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var answer = await (i % 2 == 0 ? ann : ben)
                .Http.SendAsync("POST /api/rooms/direct", new { userId = (i % 2 == 0 ? ben : ann).Id });
            return ((int)answer.StatusCode, (await Task.FromResult(answer).Read<Room>((int)answer.StatusCode)).Id);
        }));
        answers.Select(x => x.Id).Distinct().Count().ShouldBe(1);
        answers.Count(x => x.Item1 == 201).ShouldBe(1);
        answers.Count(x => x.Item1 == 200).ShouldBe(19);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Each_sees_it_under_the_other_ones_name()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        room.ShouldBe(new Room(room.Id, "direct", ben.User.Name, "", "private", false, 2, 0, "all", "member"));
        (await ben.SeeAsync(room)).Name.ShouldBe(ann.User.Name);
        (await ben.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items
            .ShouldBe([room with { Name = ann.User.Name, ReadSeq = 0, Unread = 0, Mentions = 0 }]);
    }

    [Fact]
    public async Task Not_with_oneself_and_not_with_nobody()
    {
        var ann = await server.SignUpAsync();
        foreach (var userId in new long?[] { ann.Id, 987654321, null })
            (await ann.Http.SendAsync("POST /api/rooms/direct", new { userId }).ShouldRefuseFields()).ShouldBe(["userId"]);
    }

    [Fact]
    public async Task Nobody_comes_goes_or_changes_it()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldRefuse(Problem.DirectRoom);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "x" }).ShouldRefuse(Problem.DirectRoom);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldRefuse(Problem.DirectRoom);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { cat.Id } }).ShouldRefuse(Problem.DirectRoom);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}").ShouldRefuse(Problem.DirectRoom);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "admin" }).ShouldRefuse(Problem.DirectRoom);
        await cat.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.NotFound);
        (await ann.MembersAsync(room)).Count.ShouldBe(2);
    }
}
