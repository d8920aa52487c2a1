using System.Text;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Protocols.Sse;

/// <summary>
/// Server-Sent Events (HTML, 9.2): a stream of events for one room's log, or for a user's own. The client asks by HTTP and sends nothing
/// more, so no request needs a response; the stream ends when its subject does.
/// </summary>
internal sealed class SseWire : Wire
{
    /// <summary>The wire of a room's log. There is nothing to agree on: one for all.</summary>
    public static readonly SseWire Room = new();

    /// <summary>The wire of a user's own events.</summary>
    public static readonly SseWire User = new();

    // Milliseconds after which a client comes back when its stream breaks off. Those that lose theirs at the same time spread over the
    // rest; none tries more often than about once a second while the server is away.
    private const int RetryAfter = 500;
    private const int RetrySpread = 1000;

    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    public override string Name => "sse";

    public override ReadOnlyMemory<byte> HeartBeat => Comment;

    public override bool IsOneSubscription => true;

    /// <summary>Encodes what each stream begins with: <c>retry: {ms}</c>.</summary>
    public static byte[] Beginning() => [.. Retry(), .. "\n"u8];

    public override EventEncoder Encoder(RoomId room, string subscription) => new SseEncoder();

    public override ReadOnlyMemory<byte> Receipt(in Ticket ticket, RoomId room, long seq) => Comment;

    public override ReadOnlyMemory<byte> Refused(string subscription, long number, in Ticket ticket, Refusal refusal) => Problem(refusal);

    public override ReadOnlyMemory<byte> UserEvent(string subscription, long number, ReadOnlySpan<byte> json) =>
        SseEncoder.Event(SseEncoder.TypeOf(json), json);

    /// <summary>
    /// Encodes an event <c>problem</c>, and before it, where the problem passes by itself, the time after which the client should come
    /// back. A user's own events have said already that the session has ended.
    /// </summary>
    public override ReadOnlyMemory<byte> Farewell(Refusal? refusal, in Ticket ticket)
    {
        if (refusal is null) return Comment;
        if (refusal.Problem == Problems.Problem.SessionEnded && this == User) return default;
        return refusal.Problem.Status == 503 ? (byte[])[.. Retry(), .. Problem(refusal)] : Problem(refusal);
    }

    private static byte[] Retry() => Encoding.ASCII.GetBytes($"retry: {RetryAfter + Random.Shared.Next(RetrySpread)}\n");

    private static byte[] Problem(Refusal refusal) => SseEncoder.Event("problem"u8, EventJson.Problem(refusal));
}
