using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Scheduled;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Scheduled;

/// <summary>Files that are to be sent later.</summary>
public sealed class ScheduledFileTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private MaruServer? _server;

    private MaruServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await MaruServer.StartAsync(_time, null);

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Files_wait_with_their_message_seen_by_their_uploader_alone_and_are_sent_with_it()
    {
        var (ann, ben, room) = await TalkAsync();
        SentFile[] files = [await ann.UploadAsync(name: "a.pdf"), await ann.UploadAsync(Uploads.Pixel, "b.png")];
        await using var socket = await ben.ListenAsync();
        await socket.SubscribeAsync(room.Id);
        var made = await ann.ScheduleAsync(room, "", In(60), key: "k", files: files);
        made.Files.ShouldBe(files);
        (await ann.ScheduledAsync()).ShouldHaveSingleItem().Files.ShouldBe(files);
        (await ann.Http.SendAsync($"GET {Scheduling.Address(made.Id)}").Read<ScheduledMessage>()).Files.ShouldBe(files);
        ((await ann.StatusAsync(files[0])), (await ben.StatusAsync(files[0]))).ShouldBe((200, 404));

        // A change that names none leaves them; another order is a change.
        (await ann.RescheduleAsync(made, new { version = 1, at = In(50) }).Read<ScheduledMessage>()).Files.ShouldBe(files);
        SentFile[] turned = [files[1], files[0]];
        (await ann.RescheduleAsync(made, Files(2, turned)).Read<ScheduledMessage>()).Files.ShouldBe(turned);
        await _time.PassAsync(50, async () => (await ann.ScheduledAsync()).Count == 0, "the message to be sent");
        var live = (await socket.EventAsync("message.created")).Json.GetProperty("message");
        live.GetProperty("files").EnumerateArray().Select(x => x.GetProperty("name").GetString()).ShouldBe(["b.png", "a.pdf"]);
        var sent = (await ben.HistoryAsync(room))[^1];
        (sent.Text, sent.ClientKey).ShouldBe(("", "k"));
        sent.Files.ShouldBe(turned);
        (await ben.DownloadAsync(files[0])).ShouldBe(Uploads.Pdf());
        (await WaitingAsync()).ShouldBeEmpty();
        await Server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_file_that_waits_is_kept_and_goes_a_day_after_it_was_uploaded_once_it_waits_no_more()
    {
        var (ann, ben, room) = await TalkAsync();
        var (waits, swapped, cancelled, failed, unsent) = (
            await ann.UploadAsync(), await ann.UploadAsync(), await ann.UploadAsync(), await ben.UploadAsync(), await ann.UploadAsync());
        var due = In(3 * 24 * 3600);
        var made = await ann.ScheduleAsync(room, "kept", due, files: [waits, swapped]);
        await ann.RescheduleAsync(made, Files(1, waits)).ShouldBe(200);
        await ann.CancelAsync(await ann.ScheduleAsync(room, "never", due, files: cancelled)).ShouldBe(204);
        var fails = await ben.ScheduleAsync(room, "not allowed", In(5), files: failed);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await _time.PassAsync(5, async () => (await ben.ScheduledAsync()).Single().Failed is not null, "it to fail");
        _time.Sleep(TimeSpan.FromHours(25));
        await Deadline.Until(async () => (await FilesAsync()).Count == 2, "what waits no more to go");
        (await FilesAsync()).ShouldBe([waits.Id, failed.Id], ignoreOrder: true);
        _time.Sleep(TimeSpan.FromHours(25));
        (ann, ben) = (await Server.SignInAsync(ann.Handle), await Server.SignInAsync(ben.Handle));
        (await ann.DownloadAsync(waits)).ShouldBe(Uploads.Pdf());
        await ben.CancelAsync(fails).ShouldBe(204);
        _time.Sleep(TimeSpan.FromHours(22));
        ann = await Server.SignInAsync(ann.Handle);
        await _time.PassAsync(1, async () => (await ann.ScheduledAsync()).Count == 0, "the message to be sent");
        (await ann.HistoryAsync(room))[^1].Files.ShouldBe([waits]);
        _time.Sleep(TimeSpan.FromHours(25));        // the sweep looks at each file once a day
        await Deadline.Until(async () => (await FilesAsync()) is [var only] && only == waits.Id, "that of the removed one to go");
    }

    [Fact]
    public async Task They_are_refused_as_those_of_a_message_are_and_a_message_needs_a_text_or_a_file()
    {
        var (ann, ben, room) = await TalkAsync();
        var (mine, his, gone) = (await ann.UploadAsync(), await ben.UploadAsync(), await ann.UploadAsync());
        await ann.Http.SendAsync($"DELETE {gone.Url}").ShouldBe(204);
        var many = Enumerable.Range(0, 11).Select(i => mine with { Id = mine.Id + i }).ToArray();
        var made = await ann.ScheduleAsync(room, "x", In(60), files: mine);
        foreach (var wrong in (SentFile[][])[[his], [gone], [mine with { Id = 999_999 }], [mine with { Id = 0 }], [mine, mine], many])
        {
            (await ann.TryScheduleAsync(room, "x", In(60), files: wrong).ShouldRefuseFields()).ShouldBe(["files"]);
            (await ann.RescheduleAsync(made, Files(1, wrong)).ShouldRefuseFields()).ShouldBe(["files"]);
        }

        await ann.TryScheduleAsync(room, " ", In(60), files: mine).ShouldBe(201);
        (await ann.TryScheduleAsync(room, " ", In(60)).ShouldRefuseFields()).ShouldBe(["text"]);
        await ann.RescheduleAsync(made, new { version = 1, text = "" }).ShouldBe(200);
        (await ann.RescheduleAsync(made, Files(2)).ShouldRefuseFields()).ShouldBe(["text"]);
        var text = await ann.RescheduleAsync(made, new { version = 2, text = "y", files = Array.Empty<long>() }).Read<ScheduledMessage>();
        (text.Text, text.Files, text.Version).ShouldBe(("y", null, 3));
        (await ann.RescheduleAsync(made, new { version = 3, text = "" }).ShouldRefuseFields()).ShouldBe(["text"]);
        await ann.RescheduleAsync(made, Files(2, mine)).ShouldRefuse(Problem.Conflict);
        await ben.RescheduleAsync(made, Files(3, his)).ShouldRefuse(Problem.NotFound);

        // A retry means the same files.
        var first = await ann.ScheduleAsync(room, "same", In(60), key: "k", files: mine);
        (await ann.TryScheduleAsync(room, "same", first.At, key: "k", files: mine).Read<ScheduledMessage>()).Id.ShouldBe(first.Id);
        await ann.TryScheduleAsync(room, "same", first.At, key: "k").ShouldRefuse(Problem.KeyReused);
    }

    [Fact]
    public async Task A_file_that_waits_is_not_deleted_whatever_becomes_of_other_messages_that_have_it()
    {
        var (ann, _, room) = await TalkAsync();
        var file = await ann.UploadAsync();
        var said = await ann.SendAsync(room, "now", file);
        var made = await ann.ScheduleAsync(room, "and later", In(60), files: file);
        await ann.Http.SendAsync($"DELETE {file.Url}").ShouldRefuse(Problem.Conflict);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said.Seq}").ShouldBe(204);
        await _time.PassAsync(60, async () => (await ann.ScheduledAsync()).Count == 0, "the message to be sent");
        (await ann.HistoryAsync(room))[^1].Files.ShouldBe([file]);
        await ann.CancelAsync(made).ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"DELETE {file.Url}").ShouldBe(204);
        (await ann.HistoryAsync(room))[^1].Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_a_program_of_before_deletes_holds_up_no_other_and_goes_once_it_waits_no_more()
    {
        var (ann, _, room) = await TalkAsync();
        var (waits, other) = (await ann.UploadAsync(), await ann.UploadAsync());
        var made = await ann.ScheduleAsync(room, "with it", In(3 * 24 * 3600), files: waits);
        await Server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync("UPDATE files SET deleted_at = 1 WHERE id = @Id", new { waits.Id }, ct),
            TestContext.Current.CancellationToken);
        _time.Sleep(TimeSpan.FromHours(25));
        await Deadline.Until(async () => !(await FilesAsync()).Contains(other.Id), "the other one to go");
        (await FilesAsync()).ShouldBe([waits.Id]);
        ann = await Server.SignInAsync(ann.Handle);
        await ann.CancelAsync(made).ShouldBe(204);
        _time.Sleep(TimeSpan.FromHours(1));
        await Deadline.Until(async () => (await FilesAsync()).Count == 0, "it to go");
    }

    [Fact]
    public async Task They_wait_no_more_when_the_room_or_the_account_goes()
    {
        var (ann, ben, room) = await TalkAsync();
        var other = await ben.MakeRoomAsync();
        var (first, second) = (await ben.UploadAsync(), await ben.UploadAsync());
        await ben.ScheduleAsync(room, "", In(60), files: first);
        await ben.ScheduleAsync(other, "", In(60), files: second);
        (await WaitingAsync()).ShouldBe([first.Id, second.Id], ignoreOrder: true);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204);
        (await WaitingAsync()).ShouldBe([second.Id]);
        await ben.Http.SendAsync($"DELETE {first.Url}").ShouldBe(204);
        await ben.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        (await WaitingAsync()).ShouldBeEmpty();
    }

    private static object Files(long version, params SentFile[] files) => new { version, files = files.Select(file => file.Id) };

    private DateTimeOffset In(double seconds) => _time.GetUtcNow().AddSeconds(seconds);

    private Task<IReadOnlyList<long>> FilesAsync() => IdsAsync("SELECT id FROM files");

    private Task<IReadOnlyList<long>> WaitingAsync() => IdsAsync("SELECT file_id FROM scheduled_files");

    private Task<IReadOnlyList<long>> IdsAsync(string sql) =>
        Server.Service<Database>().ListAsync<long>(sql, null, TestContext.Current.CancellationToken);

    private async Task<(Person Ann, Person Ben, Room Room)> TalkAsync()
    {
        var (ann, ben) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
