using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Drafts;

/// <summary>What people have begun to write.</summary>
public sealed class DraftTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_draft_follows_the_person_to_their_other_devices_and_nobody_else()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await ann.DraftAsync(room, "Shall we sa");
        await ann.DraftAsync(room, "Shall we sail?  안녕 😀\n", replyTo: 1);
        var phone = await server.SignInAsync(ann.Handle);
        var draft = (await phone.DraftsAsync()).Items.ShouldHaveSingleItem();
        (draft.RoomId, draft.Text, draft.ReplyTo).ShouldBe((room.Id, "Shall we sail?  안녕 😀\n", 1));
        (await ben.DraftsAsync()).Items.ShouldBeEmpty();
        (await ben.SeeAsync(room)).LastSeq.ShouldBe(room.LastSeq);      // the log has nothing of it
        await phone.DraftAsync(room, "");
        await ann.Http.SendAsync($"DELETE {Address(room)}").ShouldBe(204);
        (await ann.DraftsAsync()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Drafts_are_listed_page_by_page_the_newest_first()
    {
        var ann = await server.SignUpAsync();
        List<Room> rooms = [];
        for (var i = 0; i < 5; i++) rooms.Add(await ann.MakeRoomAsync());
        foreach (var room in rooms) await ann.DraftAsync(room, $"in {room.Id}");
        await ann.DraftAsync(rooms[1], "again");
        List<long> found = [];
        string? next = null;
        do
        {
            var page = await ann.DraftsAsync($"limit=2{(next is null ? "" : $"&after={next}")}");
            found.AddRange(page.Items.Select(x => x.RoomId));
            next = page.Next;
        }
        while (next is not null);

        found.ShouldBe(rooms.Select(x => x.Id), ignoreOrder: true);
        var times = (await ann.DraftsAsync()).Items.Select(x => x.At).ToList();
        times.ShouldBe(times.OrderDescending());
        (await ann.Http.SendAsync("GET /api/me/drafts?after=MTc6").ShouldRefuseFields()).ShouldBe(["after"]);
    }

    [Fact]
    public async Task A_draft_goes_with_the_membership_the_room_and_the_account()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var (left, kicked, ended) = (await ben.MakeRoomAsync(members: ann.Id), await ben.MakeRoomAsync(members: ann.Id),
            await ben.MakeRoomAsync(members: ann.Id));
        foreach (var room in (Room[])[left, kicked, ended]) await ann.DraftAsync(room, "text");
        await ann.Http.SendAsync($"POST /api/rooms/{left.Id}/leave").ShouldBe(204);
        await ben.Http.SendAsync($"DELETE /api/rooms/{kicked.Id}/members/{ann.Id}").ShouldBe(204);
        await ben.Http.SendAsync($"DELETE /api/rooms/{ended.Id}").ShouldBe(204);
        (await RowsAsync(ann)).ShouldBe(0);
        await ann.DraftAsync(await ann.MakeRoomAsync(), "text");
        await ann.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        await Deadline.Until(async () => await RowsAsync(ann) == 0, "the account to leave its rooms");
    }

    [Fact]
    public async Task A_room_that_one_is_not_in_takes_no_draft()
    {
        var (ann, eve) = (await server.SignUpAsync("ann"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync();
        foreach (var id in (long[])[room.Id, 999_999])
        {
            await eve.Http.SendAsync($"PUT /api/me/drafts/{id}", new { text = "text" }).ShouldRefuse(Problem.NotFound);
            await eve.Http.SendAsync($"PUT /api/me/drafts/{id}", new { text = "" }).ShouldRefuse(Problem.NotFound);
            await eve.Http.SendAsync($"DELETE /api/me/drafts/{id}").ShouldRefuse(Problem.NotFound);
        }
    }

    [Fact]
    public async Task A_draft_that_cannot_be_kept_is_refused_and_the_one_before_stays()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.DraftAsync(room, "kept");
        var most = server.Service<EngineOptions>().MaxTextBytes;
        await ann.Http.SendAsync($"PUT {Address(room)}", new { text = new string('가', most / 3) + "xxx" }).ShouldRefuse(Problem.TooLarge);
        (await ann.Http.SendAsync($"PUT {Address(room)}", new { text = "a\0b" }).ShouldRefuseFields()).ShouldBe(["text"]);
        (await ann.Http.SendAsync($"PUT {Address(room)}", new { text = "a", replyTo = 0 }).ShouldRefuseFields()).ShouldBe(["replyTo"]);
        (await ann.Http.SendAsync($"PUT {Address(room)}", new { replyTo = 1 }).ShouldRefuseFields()).ShouldBe(["text"]);
        (await ann.DraftsAsync()).Items.ShouldHaveSingleItem().Text.ShouldBe("kept");
    }

    [Fact]
    public async Task Ones_own_clients_hear_each_change_and_others_nothing_and_the_newest_has_the_latest_time()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        await his.SubscribeAsync(room.Id);
        var heard = new List<DateTimeOffset>();
        foreach (var text in (string[])["S", "Sh", "", "Sha", "Shal", ""])
        {
            await ann.DraftAsync(room, text);
            var json = (await hers.EventAsync("draft.changed")).Json;
            (json.GetProperty("roomId").GetInt64(), json.GetProperty("text").GetString()).ShouldBe((room.Id, text));
            heard.Add(json.GetProperty("at").GetDateTimeOffset());
        }

        heard.ShouldBe(heard.Distinct().Order());
        await ann.DraftAsync(room, "");     // there is none: nothing is told
        await hers.SyncAsync();
        await his.SyncAsync();
        hers.Inbox().Concat(his.Inbox()).ShouldAllBe(frame => frame.Command != "MESSAGE" || !frame.Text.Contains("draft"));
    }

    private static string Address(Room room) => Drafting.Address(room);

    private Task<long> RowsAsync(Person person) => server.Service<Database>().FirstAsync<long>(
        "SELECT count(*) FROM drafts WHERE user_id = @Id", new { person.Id }, TestContext.Current.CancellationToken);
}
