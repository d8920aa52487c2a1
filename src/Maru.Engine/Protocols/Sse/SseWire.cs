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
    /// <summary>Milliseconds: clients that are told to come back at the same time spread over them.</summary>
    private const int MaxRetryAfter = 500;

    /// <summary>The one instance: there is nothing to agree on.</summary>
    public static readonly SseWire Instance = new();

    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    public override ReadOnlyMemory<byte> HeartBeat => Comment;

    public override bool IsOneSubscription => true;

    public override EventEncoder Encoder(RoomId room, string subscription) => new SseEncoder();

    public override ReadOnlyMemory<byte> Receipt(in Ticket ticket, RoomId room, long seq) => Comment;

    public override ReadOnlyMemory<byte> Refused(string subscription, long number, in Ticket ticket, Refusal refusal) => Problem(refusal);

    public override ReadOnlyMemory<byte> UserEvent(string subscription, long number, ReadOnlySpan<byte> json) =>
        SseEncoder.Event(SseEncoder.TypeOf(json), json);

    /// <summary>Writes an event <c>problem</c>; before a restart, also the time after which the client should come back.</summary>
    public override ReadOnlyMemory<byte> Farewell(Refusal? refusal, in Ticket ticket)
    {
        if (refusal is null) return Comment;
        if (refusal.Problem != Problems.Problem.ShuttingDown) return Problem(refusal);
        return (byte[])[.. System.Text.Encoding.ASCII.GetBytes($"retry: {Random.Shared.Next(MaxRetryAfter)}\n"), .. Problem(refusal)];
    }

    private static byte[] Problem(Refusal refusal) => SseEncoder.Event("problem"u8, EventJson.Problem(refusal));
}
