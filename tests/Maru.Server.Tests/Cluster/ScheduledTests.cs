using Maru.Server.Features.Messages;
using Maru.Server.Features.Scheduled;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Scheduled;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Cluster;

/// <summary>Scheduled messages that several nodes send.</summary>
[Trait("Store", "postgres")]
public sealed class ScheduledTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Many_that_are_due_at_once_are_sent_by_two_nodes_each_once_and_in_order_in_each_room(int redis)
    {
        const int each = 40;
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        var people = new List<Person>();
        for (var i = 0; i < 4; i++) people.Add(await cluster[0].SignUpAsync());
        var rooms = new List<Room>();
        for (var i = 0; i < 3; i++) rooms.Add(await people[0].MakeRoomAsync(members: [.. people[1..].Select(x => x.Id)]));
        await using var socket = await cluster.At(0, people[0]).ListenAsync();
        var far = DateTimeOffset.UtcNow.AddHours(1);
        var made = await Task.WhenAll(
            from person in Enumerable.Range(0, people.Count)
            from i in Enumerable.Range(0, each)
            select cluster.At(i % 2, people[person]).ScheduleAsync(rooms[i % 3], $"{person}.{i}", far));
        var past = DateTimeOffset.UtcNow.AddMinutes(-1);
        await cluster[0].MoveAsync(made.Select((x, i) => (x.Id, past.AddMilliseconds(i))));
        cluster[1].Service<ScheduledSender>().Wake(0);
        foreach (var person in people) await Deadline.Until(async () => (await person.ScheduledAsync()).Count == 0, "all to be sent");
        foreach (var room in rooms)
            (await people[1].TextsAsync(room)).ShouldBe(made.Where(x => x.RoomId == room.Id).Select(x => x.Text));

        // And each is told once, whichever node sent it.
        List<long> told = [];
        for (var i = 0; i < each; i++) told.Add((await socket.EventAsync("scheduled.sent")).Json.GetProperty("id").GetInt64());
        told.ShouldBe(made.Take(each).Select(x => x.Id), ignoreOrder: true);
        await socket.SyncAsync();
        socket.Inbox().ShouldAllBe(frame => frame.Command != "MESSAGE" || frame.Type != "scheduled.failed");
        await cluster[0].ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Files_that_wait_are_sent_once_by_either_of_two_nodes_whoever_changes_cancels_or_deletes_meanwhile()
    {
        const int messages = 40;
        await using var cluster = await ClusterRig.StartAsync(redis: 0);
        var ann = await cluster[0].SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var far = DateTimeOffset.UtcNow.AddHours(1);
        var files = new List<SentFile>();
        for (var i = 0; i < 2 * messages; i++) files.Add(await ann.UploadAsync(Uploads.Text($"{i}"), $"{i}.txt"));
        var made = await Task.WhenAll(Enumerable.Range(0, messages).Select(
            i => cluster.At(i % 2, ann).ScheduleAsync(room, $"{i}", far, files: files[i])));
        var first = DateTimeOffset.UtcNow.AddSeconds(1);
        await cluster[0].MoveAsync(made.Select((x, i) => (x.Id, first.AddMilliseconds(3 * i))));
        cluster[1].Service<ScheduledSender>().Wake(0);
        await Deadline.Until(async () => (await ann.TextsAsync(room)).Length > 0, "the first one");
        var answers = await Task.WhenAll(made.Select(async (x, i) =>
        {
            var node = cluster.At(1, ann);
            using var response = (i % 3) switch
            {
                0 => await node.CancelAsync(x),
                1 => await node.RescheduleAsync(x, new { version = 1, files = new[] { files[messages + i].Id } }),
                _ => await node.Http.SendAsync($"DELETE {files[i].Url}"),
            };
            return (int)response.StatusCode;
        }));
        await Deadline.Until(async () => (await ann.ScheduledAsync()).Count == 0, "all to be over");
        answers.ShouldAllBe(status => status == 200 || status == 204 || status == 404 || status == 409);

        // Each is there once, unless it was cancelled, with the files that it had at last; one that was sent can lose its file.
        var sent = (await ann.HistoryAsync(room)).Where(x => x.Kind == "message").ToDictionary(x => x.Text, x => x.Files);
        for (var i = 0; i < messages; i++)
        {
            var isThere = sent.TryGetValue($"{i}", out var had);
            isThere.ShouldBe(i % 3 != 0 || answers[i] != 204);
            if (!isThere) continue;
            long[] right = (i % 3, answers[i]) switch
            {
                (1, 200) => [files[messages + i].Id],
                (2, 204) => [],
                _ => [files[i].Id],
            };
            had!.Select(x => x.Id).ShouldBe(right);
        }

        (await cluster[0].Service<Database>().FirstAsync<long>(
            "SELECT count(*) FROM scheduled_files", null, TestContext.Current.CancellationToken)).ShouldBe(0);
        await cluster[0].ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_was_scheduled_at_a_node_that_is_gone_is_sent_by_another_one_without_being_told()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 0);
        var ann = await cluster[0].SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await cluster.At(1, ann).ScheduleAsync(room, "from the other side", DateTimeOffset.UtcNow.AddSeconds(1));
        await cluster.EndLastAsync();
        await Deadline.Until(async () => (await ann.TextsAsync(room)).Length == 1, "the other node to send it");
        (await ann.ScheduledAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Changes_at_one_node_and_sends_at_the_other_never_make_two_of_one_message()
    {
        const int messages = 60;
        await using var cluster = await ClusterRig.StartAsync(redis: 0);
        var ann = await cluster[0].SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var far = DateTimeOffset.UtcNow.AddHours(1);
        var made = await Task.WhenAll(Enumerable.Range(0, messages).Select(i => ann.ScheduleAsync(room, $"{i}", far)));
        var first = DateTimeOffset.UtcNow.AddSeconds(1);
        await cluster[0].MoveAsync(made.Select((x, i) => (x.Id, first.AddMilliseconds(3 * i))));
        cluster[1].Service<ScheduledSender>().Wake(0);
        await Deadline.Until(async () => (await ann.TextsAsync(room)).Length > 0, "the first one");
        var answers = await Task.WhenAll(made.Select(async (x, i) =>
        {
            using var response = i % 2 == 0
                ? await cluster.At(1, ann).CancelAsync(x)
                : await cluster.At(1, ann).RescheduleAsync(x, new { version = 1, text = $"{i} changed" });
            return (int)response.StatusCode;
        }));
        await Deadline.Until(async () => (await ann.ScheduledAsync()).Count == 0, "all to be over");
        (await ann.TextsAsync(room)).ShouldBe(
            made.Select((x, i) => answers[i] switch { 204 => null, 200 => $"{x.Text} changed", _ => x.Text }).OfType<string>(),
            ignoreOrder: true);     // what is changed as it is sent may come behind later ones
        answers.ShouldAllBe(status => status == 200 || status == 204 || status == 404);
    }
}
