using System.Text.Json;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Features.Rooms;

public sealed class RoomTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Who_makes_a_room_owns_it_and_its_members_are_in_at_once()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.Http.SendAsync(
            "POST /api/rooms",
            new { name = "  The   room ", description = "two\nlines", visibility = "private", members = new[] { ben.Id, ben.Id, ann.Id } })
            .Read<Room>(201);
        room.ShouldBe(new Room(room.Id, "group", "The room", "two\nlines", "private", false, 2, 0, "all", "owner"));
        (await ben.SeeAsync(room)).ShouldBe(room with { Role = "member" });
        (await ben.HistoryAsync(room)).ShouldBeEmpty();
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Every_bad_field_is_named()
    {
        var ann = await server.SignUpAsync();
        var bad = new
        {
            name = "",
            description = new string('x', 1001),
            visibility = "secret",
            password = new string('x', 257),
            members = Enumerable.Range(1, 101),
        };
        (await ann.Http.SendAsync("POST /api/rooms", bad).ShouldRefuseFields())
            .ShouldBe(["name", "description", "visibility", "password", "members"]);
        (await ann.Http.SendAsync("POST /api/rooms", new { }).ShouldRefuseFields()).ShouldBe(["name", "visibility"]);
        (await ann.Http.SendAsync("POST /api/rooms", new { name = new string('x', 101), visibility = "public" }).ShouldRefuseFields())
            .ShouldBe(["name"]);
    }

    [Fact]
    public async Task Unknown_members_are_refused_and_no_room_is_made()
    {
        var ann = await server.SignUpAsync();
        var refusal = await ann.Http.SendAsync(
            "POST /api/rooms", new { name = "room", visibility = "private", members = new[] { 987654321 } })
            .ShouldRefuse(Problem.Invalid);
        refusal.GetProperty("errors").GetProperty("members")[0].GetString()!.ShouldContain("987654321");
        (await ann.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_is_seen_by_all_and_said_once()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("before", "private", null, ben.Id);
        var after = await ann.Http.SendAsync(
            $"PATCH /api/rooms/{room.Id}", new { name = "after", description = "new", visibility = "public" })
            .Read<Room>();
        after.ShouldBe(room with { Name = "after", Description = "new", Visibility = "public", LastSeq = 1 });
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "after" }).ShouldBe(200);
        (await ben.SeeAsync(room)).ShouldBe(after with { Role = "member" });
        (await ben.NewsAsync(room)).ShouldBe(["room.changed"]);
    }

    [Fact]
    public async Task Only_owner_and_admins_change_a_room_and_only_the_owner_deletes_it()
    {
        var (ann, ben, stranger) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "mine" }).ShouldRefuse(Problem.Forbidden);
        await stranger.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "mine" }).ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "admin" }).ShouldBe(204);
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "ours" }).ShouldBe(200);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldRefuse(Problem.Forbidden);
        (await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "", visibility = "x" }).ShouldRefuseFields())
            .ShouldBe(["name", "visibility"]);
    }

    [Fact]
    public async Task A_deleted_room_is_gone_for_everybody()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        await ben.SayAsync(room);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204);
        foreach (var person in new[] { ann, ben })
        {
            await person.Http.SendAsync($"GET /api/rooms/{room.Id}").ShouldRefuse(Problem.NotFound);
            await person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages").ShouldRefuse(Problem.NotFound);
            await person.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "?" }).ShouldRefuse(Problem.NotFound);
            await person.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.NotFound);
            (await person.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items.ShouldBeEmpty();
        }

        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldRefuse(Problem.NotFound);
        await server.ShouldBeSoundAsync();
    }

    /// <summary>Private to the stranger means: the same answer as for a room that never was.</summary>
    [Theory]
    [InlineData("GET /api/rooms/{0}")]
    [InlineData("PATCH /api/rooms/{0}", """{"name":"x","password":"secret"}""")]
    [InlineData("PATCH /api/rooms/{0}", """{"slowMode":-1,"readOnly":true}""")]
    [InlineData("PATCH /api/me/rooms/{0}", """{"favourite":true}""")]
    [InlineData("DELETE /api/rooms/{0}")]
    [InlineData("POST /api/rooms/{0}/join", """{"password":"secret"}""")]
    [InlineData("POST /api/rooms/{0}/leave")]
    [InlineData("GET /api/rooms/{0}/members")]
    [InlineData("GET /api/rooms/{0}/members?after=MTo")]
    [InlineData("POST /api/rooms/{0}/members", """{"userIds":[1]}""")]
    [InlineData("PATCH /api/rooms/{0}/members/{1}", """{"role":"owner"}""")]
    [InlineData("DELETE /api/rooms/{0}/members/{1}")]
    [InlineData("DELETE /api/rooms/{0}/members/{1}?ban=true")]
    [InlineData("GET /api/rooms/{0}/bans")]
    [InlineData("DELETE /api/rooms/{0}/bans/{1}")]
    [InlineData("GET /api/rooms/{0}/messages")]
    [InlineData("GET /api/rooms/{0}/messages?after=0")]
    [InlineData("GET /api/rooms/{0}/messages/1")]
    [InlineData("POST /api/rooms/{0}/messages", """{"text":"x"}""")]
    [InlineData("PATCH /api/rooms/{0}/messages/1", """{"text":"x"}""")]
    [InlineData("DELETE /api/rooms/{0}/messages/1")]
    public async Task A_stranger_cannot_tell_a_private_room_from_none(string line, string? body = null)
    {
        var (ann, stranger) = (await server.SignUpAsync("ann"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync(visibility: "private", password: "secret");
        await ann.SayAsync(room);
        foreach (var id in new[] { room.Id, 987654321 })
        {
            using var json = body is null ? null : JsonDocument.Parse(body);
            await stranger.Http.SendAsync(string.Format(null, line, id, ann.Id), json?.RootElement).ShouldRefuse(Problem.NotFound);
            await server.Http.SendAsync(string.Format(null, line, id, ann.Id), json?.RootElement).ShouldRefuse(Problem.Unauthenticated);
        }

        (await ann.HistoryAsync(room)).Count.ShouldBe(1);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Of_a_public_room_a_stranger_sees_what_the_list_shows()
    {
        var (ann, stranger) = (await server.SignUpAsync("ann"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync();
        (await stranger.SeeAsync(room)).ShouldBe(room with { Role = null });
        var path = $"/api/rooms/{room.Id}";
        foreach (var line in (string[])[$"GET {path}/members", $"GET {path}/messages", $"POST {path}/leave", $"DELETE {path}"])
            await stranger.Http.SendAsync(line).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task Seqs_are_dense_after_everything_that_can_happen()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var message = await ann.SayAsync(room, $"{i}");
            if (i % 2 == 0)
                await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{message.Seq}", new { text = $"{i}!" }).Read<Message>();
            if (i % 3 == 0) await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{message.Seq}").ShouldBe(204);
            await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = $"room {i}" }).ShouldBe(200);
            await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/{(i % 2 == 0 ? "join" : "leave")}");
        }));
        await server.ShouldBeSoundAsync();
    }
}
