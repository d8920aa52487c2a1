using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Polls;
using Maru.Server.Tests.Features.Reactions;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Messages;

/// <summary>What happens to a message is told again on resume: from memory and from the store, on sockets and on streams.</summary>
public sealed class ComeBackTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("pin.changed", 3, true)]
    [InlineData("pin.changed", 3, false)]
    [InlineData("reaction.changed", 4, true)]
    [InlineData("reaction.changed", 4, false)]
    [InlineData("poll.changed", 3, true)]
    [InlineData("poll.changed", 3, false)]
    public async Task A_client_that_comes_back_is_told_the_same_as_those_who_were_there(string type, int changes, bool isLoaded)
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        var said = (type == "poll.changed" ? await ann.PollAsync(room) : await ann.SayAsync(room)).Seq;
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await ChangeAsync(type, ann, ben, room, said);
        List<string> live = [];
        for (var i = 0; i < changes; i++) live.Add((await socket.EventAsync(type)).Text);
        if (!isLoaded) await socket.DisposeAsync();     // the node forgets the room, and reads the store

        await using var back = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await back.SubscribeAsync(room.Id, after: said - 1);
        (await back.EntryAsync()).Text.ShouldNotContain("mine");
        List<string> again = [];
        for (var i = 0; i < changes; i++) again.Add((await back.EventAsync(type)).Text);
        again.ShouldBe(live);
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ben.AccessToken, lastId: said + 1);
        for (var i = 1; i < changes; i++)
        {
            var (id, name, json) = await stream.NextAsync();
            (id, name, json.GetRawText()).ShouldBe((said + 1 + i, type, live[i]));
        }
    }

    private static async Task ChangeAsync(string type, Person ann, Person ben, Room room, long said)
    {
        if (type == "pin.changed")
        {
            await ann.PinAsync(room, said);
            await ann.UnpinAsync(room, said);
            await ann.PinAsync(room, said);
        }
        else if (type == "reaction.changed")
        {
            await ann.ReactAsync(room, said, "👍");
            await ben.ReactAsync(room, said, "❤");
            await ben.ReactAsync(room, said, "👍");
            await ann.TakeBackAsync(room, said, "👍");
        }
        else
        {
            await ben.VoteAsync(room, said, 1);
            await ann.VoteAsync(room, said, 1);
            await ben.VoteAsync(room, said, 2);
        }
    }
}
