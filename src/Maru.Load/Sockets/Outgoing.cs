using System.Net.Sockets;
using Maru.Engine.Codecs;

namespace Maru.Load.Sockets;

/// <summary>
/// Bytes on their way to one connection's server.
/// Bounded: a SEND that finds it full waits in <c>Pending</c> instead.
/// One thread.
/// </summary>
internal struct Outgoing
{
    private const int Full = 1024 * 1024;

    private byte[] _bytes;
    private int _start;
    private int _end;

    public readonly bool IsEmpty => _start == _end;

    public readonly bool IsFull => _end - _start > Full;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _end += bytes.Length;
    }

    /// <summary>Appends one masked WebSocket message (RFC 6455, 5.3: a client masks each frame).</summary>
    public void AppendMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, uint mask)
    {
        var room = Reserve(WebSocketFrames.LongestHeader + payload.Length);
        var header = WebSocketFrames.WriteMaskedHeader(room, opcode, payload.Length, mask);
        payload.CopyTo(room[header..]);
        WebSocketFrames.ApplyMask(room.Slice(header, payload.Length), mask, 0);
        _end += header + payload.Length;
    }

    /// <summary>Writes as much as the socket takes; returns the bytes written, -1 when the connection is gone.</summary>
    public int Flush(Socket socket)
    {
        var sent = socket.Send(_bytes.AsSpan(_start, _end - _start), SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) return -1;
        _start += sent;
        if (_start == _end) _start = _end = 0;
        return sent;
    }

    public void Clear() => _start = _end = 0;

    private Span<byte> Reserve(int size)
    {
        _bytes ??= new byte[Math.Max(512, size)];
        if (_end + size > _bytes.Length)
        {
            var used = _end - _start;
            var target = used + size > _bytes.Length ? new byte[2 * (used + size)] : _bytes;
            _bytes.AsSpan(_start, used).CopyTo(target);
            (_bytes, _start, _end) = (target, 0, used);
        }

        return _bytes.AsSpan(_end);
    }
}
