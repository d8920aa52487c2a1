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
                if (!piece.IsEmpty) await sink.WriteAsync(piece).ConfigureAwait(false);
                Advance(piece.Length);
            }
            while (!TryWriteAll());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Close();
        }
        finally
        {
            if (record.Length > 0) ArrayPool<byte>.Shared.Return(record);
        }
    }
}
