using Maru.Server.Features.Messages;
using Maru.Server.Features.Reactions;
using Maru.Server.RoomLog;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Reactions;

/// <summary>Reactions, as a test says them.</summary>
internal static class Reacting
{
    /// <summary>The address of a reaction; with null that of the list.</summary>
    public static string Address(Room room, long seq, string? emoji) =>
        $"/api/rooms/{room.Id}/messages/{seq}/reactions{(emoji is null ? "" : $"/{Uri.EscapeDataString(emoji)}")}";

    public static Task<string> ReactAsync(this Person person, Room room, long seq, string emoji) =>
        person.Http.SendAsync($"PUT {Address(room, seq, emoji)}").ShouldBe(204);

    public static Task<string> TakeBackAsync(this Person person, Room room, long seq, string emoji) =>
        person.Http.SendAsync($"DELETE {Address(room, seq, emoji)}").ShouldBe(204);

    public static Task<GivenReactionPage> ReactionsAsync(this Person person, Room room, long seq, string query = "") =>
        person.Http.SendAsync($"GET {Address(room, seq, null)}?{query}").Read<GivenReactionPage>();

    /// <summary>Returns the message's reactions as the person sees them: "👍 2 mine, 🎉 1".</summary>
    public static async Task<string> SeeReactionsAsync(this Person person, Room room, long seq) =>
        (await person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/{seq}").Read<Message>()).Reactions.Told();

    public static string Told(this IEnumerable<Reaction> reactions) =>
        string.Join(", ", reactions.Select(x => $"{x.Emoji} {x.Count}{(x.Mine ? " mine" : "")}"));

    /// <summary>Checks that the counts of every message are those of the rows that say who reacted.</summary>
    public static async Task ShouldCountReactionsAsync(this MaruServer server)
    {
        await server.ShouldBeSoundAsync();
        var ct = TestContext.Current.CancellationToken;
        var counted = await server.Service<Database>().ListAsync<Counted>(
            "SELECT room_id, seq, reactions FROM messages WHERE reactions IS NOT NULL ORDER BY room_id, seq", null, ct);
        var rows = await server.Service<Database>().ListAsync<Row>(
            "SELECT room_id, seq, emoji, count(*) AS count FROM reactions GROUP BY room_id, seq, emoji", null, ct);
        counted.SelectMany(x => Pairs(x.Reactions).Select(pair => $"{x.RoomId}-{x.Seq} {pair}"))
            .ShouldBe(rows.Select(x => $"{x.RoomId}-{x.Seq} {x.Emoji} {x.Count}"), ignoreOrder: true);
    }

    private static IEnumerable<string> Pairs(string reactions)
    {
        ReactionCounts.Read(reactions).ToText().ShouldBe(reactions);
        return reactions.Split(' ').Chunk(2).Select(pair => string.Join(' ', pair));
    }

    private sealed record Counted(long RoomId, long Seq, string Reactions);

    private sealed record Row(long RoomId, long Seq, string Emoji, long Count);
}
