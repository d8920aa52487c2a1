using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Reactions;

/// <summary>Reactions in the room's log: live, on resume, from memory and from the store, on sockets and on streams.</summary>
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_comes_back_is_told_the_same_as_those_who_were_there(bool isLoaded)
    {
        var (ann, ben, room, said) = await TalkAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await ann.ReactAsync(room, said, "👍");
        await ben.ReactAsync(room, said, "❤");
        await ben.ReactAsync(room, said, "👍");
        await ann.TakeBackAsync(room, said, "👍");
        List<string> live = [];
        for (var i = 0; i < 4; i++) live.Add((await socket.EventAsync("reaction.changed")).Text);
        if (!isLoaded) await socket.DisposeAsync();     // the node forgets the room, and reads the store

        await using var back = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await back.SubscribeAsync(room.Id, after: said);
        List<string> again = [];
        for (var i = 0; i < 4; i++) again.Add((await back.EventAsync("reaction.changed")).Text);
        again.ShouldBe(live);
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ben.AccessToken, lastId: said + 1);
        for (var i = 1; i < 4; i++)
        {
            var (id, type, json) = await stream.NextAsync();
            (id, type, json.GetRawText()).ShouldBe((said + 1 + i, "reaction.changed", live[i]));
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
