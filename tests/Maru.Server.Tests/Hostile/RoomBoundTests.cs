using System.Net;
using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Hostile;

/// <summary>One person has so many rooms and brings so many people together; who reaches a bound is refused, and nobody else.</summary>
public sealed class RoomBoundTests
{
    [Fact]
    public async Task Rooms_that_one_person_makes_at_the_same_moment_stay_within_the_bound()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Rooms:RoomsPerUser=4");
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var open = await ben.MakeRoomAsync("open");
        var flood = Enumerable.Range(0, 20)
            .Select(i => ann.Http.SendAsync("POST /api/rooms", new { name = $"room {i}", visibility = "public" })).ToArray();
        var answers = await Task.WhenAll(flood);
        answers.CountBy(x => x.StatusCode).ShouldBe([new(HttpStatusCode.Created, 4), new(HttpStatusCode.Conflict, 16)], ignoreOrder: true);
        await ann.Http.SendAsync($"POST /api/rooms/{open.Id}/join").ShouldRefuse(Problem.TooManyRooms);
        (await ann.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items.Count.ShouldBe(4);

        var mine = (await ann.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items[0];
        await ann.Http.SendAsync($"DELETE /api/rooms/{mine.Id}").ShouldBe(204);
        await ann.JoinAsync(open);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Rooms_that_one_person_joins_at_the_same_moment_stay_within_the_bound()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Rooms:RoomsPerUser=8", "--Maru:Postgres:CommitLoops=4");
        var makers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => server.SignUpAsync($"maker{i}")));
        var rooms = await Task.WhenAll(makers.SelectMany(maker => Enumerable.Range(0, 6).Select(_ => maker.MakeRoomAsync())));
        var ann = await server.SignUpAsync("ann");
        var answers = await Task.WhenAll(rooms.Select(room => ann.Http.SendAsync($"POST /api/rooms/{room.Id}/join")));
        answers.CountBy(x => x.StatusCode)
            .ShouldBe([new(HttpStatusCode.NoContent, 8), new(HttpStatusCode.Conflict, 40)], ignoreOrder: true);
        (await ann.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items.Count.ShouldBe(8);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Others_bring_a_person_into_half_of_the_rooms_at_most_and_the_rest_is_the_persons_own()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Rooms:RoomsPerUser=4");
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        await ann.MakeRoomAsync("one", "private", null, ben.Id);
        var two = await ann.MakeRoomAsync("two");
        await ann.Http.SendAsync($"POST /api/rooms/{two.Id}/members", new { userIds = new[] { ben.Id } }).ShouldBe(204);

        await cat.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).ShouldRefuse(Problem.TooManyRooms);
        await ann.Http.SendAsync("POST /api/rooms", new { name = "three", visibility = "private", members = new[] { ben.Id } })
            .ShouldRefuse(Problem.TooManyRooms);
        var three = await ann.MakeRoomAsync("three");
        await ann.Http.SendAsync($"POST /api/rooms/{three.Id}/members", new { userIds = new[] { cat.Id, ben.Id } })
            .ShouldRefuse(Problem.TooManyRooms);
        (await ann.MembersAsync(three)).Select(x => x.Id).ShouldBe([ann.Id]);      // all or nobody

        await ben.JoinAsync(three);
        await ben.MakeRoomAsync("four");
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_room_has_as_many_members_as_it_may_and_those_who_are_in_stay()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Rooms:MembersPerRoom=2");
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync();
        await ben.JoinAsync(room);
        await cat.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.RoomFull);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { cat.Id } }).ShouldRefuse(Problem.RoomFull);
        await ann.Http.SendAsync("POST /api/rooms", new { name = "x", visibility = "public", members = new[] { ben.Id, cat.Id } })
            .ShouldRefuse(Problem.RoomFull);
        await ben.JoinAsync(room);
        (await ann.SeeAsync(room)).MemberCount.ShouldBe(2);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await cat.JoinAsync(room);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_person_who_makes_rooms_or_brings_people_in_without_end_is_slowed_down_and_nobody_else_is()
    {
        await using var server = await MaruServer.StartAsync(
            new ManualTime(), null, "--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:RoomsPerHour=3",
            "--Maru:RateLimits:InvitationsPerHour=500");
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var direct = new { userId = ben.Id };
        await ann.Http.SendAsync("POST /api/rooms/direct", direct).ShouldBe(201);
        for (var i = 0; i < 2; i++) await ann.MakeRoomAsync();
        await ann.Http.SendAsync("POST /api/rooms", new { name = "x", visibility = "public" }).ShouldRefuse(Problem.RateLimited);
        await ann.Http.SendAsync("POST /api/rooms/direct", direct).ShouldBe(200);      // is there already

        var room = await ben.MakeRoomAsync("room", "private");
        long[] users = [.. Enumerable.Range(1, 100).Select(i => 1_000_000L + i)];
        for (var i = 0; i < 5; i++)
            await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = users }).ShouldRefuseFields();
        var late = ben.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { ann.Id } });
        await late.ShouldRefuse(Problem.RateLimited);
        await ann.JoinAsync(await ben.MakeRoomAsync());
    }
}
