using System.Text.Json;
using Maru.Engine.Log;
using Maru.Server.Features.Pins;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Pins;

/// <summary>Pins, as a test says them.</summary>
internal static class Pinning
{
    public static string Address(Room room, long seq) => $"/api/rooms/{room.Id}/messages/{seq}/pin";

    public static string List(Room room) => $"/api/rooms/{room.Id}/pins";

    public static Task<string> PinAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"PUT {Address(room, seq)}").ShouldBe(204);

    public static Task<string> UnpinAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"DELETE {Address(room, seq)}").ShouldBe(204);

    public static Task<string> DeleteAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{seq}").ShouldBe(204);

    public static async Task<IReadOnlyList<PinnedMessage>> PinsAsync(this Person person, Room room) =>
        (await person.Http.SendAsync($"GET {List(room)}").Read<PinList>()).Items;

    /// <summary>Returns the seqs of the room's pinned messages, the newest pin first.</summary>
    public static async Task<long[]> SeePinsAsync(this Person person, Room room) =>
        [.. (await person.PinsAsync(room)).Select(x => x.Message.Seq)];

    /// <summary>Returns the next entry of a room's log.</summary>
    public static Task<Frame> EntryAsync(this StompSocket socket) =>
        socket.TakeAsync(frame => frame.Command == "MESSAGE" && frame["seq"].Length > 0, "an entry");

    /// <summary>
    /// Checks that the rows are what the logs tell, and that each entry was a change: none pins what is pinned or deleted, or unpins what
    /// is not pinned.
    /// </summary>
    public static async Task ShouldKeepPinsAsync(this MaruServer server)
    {
        await server.ShouldBeSoundAsync();
        var ct = TestContext.Current.CancellationToken;
        var log = await server.Service<Database>().ListAsync<Change>(
            """
            SELECT room_id, seq, type, coalesce(target_seq, 0) AS target, coalesce(detail, '') AS detail
            FROM changes ORDER BY room_id, seq
            """,
            null,
            ct);
        var (pins, deleted) = (new Dictionary<(long Room, long Seq), long>(), new HashSet<(long Room, long Seq)>());
        foreach (var change in log)
        {
            var message = (change.RoomId, change.Target);
            if (change.Type == EntryKind.MessageDeleted.Number)
            {
                deleted.Add(message).ShouldBeTrue($"{change}");
                pins.Remove(message);
            }

            if (change.Type != EntryKind.PinChanged.Number) continue;
            var pinned = JsonDocument.Parse(change.Detail).RootElement.GetProperty("pinned").GetBoolean();
            deleted.ShouldNotContain(message, $"{change}");
            (pinned ? pins.TryAdd(message, change.Seq) : pins.Remove(message)).ShouldBeTrue($"{change}");
        }

        var rows = await server.Service<Database>().ListAsync<Row>("SELECT room_id, seq, pinned_seq FROM pins", null, ct);
        rows.ShouldBe(pins.Select(x => new Row(x.Key.Room, x.Key.Seq, x.Value)), ignoreOrder: true);
    }

    private sealed record Change(long RoomId, long Seq, long Type, long Target, string Detail);

    private sealed record Row(long RoomId, long Seq, long PinnedSeq);
}
