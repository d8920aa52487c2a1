using System.Buffers;
using Maru.Engine.Fanout;

namespace Maru.Engine.Sessions;

internal enum AddResult : byte
{
    Added,

    /// <summary>Too much waits already: nothing was added.</summary>
    Full,
    Closed,
}

/// <summary>
/// What waits to be written to one connection: references to shared, encoded bytes, in order. Any thread adds; at most one writer drains, with everything queued in
/// as few socket writes as it takes, and leaves when it is empty: idle, it holds no task, timer or buffer.
/// Bounded in bytes. Full means: subscriptions become cursors and wait for <see cref="WhenEmpty"/>, ephemeral events are dropped, answers are still taken up to
/// four times the bound, and beyond that the connection is closed.
/// </summary>
internal sealed class Outbox(ByteSink sink, int maxBytes, EngineClock clock)
{
    private const int GatherBytes = 64 * 1024;
    private const int LargeBytes = 8 * 1024;

    // A run to a thousand clients needs a thousand small queues at once, each for a moment: more than the shared pool keeps.
    private const int SmallQueue = 4;
    private const int SpareQueues = 4096;

    [ThreadStatic]
    private static byte[]? GatherBuffer;

    [ThreadStatic]
    private static Stack<ReadOnlyMemory<byte>[]>? Spares;

    private readonly Lock _gate = new();
    private ReadOnlyMemory<byte>[] _queue = [];
    private int _head;
    private int _count;
    private int _bytes;
    private bool _busy;             // a flush is owed or under way
    private bool _ending;
    private bool _closed;
    private List<Subscription>? _whenEmpty;
    private TaskCompletionSource? _empty;
    private long _acknowledged;

    /// <summary>When bytes were last taken by the peer's side, by the engine's clock (ms).</summary>
    public long LastProgress { get; private set; }

    /// <summary>Bytes that wait.</summary>
    public int Bytes => Volatile.Read(ref _bytes);

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Adds a run of live entries: refused when it would exceed the bound, unless nothing waits.</summary>
    public AddResult TryAdd(ReadOnlyMemory<byte> frames, FlushList flush) => Add(frames, flush, maxBytes);

    /// <summary>Adds what may be lost when the client is slow: refused from half the bound on.</summary>
    public AddResult TryAddEphemeral(ReadOnlyMemory<byte> frame, FlushList flush) => Add(frame, flush, maxBytes / 2);

    /// <summary>Adds an answer that the client asked for. A client that asks and asks and never reads is cut off.</summary>
    public void Add(ReadOnlyMemory<byte> frame, FlushList flush)
    {
        if (Add(frame, flush, 4 * maxBytes) == AddResult.Full) Abort();
    }

    /// <summary>Adds the last words; when they are written, the sink is shut down. Later adds are dropped.</summary>
    public void End(ReadOnlyMemory<byte> lastWords, FlushList flush) => Add(lastWords, flush, int.MaxValue, ends: true);

    /// <summary>Ends at once; what waits is dropped.</summary>
    public void Abort()
    {
        Close();
        sink.Abort();
    }

    /// <summary>Nobody reads from the connection any longer: ends it, but does not cut off who has just been given its last words.</summary>
    public void Leave()
    {
        if (!IsClosed) Abort();
    }

    /// <summary>
    /// The sweeper: whether something waits and the peer has taken nothing for so long. That the kernel takes nothing more from us is not enough: it wants a third of
    /// its buffer free first, which at 1 KB/s takes longer than a minute.
    /// </summary>
    public bool IsStuck(long now, long time)
    {
        if (Bytes == 0 || now - LastProgress < 2 * (long)Sweeper.Period.TotalMilliseconds) return false;
        var acknowledged = sink.Acknowledged;
        if (acknowledged <= _acknowledged) return now - LastProgress > time;
        _acknowledged = acknowledged;
        lock (_gate) LastProgress = now;
        return false;
    }

    /// <summary>True when the subscription will be told once everything is written; false when nothing waits now.</summary>
    public bool WhenEmpty(Subscription subscription)
    {
        lock (_gate)
        {
            if (_bytes == 0 || _closed) return false;
            (_whenEmpty ??= []).Add(subscription);
            return true;
        }
    }

