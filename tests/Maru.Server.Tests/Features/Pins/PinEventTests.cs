using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Pins;

/// <summary>Pins in the room's log, on sockets and on streams.</summary>
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

    private async Task<(Person Ann, Person Ben, Room Room, long Said)> TalkAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        return (ann, ben, room, (await ann.SayAsync(room)).Seq);
    }
}
