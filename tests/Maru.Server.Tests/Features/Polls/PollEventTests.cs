using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Polls;

/// <summary>Polls in the room's log, on sockets and on streams.</summary>
public sealed class PollEventTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Members_hear_the_poll_and_each_change_in_its_place_on_sockets_and_streams()
    {
        var (ann, ben, room) = await TalkAsync();
        var first = (await ann.SayAsync(room)).Seq;
        await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await socket.SubscribeAsync(room.Id);
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ben.AccessToken, lastId: first - 1);
        (await stream.NextAsync()).Id.ShouldBe(first);     // it has begun: what follows is live
        var poll = (await ann.PollAsync(room, multiple: true)).Seq;
        await ben.VoteAsync(room, poll, 3, 1);
        await ben.VoteAsync(room, poll, 1, 3);
        await ann.SayAsync(room);
        await ben.VoteAsync(room, poll);
        await ann.CloseAsync(room, poll);
        await ann.DeleteAsync(room, poll);
        string[] types = ["message.created", "poll.changed", "message.created", "poll.changed", "poll.changed", "message.deleted"];
        List<string> told = [];
        for (var i = 0; i < types.Length; i++)
        {
            var heard = await socket.EntryAsync();
            (heard.Seq, heard.Type).ShouldBe((first + 1 + i, types[i]));
            var (id, type, json) = await stream.NextAsync();
            (id, type, json.GetRawText()).ShouldBe((heard.Seq, heard.Type, heard.Text));
            told.Add(heard.Text);
        }

        told[0].ShouldContain("\"kind\":\"poll\"");
        told[0].ShouldContain("""{"id":3,"text":"dawn","votes":0}],"multiple":true,"anonymous":false,"voters":0}""");
        var start = $$"""{"type":"poll.changed","roomId":{{room.Id}},"seq":""";
        told[1].ShouldBe(
            $$"""{{start}}{{poll + 1}},"target":{{poll}},"options":[{"id":1,"votes":1},{"id":2,"votes":0},{"id":3,"votes":1}],"""
            + "\"voters\":1,\"vote\":"
            + $$$"""{"userId":{{{ben.Id}}},"options":[1,3]}}""");
        told[3].ShouldContain($$"""{"id":3,"votes":0}],"voters":0,"vote":{"userId":{{ben.Id}},"options":[]}""");
        told[4].ShouldContain("\"voters\":0,\"closedAt\":\"");
        told[4].ShouldNotContain("userId");
        told[5].ShouldNotContain("\"poll\":");
    }

    private async Task<(Person Ann, Person Ben, Room Room)> TalkAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
