using System.Text.Json;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

/// <summary>
/// Messages of the past are sent in their present state, whether or not the room is in memory, on sockets and on streams.
/// </summary>
public sealed class ReadAgainTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_that_asks_for_the_past_gets_it_as_it_is_now(bool isLoaded)
    {
        var ann = await server.SignUpAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        var room = await Past.MakeAsync(server, ann, isLoaded ? socket : null);
        var last = (await ann.SeeAsync(room)).LastSeq;
        var events = await socket.ReadAgainAsync(room, "again", last);
        await events.ShouldReadAsItIsAsync(ann, room);
        events.Count(x => x.GetProperty("type").GetString() == "message.edited").ShouldBe(2);
        events.Count(x => x.GetProperty("type").GetString() == "message.deleted").ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_is_resumed_gets_the_past_as_it_is_now(bool isLoaded)
    {
        var ann = await server.SignUpAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        var room = await Past.MakeAsync(server, ann, isLoaded ? socket : null);
        var last = (await ann.SeeAsync(room)).LastSeq;
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ann.AccessToken, lastId: 0);
        List<JsonElement> events = [];
        while (events.Count < last) events.Add((await stream.NextAsync()).Json);
        await events.ShouldReadAsItIsAsync(ann, room);
    }

    [Fact]
    public async Task Each_change_shows_to_whoever_asks_next()
    {
        var ann = await server.SignUpAsync();
        var ben = await server.SignUpAsync("ben");
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        for (var i = 0; i < 20; i++)
        {
            var said = (await ben.SayAsync(room, $"say {i}")).Seq;
            await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said}", new { text = $"edit {i}" }).ShouldBe(200);
            await (await socket.ReadAgainAsync(room, $"edited-{i}", said + 1)).ShouldReadAsItIsAsync(ann, room);
            await ben.Http.SendAsync("PATCH /api/me", new { name = $"Ben {i}" }).ShouldBe(200);
            await (await socket.ReadAgainAsync(room, $"named-{i}", said + 1)).ShouldReadAsItIsAsync(ann, room);
            await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said}").ShouldBe(204);
            await (await socket.ReadAgainAsync(room, $"deleted-{i}", said + 2)).ShouldReadAsItIsAsync(ann, room);
            foreach (var kind in (string[])["edited", "named", "deleted"])
                await socket.SendAsync("UNSUBSCRIBE", "", ("id", $"{kind}-{i}"));
        }
    }

    [Fact]
    public async Task A_slow_client_is_not_sent_what_was_deleted_while_it_was_behind()
    {
        await using var own = await MaruServer.StartAsync(
            "--Maru:Engine:OutboxBytes=20000", "--Maru:Engine:TailAge=00:01:00", "--Maru:Engine:TailMaxBytes=8000000");
        var (ann, ben) = (await own.SignUpAsync(), await own.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await using var slow = await StompSocket.ConnectAsync(own.Address, ben.AccessToken, receiveBuffer: 4096);
        await slow.SubscribeAsync(room.Id);
        slow.Pause();
        for (var i = 0; i < 600; i++) await ann.SayAsync(room, new string('x', 8000));
        var said = (await ann.SayAsync(room, "secret")).Seq;
        await ann.SayAsync(room, "kept");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said}").ShouldBe(204);
        slow.Resume();
        var deletion = await slow.EventAsync("message.deleted");
        deletion.Seq.ShouldBe(said + 2);
        var created = slow.Inbox().Single(x => x.Command == "MESSAGE" && x["seq"] == $"{said}");
        created.Json.GetProperty("message").GetProperty("deletedAt").ValueKind.ShouldBe(JsonValueKind.String);
        created.Text.ShouldNotContain("secret");
    }
}
