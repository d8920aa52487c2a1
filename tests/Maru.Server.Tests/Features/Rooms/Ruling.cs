using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>Who may write to a room, as a test says it.</summary>
internal static class Ruling
{
    /// <summary>Changes the room, and returns it as it is from then on.</summary>
    public static Task<Room> ChangeAsync(this Person person, Room room, object change) =>
        person.Http.SendAsync($"PATCH /api/rooms/{room.Id}", change).Read<Room>();

    public static Task<string> SetRoleAsync(this Person owner, Room room, Person person, string role) =>
        owner.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{person.Id}", new { role }).ShouldBe(204);

    public static Task<HttpResponseMessage> TrySayAsync(this Person person, Room room, string text = "hello", string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/rooms/{room.Id}/messages")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { text }),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return person.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Returns the seconds to wait, which the header and the body say.</summary>
    public static async Task<int> ShouldWaitAsync(this Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        var details = await Task.FromResult(response).ShouldRefuse(Problem.SlowMode);
        var seconds = details.GetProperty("retryAfter").GetInt32();
        response.Headers.RetryAfter?.Delta.ShouldBe(TimeSpan.FromSeconds(seconds));
        return seconds;
    }

    /// <summary>Returns the texts of the room's messages of people.</summary>
    public static async Task<string[]> TextsAsync(this Person person, Room room) =>
        [.. (await person.HistoryAsync(room)).Where(x => x.Kind == "message").Select(x => x.Text)];

    /// <summary>Sends messages in one transaction, each with a receipt of its own: its name and its number.</summary>
    public static async Task TransactAsync(this StompSocket socket, string name, params (Room Room, string Text)[] messages)
    {
        await socket.SendAsync("BEGIN", "", ("transaction", name));
        for (var i = 0; i < messages.Length; i++)
        {
            await socket.SendAsync(
                "SEND", $$"""{"text":"{{messages[i].Text}}"}""", ("destination", $"/app/rooms/{messages[i].Room.Id}/messages"),
                ("transaction", name), ("client-key", $"{name} {i}"), ("receipt", $"{name} {i}"));
        }

        await socket.SendAsync("COMMIT", "", ("transaction", name), ("receipt", name));
    }

    /// <summary>A connection that hears of refusals.</summary>
    public static async Task<StompSocket> TabAsync(this Person person)
    {
        var socket = await StompSocket.ConnectAsync(person.Http.BaseAddress!, person.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        return socket;
    }

    /// <summary>Waits for the outcome of a send: the seq, or the seconds to wait as a negative number.</summary>
    public static async Task<long> OutcomeAsync(this StompSocket socket, string receipt)
    {
        var frame = await socket.TakeAsync(x => x["receipt-id"] == receipt, $"the outcome of {receipt}");
        if (frame.Command == "RECEIPT") return frame.Seq;
        frame.Type.ShouldBe(Problem.SlowMode.Slug);
        frame.Json.GetProperty("status").GetInt32().ShouldBe(Problem.SlowMode.Status);
        return -frame.Json.GetProperty("retryAfter").GetInt32();
    }
}
