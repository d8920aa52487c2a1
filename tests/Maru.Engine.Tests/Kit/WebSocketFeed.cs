using Maru.Engine.Codecs;
using Maru.Engine.Protocols.Stomp;

namespace Maru.Engine.Tests.Kit;

/// <summary>The work of an edge without a socket: takes WebSocket frames off the bytes and passes their payload to the session.</summary>
internal sealed class WebSocketFeed(StompSession session)
{
    private WebSocketReader _frames = new(expectMask: true);
    private byte[] _rest = [];

    /// <summary>False once the session has ended: nothing more is read.</summary>
    public async Task<bool> FeedAsync(byte[] bytes)
    {
        byte[] all = [.. _rest, .. bytes];
        var at = 0;
        while (at < all.Length && !session.Connection.IsClosing)
        {
            var status = Next(all, ref at, out var piece);
            if (status == WebSocketEvent.NeedMore) break;
            if (!piece.IsEmpty && status == WebSocketEvent.Payload) await session.ReceiveAsync(piece).AsTask().Within("the session");
        }

        _rest = all[at..];
        return !session.Connection.IsClosing;
    }

    private WebSocketEvent Next(byte[] all, ref int at, out ReadOnlyMemory<byte> piece)
    {
        piece = default;
        var status = _frames.Read(all.AsSpan(at), out var consumed, out var payload);
        at += consumed;
        if (status == WebSocketEvent.Payload) piece = all.AsMemory(at - payload.Length, payload.Length);
        else if (status == WebSocketEvent.Ping) Pong(payload);
        else if (status == WebSocketEvent.Pong) session.Connection.Heard();
        else if (status == WebSocketEvent.Close) session.Connection.Close(WebSocketFrames.Close(1000, default));
        else if (status != WebSocketEvent.NeedMore) session.Connection.Close(WebSocketFrames.Close(1002, "broken frame"u8));
        return status;
    }

    private void Pong(ReadOnlySpan<byte> payload)
    {
        session.Connection.Heard();
        session.Connection.Add(WebSocketFrames.Message(WebSocketOpcode.Pong, payload));
    }
}
