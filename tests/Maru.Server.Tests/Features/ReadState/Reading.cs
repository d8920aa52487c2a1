using System.Text.Json;
using Maru.Server.Audit;
using Maru.Server.Features.ReadState;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Features.ReadState;

/// <summary>What people do with what they have not read, as a test says it.</summary>
internal static class Reading
{
    public static Task<string> ReadAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"PUT /api/rooms/{room.Id}/read", new { seq }).ShouldBe(204);

    public static Task<string> UnreadAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"PUT /api/rooms/{room.Id}/read", new { seq, unread = true }).ShouldBe(204);

    public static Task<RoomReadState> StateAsync(this Person person, Room room) =>
        person.Http.SendAsync($"GET /api/rooms/{room.Id}/read").Read<RoomReadState>();

    /// <summary>Returns what the list of rooms, the room and the total say, which must be the same; for somebody with one room.</summary>
    public static async Task<long> CountAsync(this Person person, Room room) => (await person.SeeUnreadAsync(room)).Unread;

    /// <summary>Returns how many mentions are unread, as <see cref="CountAsync"/>.</summary>
    public static async Task<long> CountMentionsAsync(this Person person, Room room) => (await person.SeeUnreadAsync(room)).Mentions;

    private static async Task<RoomReadState> SeeUnreadAsync(this Person person, Room room)
    {
        var state = await person.StateAsync(room);
        var listed = (await person.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items.ShouldHaveSingleItem();
        listed.Unread.ShouldBe(state.Unread);
        listed.Mentions.ShouldBe(state.Mentions);
        listed.ReadSeq.ShouldBe(state.ReadSeq);
        var total = await person.Http.SendAsync("GET /api/me/unread").Read<UnreadTotal>();
        total.ShouldBe(new UnreadTotal(state.Unread, state.Mentions, state.Unread > 0 ? 1 : 0));
        return state;
    }

    public static async Task<long[]> ReadersAsync(this Person person, Room room, long seq) =>
    [
        .. (await person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/{seq}/readers").Read<ReaderPage>()).Items
            .Select(reader => reader.User.Id).Order(),
    ];

    /// <summary>Returns the event that tells that many unread messages of the room; others may come before it.</summary>
    /// <param name="socket">that hears</param>
    /// <param name="room">the room</param>
    /// <param name="unread">the number</param>
    /// <param name="mentions">how many of them mention the user; null: not looked at</param>
    public static async Task<JsonElement> UnreadAsync(this StompSocket socket, Room room, long unread, long? mentions = null)
    {
        var frame = await socket.TakeAsync(
            frame => frame.Command == "MESSAGE" && frame.Json.GetProperty("type").GetString() == "unread"
                && frame.Json.GetProperty("roomId").GetInt64() == room.Id && frame.Json.GetProperty("unread").GetInt64() == unread
                && (mentions is null || frame.Json.GetProperty("mentions").GetInt64() == mentions),
            $"{unread} unread and {mentions} mentions in room {room.Id}");
        return frame.Json;
    }

    /// <summary>Takes the next event of somebody's reading in a room.</summary>
    public static async Task<(long User, long Seq)> ReadAsync(this StompSocket socket, Room room)
    {
        var frame = await socket.TakeAsync(
            frame => frame["destination"] == $"/topic/rooms/{room.Id}" && frame.Type == "read", "reading");
        (frame["seq"], frame.Json.GetProperty("roomId").GetInt64()).ShouldBe(("", room.Id));
        return (frame.Json.GetProperty("userId").GetInt64(), frame.Json.GetProperty("seq").GetInt64());
    }

    /// <summary>A recount from scratch finds the same, of everything that the rooms have twice.</summary>
    public static async Task ShouldBalanceAsync(this MaruServer server, params Room[] rooms)
    {
        foreach (var room in rooms)
        {
            foreach (var check in server.Service<IEnumerable<IStoreCheck>>())
            {
                var look = await server.Service<Database>().ReadAsync(
                    (snapshot, ct) => check.LookAsync(snapshot, new RoomSpan(room.Id, room.Id), ct), TestContext.Current.CancellationToken);
                look.Drift.Select(x => x.Text).ShouldBeEmpty();
            }
        }
    }
}
