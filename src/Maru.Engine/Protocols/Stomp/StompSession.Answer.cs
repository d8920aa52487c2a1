using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Output;
namespace Maru.Engine.Protocols.Stomp;

internal sealed partial class StompSession
{
    private long _events;

    public override void Acknowledge(byte[] receipt, FlushList flush) => Outbox.Add(Frames.Receipt(_reader.Version, receipt), flush);

    /// <summary>A refused SEND or SUBSCRIBE: a message to those who listen for refusals, ERROR and the end for others.</summary>
    public override void Refuse(byte[]? receipt, Problem problem, string? detail, FlushList flush)
    {
        var queues = _errorQueues;
        if (queues.Length == 0)
        {
            End(Frames.Error(_reader.Version, problem, detail, receipt), problem, flush);
            return;
        }

        foreach (var queue in queues)
            Outbox.Add(Frames.Event(queue, "/user/queue/errors"u8, Interlocked.Increment(ref _events), EventJson.Problem(problem, detail), receipt), flush);
    }

    public override void SendUserEvent(ReadOnlySpan<byte> json, FlushList flush)
    {
        foreach (var queue in _eventQueues)
            Outbox.Add(Frames.Event(queue, "/user/queue/events"u8, Interlocked.Increment(ref _events), json, null), flush);
    }

    public override void Fail(Problem problem, string? detail, FlushList flush) => End(Frames.Error(_reader.Version, problem, detail, null), problem, flush);

    /// <summary>The peer closed its side: answers with the same and ends.</summary>
    public void CloseByPeer() => FailTransport(1000, default);

    /// <summary>The peer broke the WebSocket's rules.</summary>
    public void FailTransport(ushort code, ReadOnlySpan<byte> reason)
    {
        if (!TryEnd()) return;
        var flush = new FlushList();
        Outbox.End(WebSocketFrames.Close(code, reason), flush);
        flush.Flush();
    }

    public void Ping(ReadOnlySpan<byte> payload)
    {
        LastReceived = Engine.Clock.Now;
        var flush = new FlushList();
        Outbox.Add(WebSocketFrames.Message(WebSocketOpcode.Pong, payload), flush);
        flush.Flush();
    }

    public void Pong() => LastReceived = Engine.Clock.Now;

    /// <summary>Everything sent before is answered first, so that the receipt means what a client hopes.</summary>
    private void Disconnect(in StompFrame frame) => _wait = DisconnectAsync(Bytes(frame, "receipt"u8));

    private async Task DisconnectAsync(byte[]? receipt)
    {
        await IdleAsync().ConfigureAwait(false);
        if (!TryEnd()) return;
        var flush = new FlushList();
        var close = WebSocketFrames.Close(1000, default);
        Outbox.End(receipt is null ? close : [.. Frames.Receipt(_reader.Version, receipt).Span, .. close], flush);
        flush.Flush();
    }

    private void AcknowledgeNow(byte[]? receipt)
    {
        if (receipt is null || IsEnding) return;
        var flush = new FlushList();
        Acknowledge(receipt, flush);
        flush.Flush();
    }

    private void Refuse(in StompFrame frame, Problem problem, string? detail) => RefuseNow(Bytes(frame, "receipt"u8), problem, detail);

    private void RefuseNow(byte[]? receipt, Problem problem, string? detail)
    {
        var flush = new FlushList();
        Refuse(receipt, problem, detail, flush);
        flush.Flush();
    }

    /// <summary>A frame that is broken in itself always ends the connection.</summary>
    private void Fail(in StompFrame frame, Problem problem, string? detail) => Fail(problem, detail, Bytes(frame, "receipt"u8));

    private void Fail(Problem problem, string? detail, byte[]? receipt)
    {
        var flush = new FlushList();
        End(Frames.Error(_reader.Version, problem, detail, receipt), problem, flush);
        flush.Flush();
    }

    private void End(byte[] error, Problem problem, FlushList flush)
    {
        if (!TryEnd()) return;
        Engine.Metrics.Ended.Add(1, new KeyValuePair<string, object?>("reason", problem.Slug));
        Outbox.End((byte[])[.. error, .. WebSocketFrames.Close(CloseCode(problem), System.Text.Encoding.UTF8.GetBytes(problem.Slug))], flush);
    }

    /// <summary>RFC 6455, 7.4.1, and the registry behind it.</summary>
    private static ushort CloseCode(Problem problem) => problem switch
    {
        _ when problem == Problem.BadFrame || problem == Problem.ConnectFirst || problem == Problem.UnsupportedVersion => 1002,
        _ when problem == Problem.TooLarge => 1009,
        _ when problem == Problem.ShuttingDown => 1012,
        { Status: 503 or 507 } => 1013,
        { Status: >= 500 } => 1011,
        _ => 1008,
    };
}
