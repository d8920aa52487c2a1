using System.Text.Json;
using Maru.Server.Features.Presence;

namespace Maru.Server.Tests.Features.Presence;

/// <summary>Presence as a test asks for it, and hears of it.</summary>
internal static class Watching
{
    /// <summary>Returns "online", "away" or "offline", with "seen" behind it where the last moment is told.</summary>
    public static async Task<string[]> SeeAsync(this Person viewer, params long[] people)
    {
        var list = await viewer.Http.SendAsync($"GET /api/presence?userIds={string.Join(',', people)}").Read<PresenceList>();
        list.Items.Select(x => x.UserId).ShouldBe(people.Distinct());
        return [.. list.Items.Select(x => x.LastSeenAt is null ? x.State : $"{x.State} seen")];
    }

    /// <summary>Waits until the viewer sees the person so.</summary>
    public static async Task SeesAsync(this Person viewer, Person person, string state)
    {
        var last = "";
        await Deadline.Until(
            async () =>
            {
                last = (await viewer.SeeAsync(person.Id))[0];
                return last == state;
            },
            $"{person.Handle} to be {state}");
    }

    /// <summary>Watches people from now on.</summary>
    public static async Task WatchAsync(this StompSocket socket, params long[] people)
    {
        var receipt = $"watch-{string.Join('-', people)}";
        (string, string)[] headers =
            [("destination", "/user/queue/presence"), ("id", "p"), ("users", string.Join(',', people)), ("receipt", receipt)];
        await socket.SendAsync("SUBSCRIBE", "", headers);
        await socket.ReceiptAsync(receipt);
    }

    /// <summary>Takes the next event about a person: "online", "offline seen".</summary>
    public static async Task<string> ToldAsync(this StompSocket socket, long user)
    {
        var frame = await socket.TakeAsync(
            frame => frame["destination"] == "/user/queue/presence" && frame.Json.GetProperty("userId").GetInt64() == user,
            $"an event about {user}");
        (frame.Type, frame["seq"]).ShouldBe(("presence", ""));
        return Text(frame.Json);
    }

    /// <summary>Waits for the event that says so, whatever came before.</summary>
    public static async Task<List<string>> ToldUntilAsync(this StompSocket socket, long user, string state)
    {
        List<string> told = [];
        do
        {
            told.Add(await socket.ToldAsync(user));
        }
        while (told[^1] != state);
        return told;
    }

    public static Task SayAsync(this StompSocket socket, string state) =>
        socket.SendAsync("SEND", JsonSerializer.Serialize(new { state }), ("destination", "/app/presence"));

    public static Task TypeAsync(this StompSocket socket, long room, bool typing) =>
        socket.SendAsync("SEND", JsonSerializer.Serialize(new { typing }), ("destination", $"/app/rooms/{room}/typing"));

    /// <summary>Takes the next event of somebody's typing in a room: "7 true".</summary>
    public static async Task<string> TypingAsync(this StompSocket socket, long room)
    {
        var frame = await socket.TakeAsync(
            frame => frame["destination"] == $"/topic/rooms/{room}" && frame.Type == "typing", "typing");
        (frame["seq"], frame.Json.GetProperty("roomId").GetInt64()).ShouldBe(("", room));
        return $"{frame.Json.GetProperty("userId")} {frame.Json.GetProperty("typing")}".ToLowerInvariant();
    }

    private static string Text(JsonElement json)
    {
        var state = json.GetProperty("state").GetString();
        return json.TryGetProperty("lastSeenAt", out _) ? $"{state} seen" : $"{state}";
    }
}
