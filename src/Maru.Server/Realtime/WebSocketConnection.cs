using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Maru.Engine.Codecs;
using Maru.Engine.Protocols;
using Maru.Server.Platform.Sockets;

namespace Maru.Server.Realtime;

/// <summary>
/// The reading side of one WebSocket: takes frames off the pipe in place and passes their payload to the session. It stops reading while
/// the session waits, which slows the sender down.
/// </summary>
internal static class WebSocketConnection
{
    private const ushort NormalClosure = 1000;

    // What is used after an await stays in memory with each idle client.

    /// <summary>Runs until the peer is gone or the session has ended. The caller calls the session's Closed.</summary>
    /// <param name="input">the frames</param>
    /// <param name="session">gets their payload</param>
    /// <param name="reader">has the <see cref="Turn"/>: the TCP connection's peer, whatever else is read of the connection</param>
    public static async Task RunAsync(PipeReader input, ProtocolSession session, Peer reader)
    {
        var frames = new WebSocketReader(expectMask: true);
        var peer = PeerState.Open;
        try
        {
            while (true)
            {
                var read = await (session.Connection.Identity is null ? ReadFirstAsync(input) : input.ReadAsync());
                var (rest, isLast) = (read.Buffer, read.IsCompleted || read.IsCanceled);
                while (Next(ref frames, ref rest, session, ref peer, out var payload))
                {
                    // Bytes after the last words are thrown away until the peer closes. Unread ones would reset the connection, and the
                    // last words would be lost.
                    var (before, bytes) = (session.Frames, payload.Length);
                    if (bytes > 0 && !session.Connection.IsClosing)
                    {
                        var taken = session.ReceiveAsync(payload);
                        if (!taken.IsCompletedSuccessfully) await taken;
                    }

                    if (Turn.IsOver(reader, bytes, 1 + session.Frames - before)) await ReadQueue.NextAsync();
                }

                if (peer != PeerState.Open)
                {
                    session.Connection.Count((int)rest.Length, 0);
                    rest = rest.Slice(rest.End);
                }

                input.AdvanceTo(rest.Start, rest.End);
                // When both sides have said goodbye the server ends TCP (RFC 6455, 7.1.1).
                if (isLast || peer == PeerState.Closed || session.Connection.HasHeardEnough) break;
            }

            // What the client sent before its end is completed, even where the end is that of TCP alone.
            session.Connection.Close(refusal: null);
            await session.Connection.WhenClosedAsync();
        }
        catch (Exception e) when (IsGone(e))
        {
            // The peer is gone, or was cut off.
        }
    }

    /// <summary>Returns whether an exception tells no more than that the connection is over.</summary>
    public static bool IsGone(Exception e) => e is IOException or OperationCanceledException or ObjectDisposedException;

    /// <summary>
    /// Reads of a client who has not said yet who they are. A method of its own: what it needs to wait for the queue does not stay.
    /// </summary>
    private static async ValueTask<ReadResult> ReadFirstAsync(PipeReader input)
    {
        var read = await input.ReadAsync();
        await ReadQueue.NextAsync(first: true);
        return read;
    }

    /// <summary>
    /// Reads the next frame, or the next piece of one, and responds to control frames. False: more bytes are needed, or the session ends.
    /// </summary>
    /// <param name="payload">of a data frame; empty for other frames</param>
    private static bool Next(
        ref WebSocketReader frames,
        ref ReadOnlySequence<byte> rest,
        ProtocolSession session,
        ref PeerState peer,
        out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (rest.IsEmpty || peer != PeerState.Open) return false;

        // Frames are read in place. Only a header or a control frame that is split between two segments is copied together.
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
        session.Connection.Count(consumed, status == WebSocketEvent.Payload && !piece.IsEmpty ? 0 : 1);
        if (status == WebSocketEvent.Payload) payload = segment[(consumed - piece.Length)..consumed];
        else peer = Answer(status, piece, session);
        return true;
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
                // RFC 6455, 5.5.1: the response has the code that came.
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

        /// <summary>The peer's close frame came: nothing after it counts.</summary>
        Closed,

        /// <summary>The bytes cannot be read any further.</summary>
        Broken,
    }
}
