using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Reactions;

/// <summary>Reactions in the room's log, and in the messages that it tells.</summary>
public sealed class ReactionEventTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Members_hear_what_changed_and_how_many_there_are_now()
    {
        var (ann, ben, room, said) = await TalkAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await ann.ReactAsync(room, said, "👍🏽");
        await ben.ReactAsync(room, said, "👍🏽");
        await ann.TakeBackAsync(room, said, "👍🏽");
        await ben.TakeBackAsync(room, said, "👍🏽");
        (long User, int Count, bool Added)[] changes = [(ann.Id, 1, true), (ben.Id, 2, true), (ann.Id, 1, false), (ben.Id, 0, false)];
        for (var i = 0; i < changes.Length; i++)
        {
            var heard = await socket.EventAsync("reaction.changed");
            heard.Seq.ShouldBe(said + 1 + i);
            string.Join(' ', heard.Json.EnumerateObject().Select(x => $"{x.Name}:{x.Value}")).ShouldBe(
                $"type:reaction.changed roomId:{room.Id} seq:{said + 1 + i} target:{said} "
                    + $"emoji:👍🏽 count:{changes[i].Count} userId:{changes[i].User} added:{changes[i].Added}");
        }
    }

    [Fact]
    public async Task A_message_in_an_event_has_its_reactions_and_does_not_say_whose_they_are()
    {
        var (ann, ben, room, said) = await TalkAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await ann.ReactAsync(room, said, "👍");
        await ben.ReactAsync(room, said, "👍");
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said}", new { text = "hi" }).ShouldBe(200);
        ReactionsOf(await socket.EventAsync("message.edited")).ShouldBe("emoji:👍 count:2");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said}").ShouldBe(204);
        ReactionsOf(await socket.EventAsync("message.deleted")).ShouldBe("");
    }

    [Fact]
    public async Task A_reaction_does_not_make_the_node_read_its_message_again()
    {
        var (ann, ben, room, _) = await TalkAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        var said = (await ann.SayAsync(room)).Seq;
        await ben.ReactAsync(room, said, "👍");
        await socket.EventAsync("reaction.changed");

        // In memory the message is as it came, and the reaction follows; the store would show both.
        await socket.SubscribeAsync($"/topic/rooms/{room.Id}", "again", after: said - 1);
        var message = await socket.TakeAsync(frame => frame["subscription"] == "again", "the message");
        (message.Seq, ReactionsOf(message)).ShouldBe((said, ""));
        (await socket.TakeAsync(frame => frame["subscription"] == "again", "the reaction")).Type.ShouldBe("reaction.changed");
    }

    private static string ReactionsOf(Frame frame) => string.Join(
        ", ",
        frame.Json.GetProperty("message").GetProperty("reactions").EnumerateArray()
            .Select(reaction => string.Join(' ', reaction.EnumerateObject().Select(x => $"{x.Name}:{x.Value}"))));

    private async Task<(Person Ann, Person Ben, Room Room, long Said)> TalkAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        return (ann, ben, room, (await ann.SayAsync(room)).Seq);
    }
}
