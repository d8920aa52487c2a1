using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Messages;

public sealed class MessageChangeTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task An_edit_shows_the_new_text_and_when()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var sent = await ann.SayAsync(room, "one");
        var edited = await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/1", new { text = "uno" }).Read<Message>();
        (edited.Seq, edited.Text, edited.At).ShouldBe((1, "uno", sent.At));
        edited.EditedAt!.Value.ShouldBeGreaterThanOrEqualTo(sent.At);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/1", new { text = "uno" }).ShouldBe(200);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(2);
        (await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/1", new { text = " " }).ShouldRefuseFields()).ShouldBe(["text"]);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Only_the_sender_edits()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        await ben.SayAsync(room, "mine");
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/1", new { text = "yours" }).ShouldRefuse(Problem.Forbidden);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/2", new { text = "yours" }).ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/1", new { text = "mine!" }).ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/1").ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task A_deleted_message_keeps_its_place_and_nothing_else()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        await ben.SayAsync(room, "secret");
        await ann.SayAsync(room, "kept");
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/2").ShouldRefuse(Problem.Forbidden);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/1").ShouldBe(204);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/1").ShouldBe(204);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/9").ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/1", new { text = "back" }).ShouldRefuse(Problem.NotEditable);
        var tombstone = (await ann.HistoryAsync(room))[0];
        (tombstone.Seq, tombstone.Kind, tombstone.Text).ShouldBe((1, "message", ""));
        tombstone.Sender.ShouldBe(ben.User);
        tombstone.DeletedAt.ShouldNotBeNull();
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(3);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Owner_and_admins_delete_what_others_said()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id, cat.Id);
        await ann.SayAsync(room);
        await cat.SayAsync(room);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "admin" }).ShouldBe(204);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/1").ShouldBe(204);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/2").ShouldBe(204);
        (await cat.HistoryAsync(room)).Where(x => x.Kind == "message").ShouldAllBe(x => x.DeletedAt != null);
    }

    [Fact]
    public async Task What_the_system_says_stays()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync();
        await ben.JoinAsync(room);
        foreach (var person in new[] { ann, ben })
        {
            await person.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/1", new { text = "no" }).ShouldRefuse(Problem.NotEditable);
            await person.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/1").ShouldRefuse(Problem.NotEditable);
        }
    }
}
