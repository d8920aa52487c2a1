using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Scheduled;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Scheduled;

/// <summary>What is scheduled: listed, changed, cancelled, refused and bounded.</summary>
public sealed class ScheduledTests(MaruServer server) : IClassFixture<MaruServer>
{
    private static DateTimeOffset Later =>
        DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds());

    [Fact]
    public async Task What_is_scheduled_is_its_owners_on_all_devices_and_for_others_not_there()
    {
        var (ann, ben, room) = await TalkAsync();
        var said = await ben.SayAsync(room);
        var made = await ann.ScheduleAsync(room, "Good  morning 안녕 😀\n", Later, said.Seq, "k1");
        (made.RoomId, made.Text, made.Version, made.ReplyTo, made.ClientKey, made.Failed)
            .ShouldBe((room.Id, "Good  morning 안녕 😀\n", 1, said.Seq, "k1", null));
        var phone = await server.SignInAsync(ann.Handle);
        (await phone.ScheduledAsync()).ShouldBe([made]);
        (await phone.Http.SendAsync($"GET {Scheduling.Address(made.Id)}").Read<ScheduledMessage>()).ShouldBe(made);
        (await ben.ScheduledAsync()).ShouldBeEmpty();
        await ben.Http.SendAsync($"GET {Scheduling.Address(made.Id)}").ShouldRefuse(Problem.NotFound);
        await ben.RescheduleAsync(made, new { version = 1, text = "mine" }).ShouldRefuse(Problem.NotFound);
        await ben.CancelAsync(made).ShouldRefuse(Problem.NotFound);
        (await ben.SeeAsync(room)).LastSeq.ShouldBe(said.Seq);      // the log has nothing of it
        await phone.CancelAsync(made).ShouldBe(204);
        await ann.CancelAsync(made).ShouldRefuse(Problem.NotFound);
        (await ann.ScheduledAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task They_are_listed_page_by_page_the_earliest_first_of_one_room_or_of_all()
    {
        var ann = await server.SignUpAsync();
        var (one, two) = (await ann.MakeRoomAsync(), await ann.MakeRoomAsync());
        var at = Later;
        List<ScheduledMessage> made = [];
        foreach (var minutes in (int[])[3, 1, 2, 1, 4])
            made.Add(await ann.ScheduleAsync(made.Count % 2 == 0 ? one : two, "x", at.AddMinutes(minutes)));
        long[] order = [made[1].Id, made[3].Id, made[2].Id, made[0].Id, made[4].Id];
        List<long> found = [];
        string? next = null;
        do
        {
            var page = await ann.Http.SendAsync($"GET /api/me/scheduled?limit=2{(next is null ? "" : $"&after={next}")}")
                .Read<ScheduledPage>();
            found.AddRange(page.Items.Select(x => x.Id));
            next = page.Next;
        }
        while (next is not null);

        found.ShouldBe(order);
        (await ann.ScheduledAsync($"roomId={one.Id}")).Select(x => x.Id).ShouldBe([made[2].Id, made[0].Id, made[4].Id]);
        (await ann.ScheduledAsync($"roomId={two.Id}&limit=1")).Select(x => x.Id).ShouldBe([made[1].Id]);
        (await ann.Http.SendAsync("GET /api/me/scheduled?after=eDp4&roomId=0").ShouldRefuseFields()).ShouldBe(["after", "roomId"], true);
    }

    [Fact]
    public async Task A_change_needs_the_version_that_it_changes_and_leaves_what_it_does_not_name()
    {
        var (ann, _, room) = await TalkAsync();
        var made = await ann.ScheduleAsync(room, "one", Later);
        var text = await ann.RescheduleAsync(made, new { version = 1, text = "two" }).Read<ScheduledMessage>();
        text.ShouldBe(made with { Text = "two", Version = 2 });
        var time = await ann.RescheduleAsync(made, new { version = 2, at = made.At.AddDays(2) }).Read<ScheduledMessage>();
        time.ShouldBe(text with { At = made.At.AddDays(2), Version = 3 });
        await ann.RescheduleAsync(made, new { version = 2, text = "late" }).ShouldRefuse(Problem.Conflict);
        (await ann.ScheduledAsync()).ShouldBe([time]);

        // Of two at once one wins.
        var both = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => ann.RescheduleAsync(made, new { version = 3, text = $"both {i}" })));
        both.Select(x => (int)x.StatusCode).Order().ShouldBe([200, .. Enumerable.Repeat(409, 7)]);
        (await ann.ScheduledAsync()).Single().Version.ShouldBe(4);
        foreach (var (change, field) in new (object, string)[]
        {
            (new { text = "x" }, "version"), (new { version = 4 }, "at"), (new { version = 4, text = " " }, "text"),
            (new { version = 4, text = "a\0b" }, "text"), (new { version = 4, at = DateTimeOffset.UtcNow.AddSeconds(-1) }, "at"),
            (new { version = 4, at = DateTimeOffset.UtcNow.AddDays(367) }, "at"),
        })
            (await ann.RescheduleAsync(made, change).ShouldRefuseFields()).ShouldBe([field]);
        await ann.RescheduleAsync(made, new { version = 4, text = TooLong() }).ShouldRefuse(Problem.TooLarge);
    }

    [Fact]
    public async Task What_could_not_be_sent_now_is_refused_at_once()
    {
        var (ann, ben, room) = await TalkAsync();
        foreach (var (body, field) in new (object, string)[]
        {
            (new { at = Later }, "text"), (new { text = " \n", at = Later }, "text"), (new { text = "a\0b", at = Later }, "text"),
            (new { text = "x" }, "at"), (new { text = "x", at = DateTimeOffset.UtcNow.AddSeconds(-1) }, "at"),
            (new { text = "x", at = DateTimeOffset.UtcNow.AddDays(367) }, "at"), (new { text = "x", at = Later, replyTo = 0 }, "replyTo"),
            (new { text = "x", at = Later, replyTo = 1 }, "replyTo"), (new { text = "x", at = Later, replyTo = 999 }, "replyTo"),
        })
            (await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/scheduled", body).ShouldRefuseFields()).ShouldBe([field]);
        await ann.TryScheduleAsync(room, TooLong(), Later).ShouldRefuse(Problem.TooLarge);
        var eve = await server.SignUpAsync("eve");
        await eve.TryScheduleAsync(room, "x", Later).ShouldRefuse(Problem.NotFound);
        await eve.TryScheduleAsync(room with { Id = 999_999 }, "x", Later).ShouldRefuse(Problem.NotFound);
        await ann.ChangeAsync(room, new { readOnly = true });
        await ben.TryScheduleAsync(room, "x", Later).ShouldRefuse(Problem.ReadOnly);
        await ann.ScheduleAsync(room, "x", Later);
        var direct = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        await ann.BlockAsync(ben);
        await ben.TryScheduleAsync(direct, "x", Later).ShouldRefuse(Problem.MayNotWrite);
        await ann.TryScheduleAsync(direct, "x", Later).ShouldRefuse(Problem.BlockedByYou);
        (await ben.ScheduledAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_retry_with_the_same_key_finds_the_first_one_also_when_both_come_at_once()
    {
        var (ann, ben, room) = await TalkAsync();
        var at = Later;
        var tries = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ann.TryScheduleAsync(room, "x", at, key: "k")));
        tries.Select(x => (int)x.StatusCode).Order().ShouldBe([200, 200, 200, 200, 200, 201]);
        var made = (await ann.ScheduledAsync()).ShouldHaveSingleItem();
        await ann.TryScheduleAsync(room, "y", at, key: "k").ShouldRefuse(Problem.KeyReused);
        await ann.TryScheduleAsync(room, "x", at.AddSeconds(1), key: "k").ShouldRefuse(Problem.KeyReused);
        var changed = await ann.RescheduleAsync(made, new { version = 1, text = "changed" }).Read<ScheduledMessage>();
        (await ann.TryScheduleAsync(room, "x", at, key: "k").Read<ScheduledMessage>()).ShouldBe(changed);
        (await ben.ScheduleAsync(room, "y", at, key: "k")).Id.ShouldNotBe(made.Id);
        (await ann.ScheduleAsync(await ann.MakeRoomAsync(), "x", at, key: "k")).Id.ShouldNotBe(made.Id);
    }

    [Fact]
    public async Task One_person_has_so_many_and_no_more()
    {
        await using var small = await MaruServer.StartAsync("--Maru:Scheduled:PerUser=3", "--Maru:Scheduled:Ahead=01:00:00");
        var (ann, ben) = (await small.SignUpAsync(), await small.SignUpAsync("ben"));
        var (room, other) = (await ann.MakeRoomAsync(members: ben.Id), await ann.MakeRoomAsync());
        var at = DateTimeOffset.UtcNow.AddMinutes(50);
        var first = await ann.ScheduleAsync(room, "x", at);
        await ann.ScheduleAsync(room, "x", at);
        await ann.ScheduleAsync(other, "x", at);
        foreach (var full in (Room[])[room, other]) await ann.TryScheduleAsync(full, "x", at).ShouldRefuse(Problem.TooManyScheduled);
        await ben.ScheduleAsync(room, "x", at);
        await ann.CancelAsync(first).ShouldBe(204);
        await ann.ScheduleAsync(other, "x", at);
        (await ben.TryScheduleAsync(room, "x", DateTimeOffset.UtcNow.AddMinutes(61)).ShouldRefuseFields()).ShouldBe(["at"]);
    }

    [Fact]
    public async Task They_go_with_the_room_and_with_the_account()
    {
        var (ann, ben, room) = await TalkAsync();
        var (ended, left) = (await ann.MakeRoomAsync(members: ben.Id), await ann.MakeRoomAsync(members: ben.Id));
        foreach (var one in (Room[])[room, ended, left]) await ben.ScheduleAsync(one, "x", Later);
        await ann.Http.SendAsync($"DELETE /api/rooms/{ended.Id}").ShouldBe(204);
        await ben.Http.SendAsync($"POST /api/rooms/{left.Id}/leave").ShouldBe(204);
        (await ben.ScheduledAsync()).Select(x => x.RoomId).ShouldBe([room.Id, left.Id]);
        await ben.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        (await server.Service<Database>().FirstAsync<long>(
            "SELECT count(*) FROM scheduled WHERE user_id = @Id", new { ben.Id }, TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    private string TooLong() => new('x', server.Service<EngineOptions>().MaxTextBytes + 1);

    private async Task<(Person Ann, Person Ben, Room Room)> TalkAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
