using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Scheduled;

/// <summary>Scheduled messages that are cancelled and changed while they are sent.</summary>
public sealed class ScheduledRaceTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const int Messages = 80;

    [Fact]
    public async Task A_message_that_is_cancelled_as_it_is_sent_is_either_and_the_answer_says_which()
    {
        var (ann, room, _) = await DueAsync();
        var cancelled = await AtTheMomentAsync(ann, room, async id => await Status(ann.Http.SendAsync($"DELETE {Scheduling.Address(id)}")));
        await Deadline.Until(async () => (await ann.ScheduledAsync()).Count == 0, "all to be over");
        cancelled.ShouldAllBe(x => x.Value == 204 || x.Value == Problem.NotFound.Status);
        (await ann.TextsAsync(room)).ShouldBe(cancelled.Where(x => x.Value != 204).Select(x => x.Key));
        TestContext.Current.TestOutputHelper?.WriteLine($"{cancelled.Count(x => x.Value == 204)} of {Messages} were cancelled");
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_message_that_is_changed_as_it_is_sent_is_sent_once_and_the_answer_says_with_which_text()
    {
        var (ann, room, _) = await DueAsync();
        var changed = await AtTheMomentAsync(ann, room, async id => await Status(
            ann.Http.SendAsync($"PATCH {Scheduling.Address(id)}", new { version = 1, text = "changed" })));
        await Deadline.Until(async () => (await ann.ScheduledAsync()).Count == 0, "all to be over");
        changed.ShouldAllBe(x => x.Value == 200 || x.Value == Problem.NotFound.Status);
        (await ann.TextsAsync(room)).ShouldBe(changed.Select(x => x.Value == 200 ? "changed" : x.Key), ignoreOrder: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"{changed.Count(x => x.Value == 200)} of {Messages} were changed");
    }

    private static async Task<int> Status(Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        return (int)response.StatusCode;
    }

    /// <summary>
    /// Does something to each message about when it is due: once the first one is there. Returns what was answered, by text.
    /// </summary>
    private static async Task<List<KeyValuePair<string, int>>> AtTheMomentAsync(Person ann, Room room, Func<long, Task<int>> work)
    {
        var due = await ann.ScheduledAsync();
        due.Count.ShouldBe(Messages);
        await Deadline.Until(async () => (await ann.TextsAsync(room)).Length > 0, "the first one");
        return [.. await Task.WhenAll(due.Select(async x => KeyValuePair.Create(x.Text, await work(x.Id))))];
    }

    /// <summary>Schedules messages three milliseconds apart, from two seconds after the last one is scheduled.</summary>
    private async Task<(Person Ann, Room Room, DateTimeOffset First)> DueAsync()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var far = DateTimeOffset.UtcNow.AddHours(1);
        var made = await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => ann.ScheduleAsync(room, $"{i}", far)));
        var first = DateTimeOffset.UtcNow.AddSeconds(2);
        await server.MoveAsync(made.Select(x => (x.Id, first.AddMilliseconds(3 * int.Parse(x.Text, null)))));
        return (ann, room, first);
    }
}
