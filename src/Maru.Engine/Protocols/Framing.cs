using Maru.Engine.Codecs;

namespace Maru.Engine.Protocols;

/// <summary>
/// The format in which a transport carries a protocol's frames: what stands before each frame, and how a side says goodbye. Stateless.
/// </summary>
internal abstract class Framing
{
    /// <summary>WebSocket: each frame is a message of its own.</summary>
    public static readonly Framing WebSocket = new WebSocketFraming();

    /// <summary>A plain stream of bytes: frames end by themselves.</summary>
    public static readonly Framing Stream = new StreamFraming();

    /// <summary>A frame that asks the peer for a sign of life; empty where the transport has none.</summary>
    public abstract ReadOnlyMemory<byte> Ping { get; }

    /// <summary>Returns the size of what stands before a frame of that length, in bytes.</summary>
    public abstract int HeaderSize(int frame);

    /// <summary>Writes what stands before a frame; returns its size.</summary>
    public abstract int WriteHeader(Span<byte> destination, int frame, bool isText);

    /// <summary>Returns the frame that says goodbye; empty where the transport has none.</summary>
    /// <param name="code">the close code (RFC 6455, 7.4.1)</param>
    /// <param name="reason">UTF-8, short</param>
    public abstract byte[] Close(ushort code, ReadOnlySpan<byte> reason);

    /// <summary>Returns one frame, ready to be written.</summary>
    public byte[] Message(ReadOnlySpan<byte> frame, bool isText = true)
    {
        var message = GC.AllocateUninitializedArray<byte>(HeaderSize(frame.Length) + frame.Length);
        frame.CopyTo(message.AsSpan(WriteHeader(message, frame.Length, isText)));
        return message;
    }

    private sealed class WebSocketFraming : Framing
    {
        public override ReadOnlyMemory<byte> Ping { get; } = WebSocketFrames.Message(WebSocketOpcode.Ping, default);

        public override int HeaderSize(int frame) => WebSocketFrames.HeaderSize(frame);

        public override int WriteHeader(Span<byte> destination, int frame, bool isText) =>
            WebSocketFrames.WriteHeader(destination, isText ? WebSocketOpcode.Text : WebSocketOpcode.Binary, frame);

        public override byte[] Close(ushort code, ReadOnlySpan<byte> reason) => WebSocketFrames.Close(code, reason);
    }

    private sealed class StreamFraming : Framing
    {
        public override ReadOnlyMemory<byte> Ping => default;

        public override int HeaderSize(int frame) => 0;

        public override int WriteHeader(Span<byte> destination, int frame, bool isText) => 0;

        public override byte[] Close(ushort code, ReadOnlySpan<byte> reason) => [];
    }
}
