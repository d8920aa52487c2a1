using Maru.Engine.Problems;
using Maru.Server.Features.Scheduled;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Scheduled;

/// <summary>Scheduled messages whose time comes.</summary>
public sealed class ScheduledSendTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private MaruServer? _server;

    private MaruServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await MaruServer.StartAsync(_time, null);

    [Fact]
    public async Task At_its_time_it_is_sent_as_its_sender_would_send_it_and_not_before()
    {
        var (ann, ben, room) = await TalkAsync();
        var said = await ben.SayAsync(room);
        await using var socket = await ben.ListenAsync();
        await socket.SubscribeAsync(room.Id);
        var due = In(60);
        await ann.ScheduleAsync(room, $"@{ben.Handle} good morning", due, said.Seq, "morning");
        _time.Advance(59.9);
        (await ben.SayAsync(room, "still quiet")).Seq.ShouldBe(said.Seq + 1);
        (await ann.ScheduledAsync()).Count.ShouldBe(1);
        await _time.PassAsync(0.1, async () => (await ann.ScheduledAsync()).Count == 0, "the message to be sent");
        await socket.EventAsync("message.created");
        var live = (await socket.EventAsync("message.created")).Json.GetProperty("message");
        live.GetProperty("text").GetString().ShouldBe($"@{ben.Handle} good morning");
        live.GetProperty("clientKey").GetString().ShouldBe("morning");
        await _time.PassAsync(
            1,
            () => Task.FromResult(socket.Inbox().Any(x => x.Command == "MESSAGE" && x.Text.Contains("\"type\":\"mention\""))),
            "the mention");
        var sent = (await ben.HistoryAsync(room))[^1];
        (sent.Seq, sent.Sender.Id, sent.ReplyTo).ShouldBe((said.Seq + 2, ann.Id, said.Seq));
        sent.At.ShouldBeGreaterThanOrEqualTo(due);
        sent.Mentions.ShouldHaveSingleItem().UserId.ShouldBe(ben.Id);
        ((await ben.CountAsync(room)), (await ben.CountMentionsAsync(room))).ShouldBe((1, 1));
        await Server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Messages_are_sent_in_the_order_of_their_times_and_a_changed_one_as_it_is_then()
    {
        var (ann, ben, room) = await TalkAsync();
        List<ScheduledMessage> made = [];
        foreach (var (seconds, text) in ((int, string)[])[(30, "c"), (10, "a"), (20, "b"), (30, "d"), (40, "later"), (50, "never")])
            made.Add(await (made.Count % 2 == 0 ? ann : ben).ScheduleAsync(room, text, In(seconds)));
        await ann.RescheduleAsync(made[4], new { version = 1, text = "first", at = In(5) }).ShouldBe(200);
        await ben.CancelAsync(made[5]).ShouldBe(204);
        await _time.PassAsync(
            60, async () => (await ann.ScheduledAsync()).Count + (await ben.ScheduledAsync()).Count == 0, "all to be sent");
        (await ann.TextsAsync(room)).ShouldBe(["first", "a", "b", "c", "d"]);
        await ann.RescheduleAsync(made[0], new { version = 1, text = "edited" }).ShouldRefuse(Problem.NotFound);
        await ann.CancelAsync(made[0]).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task What_came_due_while_the_server_was_down_is_sent_at_its_start_in_order()
    {
        var (ann, ben, room) = await TalkAsync();
        for (var i = 9; i >= 0; i--) await (i % 2 == 0 ? ann : ben).ScheduleAsync(room, $"{i}", In(30 + i));
        await ann.ScheduleAsync(room, "not yet", In(3600));
        await Server.RestartAsync(() =>
        {
            _time.Advance(120);
            return Task.CompletedTask;
        });
        (ann, ben) = (Back(ann), Back(ben));
        await Deadline.Until(async () => (await ann.TextsAsync(room)).Length == 10, "all to be sent");
        (await ann.TextsAsync(room)).ShouldBe(Enumerable.Range(0, 10).Select(i => $"{i}"));
        (await ann.ScheduledAsync()).ShouldHaveSingleItem().Text.ShouldBe("not yet");
        await Server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Who_may_not_write_then_keeps_the_message_with_the_reason_and_may_send_it_another_time()
    {
        var (ann, ben, room) = await TalkAsync();
        var (kicked, banned, quiet) = (
            await ann.MakeRoomAsync(members: ben.Id), await ann.MakeRoomAsync(members: ben.Id), await ann.MakeRoomAsync(members: ben.Id));
        var direct = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        foreach (var one in (Room[])[room, kicked, banned, quiet, direct]) await ben.ScheduleAsync(one, "x", In(10));
        var deleted = await ben.SayAsync(quiet);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await ann.Http.SendAsync($"DELETE /api/rooms/{kicked.Id}/members/{ben.Id}").ShouldBe(204);
        await ann.BanAsync(banned, ben).ShouldBe(204);
        await ann.ChangeAsync(quiet, new { readOnly = true });
        await ann.BlockAsync(ben);
        await _time.PassAsync(10, async () => (await ben.ScheduledAsync()).All(x => x.Failed is not null), "all to fail");
        (await ben.ScheduledAsync()).Select(x => (x.RoomId, x.Failed, x.Version)).ShouldBe(
            [
                (room.Id, "not-found", 2), (kicked.Id, "not-found", 2), (banned.Id, "not-found", 2), (quiet.Id, "read-only", 2),
                (direct.Id, "may-not-write", 2),
            ]);
        (await ann.TextsAsync(quiet)).ShouldBe([deleted.Text]);

        // It stays as it is until its owner does something about it.
        var (left, locked) = ((await ben.ScheduledAsync())[0], (await ben.ScheduledAsync())[3]);
        await ben.JoinAsync(room);
        (await ben.RescheduleAsync(left, new { version = 2, text = "y" }).ShouldRefuseFields()).ShouldBe(["at"]);
        var again = await ben.RescheduleAsync(left, new { version = 2, at = In(30) }).Read<ScheduledMessage>();
        (again.Failed, again.Version).ShouldBe((null, 3));
        await ben.CancelAsync(locked).ShouldBe(204);
        await _time.PassAsync(30, async () => (await ann.TextsAsync(room)).Length == 1, "the message to be sent");
        (await ben.ScheduledAsync()).Select(x => x.RoomId).ShouldBe([kicked.Id, banned.Id, direct.Id]);
    }

    [Fact]
    public async Task In_a_slow_room_they_wait_for_their_turn_in_order_and_hold_up_nobody_else()
    {
        var (ann, ben, room) = await TalkAsync();
        var cat = await Server.SignUpAsync("cat");
        await cat.JoinAsync(room);
        await ann.ChangeAsync(room, new { slowMode = 30 });
        foreach (var text in (string[])["1", "2", "3"]) await ben.ScheduleAsync(room, text, In(10));
        await ann.ScheduleAsync(room, "ann", In(10));
        await cat.ScheduleAsync(room, "cat", In(10));
        await _time.PassAsync(10, async () => (await ann.TextsAsync(room)).Length >= 3, "one of each to be sent");
        (await ann.TextsAsync(room)).Take(3).ShouldBe(["1", "ann", "cat"]);
        (await ben.ScheduledAsync()).ShouldAllBe(x => x.Failed == null);
        await _time.PassAsync(30, async () => (await ben.ScheduledAsync()).Count <= 1, "his turn");
        await _time.PassAsync(30, async () => (await ben.ScheduledAsync()).Count == 0, "his turn");
        (await ann.TextsAsync(room)).ShouldBe(["1", "ann", "cat", "2", "3"]);
        var times = (await ann.HistoryAsync(room)).Where(x => x.Sender.Id == ben.Id && x.Kind == "message").Select(x => x.At).ToList();
        times.Zip(times.Skip(1)).ShouldAllBe(x => x.Second - x.First >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task One_whose_key_was_used_for_the_same_message_meanwhile_is_not_sent_twice()
    {
        var (ann, _, room) = await TalkAsync();
        await using var socket = await ann.ListenAsync();
        var same = await ann.ScheduleAsync(room, "same", In(10), key: "s");
        var other = await ann.ScheduleAsync(room, "one", In(10), key: "o");
        await ann.TrySayAsync(room, "same", "s").ShouldBe(201);     // "send now", before it is cancelled
        await ann.TrySayAsync(room, "two", "o").ShouldBe(201);
        await _time.PassAsync(
            10, async () => (await ann.ScheduledAsync()) is [{ Failed: not null }], "one to go and the other to fail");
        (await ann.TextsAsync(room)).ShouldBe(["same", "two"]);
        var sent = (await socket.EventAsync("scheduled.sent")).Json;
        (sent.GetProperty("id").GetInt64(), sent.GetProperty("seq").GetInt64())
            .ShouldBe((same.Id, (await ann.HistoryAsync(room)).Single(x => x.Text == "same").Seq));
        var failed = (await ann.ScheduledAsync()).Single();
        (failed.Id, failed.Failed).ShouldBe((other.Id, Problem.KeyReused.Slug));
    }

    [Fact]
    public async Task A_message_that_it_answers_and_may_no_longer_see_makes_it_fail()
    {
        var (ann, ben, room) = await TalkAsync();
        var said = await ann.SayAsync(room);
        await ben.ScheduleAsync(room, "x", In(60), said.Seq);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await ann.ChangeAsync(room, new { history = "joined" });
        await ben.JoinAsync(room);
        await _time.PassAsync(60, async () => (await ben.ScheduledAsync()).Single().Failed is not null, "it to fail");
        (await ben.ScheduledAsync()).Single().Failed.ShouldBe("invalid");
    }

    [Fact]
    public async Task Ones_own_clients_hear_what_becomes_of_it_and_others_nothing()
    {
        var (ann, ben, room) = await TalkAsync();
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        using var stream = await EventStream.OpenAsync(Server, "/api/events", ann.AccessToken);
        var (goes, stays, fails) = (
            await ann.ScheduleAsync(room, "goes", In(10)), await ann.ScheduleAsync(room, "stays", In(10)),
            await ann.ScheduleAsync(await ben.MakeRoomAsync(members: ann.Id), "fails", In(10)));
        await ann.RescheduleAsync(goes, new { version = 1, text = "went" }).ShouldBe(200);
        await ann.CancelAsync(stays).ShouldBe(204);
        await ann.Http.SendAsync($"POST /api/rooms/{fails.RoomId}/leave").ShouldBe(204);
        await _time.PassAsync(10, async () => (await ann.ScheduledAsync()) is [{ Failed: not null }], "one to be sent and one to fail");
        string[] heard =
        [
            Changed(goes), Changed(stays), Changed(fails), Changed(goes with { Text = "went", Version = 2 }),
            $$"""{"type":"scheduled.changed","roomId":{{room.Id}},"id":{{stays.Id}},"scheduled":null}""",
            $$"""{"type":"scheduled.sent","roomId":{{room.Id}},"id":{{goes.Id}},"seq":{{(await ann.SeeAsync(room)).LastSeq}}}""",
            $$"""{"type":"scheduled.failed","roomId":{{fails.RoomId}},"id":{{fails.Id}},"version":2,"problem":"not-found"}""",
        ];
        List<string> bySocket = [], byStream = [];
        while (bySocket.Count < heard.Length)
        {
            var frame = await hers.MessageAsync();
            if (frame.Type.StartsWith("scheduled.", StringComparison.Ordinal)) bySocket.Add(frame.Text);
        }

        while (byStream.Count < heard.Length)
        {
            var (_, type, json) = await stream.NextAsync();
            if (type.StartsWith("scheduled.", StringComparison.Ordinal)) byStream.Add(json.GetRawText());
        }

        bySocket.Take(5).ShouldBe(heard[..5]);
        bySocket.ShouldBe(heard, ignoreOrder: true);        // two rooms at once
        byStream.ShouldBe(bySocket);
        await his.SyncAsync();
        his.Inbox().ShouldAllBe(frame => frame.Command != "MESSAGE" || !frame.Text.Contains("scheduled"));

        string Changed(ScheduledMessage x) =>
            $$"""{"type":"scheduled.changed","roomId":{{x.RoomId}},"id":{{x.Id}},"scheduled":{"id":{{x.Id}},"roomId":{{x.RoomId}},"""
            + $"\"text\":\"{x.Text}\",\"at\":\"{x.At:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\",\"version\":{x.Version}" + "}}";
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    private DateTimeOffset In(double seconds) => _time.GetUtcNow().AddSeconds(seconds);

    private Person Back(Person person) => Server.Person(new(person.User, person.AccessToken, person.RefreshToken, 0));

    private async Task<(Person Ann, Person Ben, Room Room)> TalkAsync()
    {
        var (ann, ben) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
