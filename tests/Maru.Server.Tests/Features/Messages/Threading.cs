using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Maru.Server.Features.Messages;
using Maru.Server.Storage;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Messages;

/// <summary>Replies, forwards and places in a history, as a test says them.</summary>
internal static class Threading
{
    public static string Address(Room room, long seq) => $"/api/rooms/{room.Id}/messages/{seq}";

    public static Task<Message> ReplyAsync(this Person person, Room room, long replyTo, string text = "reply") =>
        person.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text, replyTo }).Read<Message>(201);

    public static Task<HttpResponseMessage> TryForwardAsync(this Person person, Room to, Room from, long seq, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/rooms/{to.Id}/messages")
        {
            Content = JsonContent.Create(new { forward = new { roomId = from.Id, seq } }),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return person.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static Task<Message> ForwardAsync(this Person person, Room to, Room from, long seq, string? key = null) =>
        person.TryForwardAsync(to, from, seq, key).Read<Message>(201);

    public static Task<MessagePage> ThreadAsync(this Person person, Room room, long seq, string query = "limit=200") =>
        person.Http.SendAsync($"GET {Address(room, seq)}/replies?{query}").Read<MessagePage>();

    public static Task<MessagePage> PageAsync(this Person person, Room room, string query) =>
        person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?{query}").Read<MessagePage>();

    public static Task<string> EraseAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"DELETE {Address(room, seq)}").ShouldBe(204);

    public static IEnumerable<long> Seqs(this MessagePage page) => page.Items.Select(x => x.Seq);

    /// <summary>Returns the time as a query has it, to the millisecond.</summary>
    public static string Written(this DateTimeOffset at) =>
        Uri.EscapeDataString(at.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture));

    /// <summary>Sends a forward over the socket, and waits for its receipt.</summary>
    public static async Task<Frame> ForwardAsync(this StompSocket socket, Room to, Room from, long seq, string receipt)
    {
        var body = JsonSerializer.Serialize(new { forward = new { roomId = from.Id, seq } });
        await socket.SendAsync(
            "SEND", body, ("destination", $"/app/rooms/{to.Id}/messages"), ("client-key", receipt), ("receipt", receipt));
        return await socket.ReceiptAsync(receipt);
    }

    /// <summary>Checks that each message counts the replies that are not deleted, and no other message counts any.</summary>
    public static async Task ShouldCountRepliesAsync(this MaruServer server)
    {
        var faults = await server.Service<Database>().ListAsync<string>(
            """
            SELECT m.room_id || '-' || m.seq || ': ' || coalesce(m.replies, 0) || ', right is ' || x.replies
            FROM messages m JOIN (
              SELECT a.room_id, a.seq, count(r.seq) AS replies FROM messages a
              LEFT JOIN messages r ON r.room_id = a.room_id AND r.reply_to = a.seq AND r.deleted_at IS NULL
              GROUP BY a.room_id, a.seq) x ON x.room_id = m.room_id AND x.seq = m.seq
            WHERE coalesce(m.replies, 0) <> x.replies
            """,
            null,
            TestContext.Current.CancellationToken);
        faults.ShouldBeEmpty();
    }
}
