using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Reactions;

/// <summary>Many people who react to one message at the same moment.</summary>
public sealed class ReactionRaceTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const int People = 50;

    [Fact]
    public async Task Fifty_people_with_one_emoji_are_fifty_and_every_count_on_the_way_is_told_once()
    {
        var (people, room, said) = await CrowdAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, people[0].AccessToken);
        await socket.SubscribeAsync(room.Id);
        await Task.WhenAll(people.Select(person => person.ReactAsync(room, said, "👍")));
        (await people[0].SeeReactionsAsync(room, said)).ShouldBe($"👍 {People} mine");
        for (var i = 1; i <= People; i++) (await socket.EventAsync("reaction.changed")).Json.GetProperty("count").GetInt32().ShouldBe(i);
        var listed = (await people[0].ReactionsAsync(room, said, "limit=200")).Items.Select(x => x.User.Id);
        listed.ShouldBe(people.Select(x => x.Id), ignoreOrder: true);

        // Half of them change their minds, each twice at once, while the others repeat theirs.
        await Task.WhenAll(people.SelectMany((person, i) => i % 2 == 0
            ? new[] { person.TakeBackAsync(room, said, "👍"), person.TakeBackAsync(room, said, "👍") }
            : [person.ReactAsync(room, said, "👍"), person.ReactAsync(room, said, "👍")]));
        (await people[0].SeeReactionsAsync(room, said)).ShouldBe($"👍 {People / 2}");
        for (var i = People - 1; i >= People / 2; i--)
            (await socket.EventAsync("reaction.changed")).Json.GetProperty("count").GetInt32().ShouldBe(i);
        await server.ShouldCountReactionsAsync();
    }

    [Fact]
    public async Task The_bound_on_kinds_holds_however_many_come_at_once()
    {
        var (people, room, said) = await CrowdAsync();
        var statuses = await Task.WhenAll(people.Select(async (person, i) =>
        {
            var emoji = char.ConvertFromUtf32(0x1F600 + i);
            using var response = await person.Http.SendAsync($"PUT {Reacting.Address(room, said, emoji)}");
            return (int)response.StatusCode;
        }));
        statuses.Count(x => x == 204).ShouldBe(20);
        statuses.Count(x => x == Problem.TooManyEmoji.Status).ShouldBe(People - 20);
        (await people[0].ReactionsAsync(room, said, "limit=200")).Items.Count.ShouldBe(20);
        await server.ShouldCountReactionsAsync();
    }

    private async Task<(Person[] People, Room Room, long Said)> CrowdAsync()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, People).Select(_ => server.SignUpAsync()));
        var room = await people[0].MakeRoomAsync(members: [.. people[1..].Select(x => x.Id)]);
        return (people, room, (await people[0].SayAsync(room)).Seq);
    }
}
