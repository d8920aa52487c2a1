using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Maru.Engine.Codecs;
using Maru.Engine.Protocols;

namespace Maru.Server.Realtime;

/// <summary>
/// The reading side of one WebSocket: takes frames off the pipe in place and hands their payload to the session.
/// It stops reading while the session waits: that is how a sender is slowed down.
/// </summary>
internal static class WebSocketConnection
{
    private const ushort NormalClosure = 1000;

    /// <summary>Runs until the peer is gone or the session has ended. The caller closes the session.</summary>
    public static async Task RunAsync(PipeReader input, ProtocolSession session)
    {
        var frames = new WebSocketReader(expectMask: true);
        var peer = PeerState.Open;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync();
                var rest = read.Buffer;
                while (Next(ref frames, ref rest, session, ref peer, out var payload))
                {
                    // After the last words whatever comes is thrown away until the peer closes.
                    // Else its unread bytes would reset the connection, and those words with it.
                    if (session.Connection.IsClosing) continue;
                    var taken = session.ReceiveAsync(payload);
                    if (!taken.IsCompletedSuccessfully) await taken;
                }

                if (peer != PeerState.Open) rest = rest.Slice(rest.End);
                input.AdvanceTo(rest.Start, read.Buffer.End);
                // When both have said goodbye it is the server that ends TCP (RFC 6455, 7.1.1).
                if (read.IsCompleted || read.IsCanceled || peer == PeerState.Closed) break;
            }

            // What the client sent before its end is answered.
            await session.Connection.WhenClosedAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer is gone, or was cut off.
        }
    }

    /// <summary>The next piece of payload; control frames are answered on the way. False: more must come, or the session ends.</summary>
    private static bool Next(
        ref WebSocketReader frames,
        ref ReadOnlySequence<byte> rest,
        ProtocolSession session,
        ref PeerState peer,
        out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        while (!rest.IsEmpty && peer == PeerState.Open)
        {
            // Frames are read where they lie. Only a header or a control frame that is split between two segments is copied together.
            var segment = MemoryMarshal.AsMemory(rest.First);
            var status = frames.Read(segment.Span, out var consumed, out var piece);
            if (status == WebSocketEvent.NeedMore && !rest.IsSingleSegment)
            {
                var joined = rest.Slice(0, Math.Min(rest.Length, WebSocketFrames.LongestHeader + 125)).ToArray();
                segment = joined;
                status = frames.Read(joined, out consumed, out piece);
            }

            if (status == WebSocketEvent.NeedMore) return false;
            rest = rest.Slice(consumed);
            if (status == WebSocketEvent.Payload)
            {
                if (piece.IsEmpty) continue;
                payload = segment[(consumed - piece.Length)..consumed];
                return true;
            }

            peer = Answer(status, piece, session);
        }

        return false;
    }

    private static PeerState Answer(WebSocketEvent status, ReadOnlySpan<byte> payload, ProtocolSession session)
    {
        switch (status)
        {
            case WebSocketEvent.Ping:
                session.Connection.Heard();
                session.Connection.Add(WebSocketFrames.Message(WebSocketOpcode.Pong, payload));
                return PeerState.Open;
            case WebSocketEvent.Pong:
                session.Connection.Heard();
                return PeerState.Open;
            case WebSocketEvent.Close:
                // RFC 6455, 5.5.1: the answer has the code that came.
                var code = payload.IsEmpty ? NormalClosure : BinaryPrimitives.ReadUInt16BigEndian(payload);
                session.Connection.Close(WebSocketFrames.Close(code, default));
                return PeerState.Closed;
            case WebSocketEvent.InvalidText:
                session.Connection.Close(WebSocketFrames.Close(1007, "text is not UTF-8"u8));
                return PeerState.Broken;
            default:
                session.Connection.Close(WebSocketFrames.Close(1002, "broken frame"u8));
                return PeerState.Broken;
        }
    }

    private enum PeerState : byte
    {
        Open,

        /// <summary>Its close frame came: nothing that counts follows.</summary>
        Closed,

        /// <summary>What follows cannot be read.</summary>
        Broken,
    }
}
