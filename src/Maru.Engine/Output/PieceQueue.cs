using System.Buffers;

namespace Maru.Engine.Output;

/// <summary>
/// Pieces of bytes in the order in which they are to be written, each a reference to a buffer that others may share. A part of its outbox,
/// which bounds it and holds its gate around every call; only <see cref="Bytes"/> may be read by any thread.
/// </summary>
internal struct PieceQueue
{
    private const int LargeBytes = 8 * 1024;

    // A run to a thousand clients needs a thousand small queues at once, each for a moment. The shared pool keeps 65 of them on two cores
    // and allocates the others anew, 261,800 bytes a run.
    private const int SmallQueue = 4;
    private const int SpareQueues = 4096;

    [ThreadStatic]
    private static Stack<ReadOnlyMemory<byte>[]>? Spares;

    private ReadOnlyMemory<byte>[]? _pieces;    // null: nothing waits
    private int _head;
    private int _count;
    private int _bytes;

    public readonly bool IsEmpty => _count == 0;

    /// <summary>Bytes that wait.</summary>
    public readonly int Bytes => Volatile.Read(in _bytes);

    public void Add(ReadOnlyMemory<byte> piece)
    {
        var pieces = _pieces is { } held && _head + _count < held.Length ? held : MakeRoom();
        pieces[_head + _count++] = piece;
        _bytes += piece.Length;
    }

    /// <summary>
    /// Returns the next bytes: one large piece as it is, or small ones side by side, as many as the buffer holds; empty when nothing waits.
    /// They stay until <see cref="Advance"/>.
    /// </summary>
    public readonly ReadOnlyMemory<byte> Gather(Memory<byte> buffer)
    {
        if (_pieces is not { } pieces || _count == 0) return default;
        if (_count == 1 || pieces[_head].Length >= Math.Min(LargeBytes, buffer.Length)) return pieces[_head];
        var used = 0;
        for (var i = _head; i < _head + _count && used + pieces[i].Length <= buffer.Length; i++)
        {
            pieces[i].CopyTo(buffer[used..]);
            used += pieces[i].Length;
        }

        return buffer[..used];
    }

    /// <summary>Removes bytes that were written.</summary>
    public void Advance(int written)
    {
        _bytes -= written;
        if (_pieces is not { } pieces) return;
        while (_count > 0 && written >= pieces[_head].Length)
        {
            written -= pieces[_head].Length;
            pieces[_head++] = default;
            _count--;
        }

        if (written > 0) pieces[_head] = pieces[_head][written..];
    }

    /// <summary>Drops what waits.</summary>
    public void Clear()
    {
        if (_pieces is { } pieces) Array.Clear(pieces, _head, _count);
        (_count, _bytes) = (0, 0);
    }

    /// <summary>Gives back its memory when nothing waits.</summary>
    public void Release()
    {
        if (_pieces is { } pieces) Return(pieces, _head);
        (_pieces, _head) = (null, 0);
    }

    private ReadOnlyMemory<byte>[] MakeRoom()
    {
        if (_pieces is not { } pieces) return _pieces = Rent(SmallQueue);
        if (_head > 0)
        {
            Array.Copy(pieces, _head, pieces, 0, _count);
            Array.Clear(pieces, _count, _head);
            _head = 0;
            if (_count < pieces.Length / 2) return pieces;
        }

        if (_count < pieces.Length) return pieces;
        var larger = Rent(_count * 2);
        Array.Copy(pieces, larger, _count);
        Return(pieces, _count);
        return _pieces = larger;
    }

    private static ReadOnlyMemory<byte>[] Rent(int length)
    {
        if (length > SmallQueue) return ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(length);
        return Spares is not null && Spares.TryPop(out var spare) ? spare : new ReadOnlyMemory<byte>[SmallQueue];
    }

    private static void Return(ReadOnlyMemory<byte>[] pieces, int used)
    {
        Array.Clear(pieces, 0, used);
        if (pieces.Length == SmallQueue)
        {
            Spares ??= new Stack<ReadOnlyMemory<byte>[]>();
            if (Spares.Count < SpareQueues) Spares.Push(pieces);
            return;
        }

        ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(pieces);
    }
}