    /// <summary>Ends when everything is written, or the connection is gone.</summary>
    public Task EmptyAsync()
    {
        lock (_gate)
        {
            if (_bytes == 0 || _closed) return Task.CompletedTask;
            return (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Writes what waits. Called through <see cref="FlushList"/> by whoever's add found the outbox idle.</summary>
    public void Flush()
    {
        if (!TryWriteAll()) _ = DrainAsync();
    }

    /// <summary>Writes what goes without waiting; false: the peer's window is full, and something is left.</summary>
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

    private AddResult Add(ReadOnlyMemory<byte> frames, FlushList flush, int bound, bool ends = false)
    {
        lock (_gate)
        {
            if (_closed || _ending) return AddResult.Closed;
            if (_bytes > 0 && _bytes + frames.Length > bound) return AddResult.Full;
            if (_head + _count == _queue.Length) MakeRoom();
            _queue[_head + _count++] = frames;
            _bytes += frames.Length;
            _ending = ends;
            if (_busy) return AddResult.Added;
            _busy = true;
            LastProgress = clock.Now;
        }

        flush.Add(this);
        return AddResult.Added;
    }

    private void MakeRoom()
    {
        if (_head > 0)
        {
            Array.Copy(_queue, _head, _queue, 0, _count);
            Array.Clear(_queue, _count, _head);
            _head = 0;
            if (_count < _queue.Length / 2) return;
        }

        if (_count < _queue.Length) return;
        var larger = Rent(Math.Max(SmallQueue, _count * 2));
        Array.Copy(_queue, larger, _count);
        Release(_queue, _count);
        _queue = larger;
    }

    /// <summary>The next bytes to write. Empty: all written, and the writer has left.</summary>
    private ReadOnlyMemory<byte> Next(Memory<byte> buffer)
    {
        bool ended;
        lock (_gate)
        {
            if (_count > 0) return Gather(buffer);
            _busy = false;
            Release(_queue, _head);
            (_queue, _head) = ([], 0);
            ended = _ending && !_closed;
            if (ended) _closed = true;
        }

        if (ended) sink.Shutdown();
        Wake();
        return default;
    }

    /// <summary>One large piece as it is, or small ones side by side, as many as the buffer holds. Under the gate, with something queued.</summary>
    private ReadOnlyMemory<byte> Gather(Memory<byte> buffer)
    {
        if (_count == 1 || _queue[_head].Length >= Math.Min(LargeBytes, buffer.Length)) return _queue[_head];
        var used = 0;
        for (var i = _head; i < _head + _count && used + _queue[i].Length <= buffer.Length; i++)
        {
            _queue[i].CopyTo(buffer[used..]);
            used += _queue[i].Length;
        }

        return buffer[..used];
    }

    private void Advance(int written)
    {
        lock (_gate)
        {
            if (_closed) return;
            if (written > 0) LastProgress = clock.Now;
            _bytes -= written;
            while (_count > 0 && written >= _queue[_head].Length)
            {
                written -= _queue[_head].Length;
                _queue[_head++] = default;
                _count--;
            }

            if (written > 0) _queue[_head] = _queue[_head][written..];
        }
    }

    /// <summary>
    /// The slow way: the peer's window is full, or the sink always waits. Waits with a piece, or with a record of them, then tries the fast way again. The record's buffer
    /// is held until it leaves.
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
                    piece = _count == 0 ? default : Gather(record);
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

    private void Close()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            Array.Clear(_queue, _head, _count);
            _count = 0;
            _bytes = 0;
        }

        Wake();
    }

    private void Wake()
    {
        List<Subscription>? cursors;
        TaskCompletionSource? empty;
        lock (_gate)
        {
            (cursors, _whenEmpty) = (_whenEmpty, null);
            (empty, _empty) = (_empty, null);
        }

        empty?.SetResult();
        if (cursors is null) return;
        foreach (var cursor in cursors) cursor.PostCatchUp();
    }

    private static ReadOnlyMemory<byte>[] Rent(int length)
    {
        if (length > SmallQueue) return ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(length);
        return Spares is not null && Spares.TryPop(out var spare) ? spare : new ReadOnlyMemory<byte>[SmallQueue];
    }

    private static void Release(ReadOnlyMemory<byte>[] queue, int used)
    {
        if (queue.Length == 0) return;
        Array.Clear(queue, 0, used);
        if (queue.Length == SmallQueue)
        {
            Spares ??= new Stack<ReadOnlyMemory<byte>[]>();
            if (Spares.Count < SpareQueues) Spares.Push(queue);
            return;
        }

        ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(queue);
    }
}
