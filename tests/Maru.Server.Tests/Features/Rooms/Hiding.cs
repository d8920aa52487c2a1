using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>What members may read of a room's past, as a test says it.</summary>
internal static class Hiding
{
    public static Task<Room> MakeRoomWithAsync(this Person owner, string history, params long[] members) =>
        owner.Http.SendAsync("POST /api/rooms", new { name = "room", visibility = "public", history, members }).Read<Room>(201);

    public static Task<Room> SetHistoryAsync(this Person person, Room room, string history) =>
        person.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { history }).Read<Room>();

    public static Task<string> ReviseAsync(this Person person, Room room, long seq, string text) =>
        person.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{seq}", new { text }).ShouldBe(200);

    public static Task<string> RankAsync(this Person owner, Room room, Person member, string role = "admin") =>
        owner.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{member.Id}", new { role }).ShouldBe(204);

    public static async Task<long[]> SeqsAsync(this Person person, Room room, string query = "") =>
    [
        .. (await person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?{query}").Read<Server.Features.Messages.MessagePage>()).Items
            .Select(x => x.Seq),
    ];

    /// <summary>Subscribes to all of the room's log on a connection of its own; returns its entries up to that seq.</summary>
    public static async Task<IReadOnlyList<Frame>> ResumeAsync(this Person person, Room room, long last, long after = 0)
    {
        await using var socket = await StompSocket.ConnectAsync(person.Http.BaseAddress!, person.AccessToken);
        await socket.SubscribeAsync(room.Id, after);
        return await socket.EntriesAsync(last);
    }

    /// <summary>Returns the next entries up to that seq.</summary>
    public static async Task<IReadOnlyList<Frame>> EntriesAsync(this StompSocket socket, long last)
    {
        List<Frame> entries = [];
        do entries.Add(await socket.TakeAsync(frame => frame.Command == "MESSAGE" && frame["seq"].Length > 0, "an entry"));
        while (entries[^1].Seq < last);
        return entries;
    }

    /// <summary>Checks that the entries go on without gaps from that seq, and have nothing of that text.</summary>
    public static void ShouldTellNothing(this IReadOnlyList<Frame> entries, long first, string text)
    {
        entries.Select(x => x.Seq).ShouldBe(Enumerable.Range(0, entries.Count).Select(x => first + x));
        foreach (var entry in entries) entry.Text.ShouldNotContain(text);
    }

    public static IEnumerable<string> Types(this IEnumerable<Frame> entries) => entries.Select(x => x.Type);
}
