using Maru.Engine;
using Maru.Server.Features.LinkPreviews;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.LinkPreviews;

/// <summary>More links than the workers can fetch, of many people or of one. No fetch ends by its time: the clock stands.</summary>
public sealed class PreviewQueueTests : IAsyncLifetime
{
    private readonly WebSite _site = new();
    private readonly TaskCompletionSource _open = new();

    public ValueTask InitializeAsync()
    {
        _site.Serve("/page", "<title>Page</title>");
        return default;
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Links_of_one_person_that_hang_hold_up_nobody_else()
    {
        await using var server = await StartAsync();
        var (mallory, ann) = (await server.SignUpAsync("mallory"), await server.SignUpAsync("ann"));
        var room = await mallory.MakeRoomAsync(members: ann.Id);
        for (var i = 0; i < 40; i++) await mallory.SayAsync(room, $"{Hanging(i)}");
        var edited = await mallory.SayAsync(room, "no link");
        await mallory.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{edited.Seq}", new { text = $"{Hanging(40)}" }).ShouldBe(200);
        var sent = await ann.SayAsync(room, $"{_site.At("/page")}");
        await GetsAsync(ann, room, sent.Seq);
        HangingCount().ShouldBe(2);     // of eight workers
        _open.SetResult();
        await Deadline.Until(() => HangingCount() == 41, "all others were asked for in the end");
        await GetsAsync(ann, room, edited.Seq);
    }

    [Fact]
    public async Task Messages_go_on_where_more_links_wait_than_there_are_places_and_the_rest_gets_no_preview()
    {
        await using var server = await StartAsync("--Maru:LinkPreviews:Workers=1", "--Maru:LinkPreviews:Queue=4");
        List<Person> people = [];
        for (var i = 0; i < 6; i++) people.Add(await server.SignUpAsync($"person{i}"));
        var room = await people[0].MakeRoomAsync(members: [.. people.Skip(1).Select(x => x.Id)]);
        var running = await people[0].SayAsync(room, $"{Hanging(0)}");
        await Deadline.Until(() => HangingCount() == 1, "the worker to be busy");
        List<Message> waiting = [], dropped = [];
        for (var i = 0; i < people.Count; i++)
        {
            (i < 4 ? waiting : dropped).Add(await people[i].SayAsync(room, $"{Hanging(10 + i)}"));
            for (var more = 0; more < 20; more++) dropped.Add(await people[i].SayAsync(room, $"{Hanging(100 + (20 * i) + more)}"));
        }

        HangingCount().ShouldBe(1);
        _open.SetResult();
        foreach (var message in waiting.Prepend(running)) await GetsAsync(people[0], room, message.Seq);
        var last = await people[5].SayAsync(room, $"{_site.At("/page")}");
        await GetsAsync(people[0], room, last.Seq);
        HangingCount().ShouldBe(5);
        (await MessagesAsync(people[0], room)).Count(x => x.Previews is not null).ShouldBe(6);
        dropped.Count.ShouldBe(122);
    }

    [Fact]
    public async Task People_take_turns_and_nothing_is_kept_of_those_who_had_theirs()
    {
        var ct = TestContext.Current.CancellationToken;
        var queue = new PreviewQueue(new LinkPreviewOptions { Workers = 8, Queue = 40 });
        for (var seq = 1; seq <= 50; seq++) queue.TryAdd(new UserId(1), new RoomId(1), seq).ShouldBe(seq <= 10);
        for (var user = 2; user <= 50; user++) queue.TryAdd(new UserId(user), new RoomId(1), 100 + user).ShouldBe(user <= 31);
        queue.Senders.ShouldBe(31);

        List<PreviewQueue.Turn> running = [];
        for (var i = 0; i < 32; i++) running.Add(await queue.NextAsync(ct));
        running.Take(2).Select(x => x.Seq).ShouldBe([1, 2]);
        running.Skip(2).Select(x => x.Seq).ShouldBe(Enumerable.Range(102, 30).Select(x => (long)x));
        var next = queue.NextAsync(ct);
        foreach (var turn in running.Skip(2)) queue.Done(turn);
        next.IsCompleted.ShouldBeFalse();       // only the first has more, and two of them run
        queue.Senders.ShouldBe(1);

        queue.Done(running[0]);
        var turns = new List<PreviewQueue.Turn> { running[1], await next };
        for (var seq = 3L; seq <= 10; seq++)
        {
            turns[1].Seq.ShouldBe(seq);
            queue.Done(turns[0]);
            turns.RemoveAt(0);
            if (seq < 10) turns.Add(await queue.NextAsync(ct));
        }

        queue.Done(turns[0]);
        queue.Senders.ShouldBe(0);
        queue.TryAdd(new UserId(1), new RoomId(1), 51).ShouldBeTrue();
        (await queue.NextAsync(ct)).Seq.ShouldBe(51);
    }

    /// <param name="settings">beside those of previews</param>
    private static Task<MaruServer> StartAsync(params string[] settings) => MaruServer.StartAsync(
        new ManualTime(), null, ["--Maru:LinkPreviews:Enabled=true", "--Maru:LinkPreviews:AllowedNetworks=127.0.0.1", .. settings]);

    /// <summary>A page that comes when all are let.</summary>
    private Uri Hanging(int number)
    {
        _site.On($"/hanging/{number}", async (stream, ct) =>
        {
            await _open.Task.WaitAsync(ct);
            await WebSite.WriteAsync(
                stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>Late</title>", ct);
        });
        return _site.At($"/hanging/{number}");
    }

    private int HangingCount() => _site.Requests.Count(x => x.StartsWith("GET /hanging/", StringComparison.Ordinal));

    private static Task GetsAsync(Person person, Room room, long seq) => Deadline.Until(
        async () => (await person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/{seq}").Read<Message>()).Previews?.Count == 1,
        "a preview came");

    private static async Task<IReadOnlyList<Message>> MessagesAsync(Person person, Room room) =>
        (await person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?limit=200").Read<MessagePage>()).Items;
}
