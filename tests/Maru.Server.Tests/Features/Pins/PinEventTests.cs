using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Pins;

/// <summary>Pins in the room's log: live, on resume, from memory and from the store, on sockets and on streams.</summary>
public sealed class PinEventTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Members_hear_each_change_in_its_place_on_sockets_and_streams()
    {
        var (ann, ben, room, said) = await TalkAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await socket.SubscribeAsync(room.Id);
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ben.AccessToken, lastId: said);
        await ann.PinAsync(room, said);
        await ann.PinAsync(room, said);
        await ann.SayAsync(room);
        await ann.UnpinAsync(room, said);
        await ann.PinAsync(room, said);
        await ann.DeleteAsync(room, said);
        await ann.SayAsync(room);
        string[] types = ["pin.changed", "message.created", "pin.changed", "pin.changed", "message.deleted", "message.created"];
        for (var i = 0; i < types.Length; i++)
        {
            var heard = await socket.EntryAsync();
            (heard.Seq, heard.Type).ShouldBe((said + 1 + i, types[i]));
            var (id, type, json) = await stream.NextAsync();
            (id, type, json.GetRawText()).ShouldBe((heard.Seq, heard.Type, heard.Text));
            if (type != "pin.changed") continue;
            string.Join(' ', json.EnumerateObject().Select(x => $"{x.Name}:{x.Value}")).ShouldBe(
                $"type:pin.changed roomId:{room.Id} seq:{said + 1 + i} target:{said} pinned:{i != 2} userId:{ann.Id}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_comes_back_is_told_the_same_as_those_who_were_there(bool isLoaded)
    {
        var (ann, ben, room, said) = await TalkAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await ann.PinAsync(room, said);
        await ann.UnpinAsync(room, said);
        await ann.PinAsync(room, said);
        List<string> live = [];
        for (var i = 0; i < 3; i++) live.Add((await socket.EventAsync("pin.changed")).Text);
        if (!isLoaded) await socket.DisposeAsync();     // the node forgets the room, and reads the store

        await using var back = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await back.SubscribeAsync(room.Id, after: said);
        List<string> again = [];
        for (var i = 0; i < 3; i++) again.Add((await back.EventAsync("pin.changed")).Text);
        again.ShouldBe(live);
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ben.AccessToken, lastId: said + 1);
        for (var i = 1; i < 3; i++)
        {
            var (id, type, json) = await stream.NextAsync();
            (id, type, json.GetRawText()).ShouldBe((said + 1 + i, "pin.changed", live[i]));
        }
    }

    private async Task<(Person Ann, Person Ben, Room Room, long Said)> TalkAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        return (ann, ben, room, (await ann.SayAsync(room)).Seq);
    }
}
