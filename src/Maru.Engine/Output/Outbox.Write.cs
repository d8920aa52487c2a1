using System.Buffers;

namespace Maru.Engine.Output;

internal sealed partial class Outbox
{
    private const int GatherBytes = 64 * 1024;

    [ThreadStatic]
    private static byte[]? GatherBuffer;

    /// <summary>Writes what waits. Called through <see cref="FlushList"/> after an add that found the outbox idle.</summary>
    public void Flush()
    {
        if (!TryWriteAll()) _ = DrainAsync();
    }

    /// <summary>Writes as much as it can without waiting; false: the peer's window is full, and something is left.</summary>
    private bool TryWriteAll()
    {
        var buffer = sink.RecordBytes > 0 ? [] : GatherBuffer ??= new byte[GatherBytes];
        while (Next(buffer) is { Length: > 0 } next)
        {
            var written = sink.TryWrite(next.Span);
            if (written < 0)
            {
                Close();
                return true;
            }

            Advance(written);
            if (written < next.Length) return false;
        }

        return true;
    }

    /// <summary>Returns the next bytes to write. Empty: all is written, and the writer has left.</summary>
    private ReadOnlyMemory<byte> Next(Memory<byte> buffer)
    {
        bool ended;
        lock (_gate)
        {
            if (!_queue.IsEmpty) return _queue.Gather(buffer);
            _busy = false;
            StopWaiting();
            _queue.Release();
            ended = _ending && !_closed;
            if (ended) _closed = true;
        }

        if (ended) sink.Shutdown();
        Wake();
        return default;
    }

    private void Advance(int written)
    {
        lock (_gate)
        {
            if (_closed) return;
            if (written > 0) LastProgress = clock.Now;
            if (_waits) memory.Return(written);
            _queue.Advance(written);
        }
    }

    /// <summary>
    /// Writes with waiting: the peer's window is full, or the sink always waits. Waits with one piece, or with a record of them, then tries
    /// without waiting again. It holds the record's buffer until it leaves.
    /// </summary>
    private async Task DrainAsync()
    {
        var record = sink.RecordBytes > 0 ? ArrayPool<byte>.Shared.Rent(sink.RecordBytes) : [];
        try
        {
            // A loop and no recursion: a sink that never takes without waiting would go as deep as the queue is long.
            do
            {
                ReadOnlyMemory<byte> piece;
                lock (_gate)
                {
                    if (_closed) return;
                    piece = _queue.Gather(record);
                }

                // A piece at a time, so that a client that reads slowly is seen to read.
                if (piece.Length > GatherBytes) piece = piece[..GatherBytes];
                if (!piece.IsEmpty) await WriteAsync(piece).ConfigureAwait(false);
                Advance(piece.Length);
            }
            while (!TryWriteAll());
        }
        catch (Exception e)
        {
            if (e is IOException or ObjectDisposedException or OperationCanceledException) Close();
            else Abort();   // no memory, for one: nobody else would write what waits
        }
        finally
        {
            if (record.Length > 0) ArrayPool<byte>.Shared.Return(record);
        }
    }

    /// <summary>
    /// Writes a piece. Where that takes time, what waits is memory of the client, and so is what the system keeps for it.
    /// </summary>
    private ValueTask WriteAsync(ReadOnlyMemory<byte> piece)
    {
        var write = sink.WriteAsync(piece);
        if (write.IsCompleted) return write;
        lock (_gate)
        {
            if (_closed || _waits) return write;
            _waits = true;
            memory.Take(_queue.Bytes + sink.SystemBytes);
        }

        return write;
    }

    /// <summary>Called when nothing waits any longer. Under the gate.</summary>
    private void StopWaiting()
    {
        if (!_waits) return;
        _waits = false;
        memory.Return(_queue.Bytes + sink.SystemBytes);
    }
}
