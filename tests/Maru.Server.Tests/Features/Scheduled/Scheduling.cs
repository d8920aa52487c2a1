using System.Net.Http.Json;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Scheduled;
using Maru.Server.Storage;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Scheduled;

/// <summary>Scheduled messages, as a test says them.</summary>
internal static class Scheduling
{
    public static string Address(long id) => $"/api/me/scheduled/{id}";

    public static Task<HttpResponseMessage> TryScheduleAsync(
        this Person person, Room room, string text, DateTimeOffset at, long? replyTo = null, string? key = null, params SentFile[] files)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/rooms/{room.Id}/scheduled")
        {
            Content = JsonContent.Create(new { text, at, replyTo, files = files.Select(file => file.Id) }),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return person.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static Task<ScheduledMessage> ScheduleAsync(
        this Person person, Room room, string text, DateTimeOffset at, long? replyTo = null, string? key = null,
        params SentFile[] files) =>
        person.TryScheduleAsync(room, text, at, replyTo, key, files).Read<ScheduledMessage>(201);

    public static async Task<IReadOnlyList<ScheduledMessage>> ScheduledAsync(this Person person, string query = "limit=200") =>
        (await person.Http.SendAsync($"GET /api/me/scheduled?{query}").Read<ScheduledPage>()).Items;

    public static Task<HttpResponseMessage> RescheduleAsync(this Person person, ScheduledMessage scheduled, object change) =>
        person.Http.SendAsync($"PATCH {Address(scheduled.Id)}", change);

    public static Task<HttpResponseMessage> CancelAsync(this Person person, ScheduledMessage scheduled) =>
        person.Http.SendAsync($"DELETE {Address(scheduled.Id)}");

    /// <summary>Sets the times of messages, past ones too, without a change of their versions, and wakes the server.</summary>
    public static async Task MoveAsync(this MaruServer server, IEnumerable<(long Id, DateTimeOffset At)> times)
    {
        var rows = times.Select(x => (long[])[x.Id, x.At.ToUnixTimeMilliseconds()]).ToArray();
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(
                """
                WITH x (id, at) AS ROWS @rows
                UPDATE scheduled SET at = (SELECT x.at FROM x WHERE x.id = scheduled.id),
                  due_at = (SELECT x.at FROM x WHERE x.id = scheduled.id)
                WHERE id IN (SELECT x.id FROM x)
                """,
                new { rows = Dialect.Rows(rows) },
                ct),
            TestContext.Current.CancellationToken);
        server.Service<ScheduledSender>().Wake(0);
    }

    /// <summary>Lets the time pass, and some more until the server has done what it does then.</summary>
    public static async Task PassAsync(this ManualTime time, double seconds, Func<Task<bool>> condition, string what)
    {
        time.Advance(seconds);
        var looks = 0;
        await Deadline.Until(
            async () =>
            {
                if (await condition()) return true;
                if (++looks % 20 == 0) time.Advance(0.5);       // the server may have begun to sleep behind the step
                return false;
            },
            what);
    }
}
