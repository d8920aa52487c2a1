using System.Text.Json;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Realtime;

/// <summary>
/// A room in which messages were edited and deleted, by users some of whom have another name now or are gone. A client that gets its log
/// again must get each message as REST returns it.
/// </summary>
internal static class Past
{
    private static readonly string[] Secrets = ["secret", "Kitty", "Dan the man"];

    /// <param name="server">where</param>
    /// <param name="ann">the owner</param>
    /// <param name="listener">subscribes before anything is said, so that the node has all of it in memory; null: nobody listens</param>
    public static async Task<Room> MakeAsync(MaruServer server, Person ann, StompSocket? listener)
    {
        var (ben, cat, dan) = (await server.SignUpAsync("ben"), await server.SignUpAsync("cat"), await server.SignUpAsync("dan"));
        await cat.Http.SendAsync("PATCH /api/me", new { name = "Kitty" }).ShouldBe(200);
        await dan.Http.SendAsync("PATCH /api/me", new { name = "Dan the man" }).ShouldBe(200);
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id, cat.Id, dan.Id);
        if (listener is not null) await listener.SubscribeAsync(room.Id);
        await ben.SayAsync(room, "helo");
        await ben.SayAsync(room, "secret one");
        await cat.SayAsync(room, "miaow");
        await dan.SayAsync(room, "farewell");
        var last = (await ben.SayAsync(room, "the last")).Seq;
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{last - 4}", new { text = "hello" }).ShouldBe(200);
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{last - 3}", new { text = "secret two" }).ShouldBe(200);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{last - 3}").ShouldBe(204);
        await cat.Http.SendAsync("PATCH /api/me", new { name = "Cat" }).ShouldBe(200);
        await GoAsync(dan, ann, room);
        return room;
    }

    /// <summary>The person deletes the account, and has left the room.</summary>
    public static async Task GoAsync(Person who, Person witness, Room room)
    {
        await who.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        await Deadline.Until(async () => (await witness.MembersAsync(room)).All(x => x.Id != who.Id), "the deleted account to leave");
    }

    /// <summary>All of a room's events, in order and once, each with its message as it is in the room's history.</summary>
    public static async Task ShouldReadAsItIsAsync(this IReadOnlyList<JsonElement> events, Person reader, Room room)
    {
        events.Select(x => x.GetProperty("seq").GetInt64()).ShouldBe(Enumerable.Range(1, events.Count).Select(x => (long)x));
        var page = await reader.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?limit=200").ShouldBe(200);
        var history = JsonDocument.Parse(page).RootElement.GetProperty("items").EnumerateArray()
            .ToDictionary(x => x.GetProperty("seq").GetInt64(), AsToldToAll);
        foreach (var told in events)
        {
            var message = told.GetProperty("message");
            message.GetRawText().ShouldBe(history[message.GetProperty("seq").GetInt64()]);
            foreach (var secret in Secrets) told.GetRawText().ShouldNotContain(secret);
        }
    }

    /// <summary>Returns the message without what differs by reader, which stands at its end.</summary>
    private static string AsToldToAll(JsonElement message)
    {
        var json = message.GetRawText();
        return message.TryGetProperty("unreadBy", out var count) ? json[..^$",\"unreadBy\":{count}}}".Length] + "}" : json;
    }

    /// <summary>Subscribes anew, and takes what comes up to that seq.</summary>
    public static async Task<List<JsonElement>> ReadAgainAsync(this StompSocket socket, Room room, string id, long last)
    {
        await socket.SubscribeAsync($"/topic/rooms/{room.Id}", id, after: 0);
        List<JsonElement> events = [];
        while (events.Count < last)
            events.Add((await socket.TakeAsync(x => x["subscription"] == id, $"event {events.Count + 1} of {id}")).Json);
        return events;
    }
}
