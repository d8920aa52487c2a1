using System.Buffers;
using Maru.Engine.Output;

namespace Maru.Engine.Tests.Kit;

/// <summary>
/// A peer with a receive window: takes bytes until it is full, then makes the writer wait until the test reads.
/// Any thread.
/// </summary>
/// <param name="window">unread bytes that it takes</param>
/// <param name="onlyWaits">true: like a stream, nothing is taken by a try, and a write that need not wait ends at once</param>
internal sealed class MemorySink(long window = long.MaxValue, bool onlyWaits = false) : ByteSink
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _unread = new();
    private long _window = window;
    private TaskCompletionSource? _space;
    private TaskCompletionSource _changed = New();

    /// <summary>While it is reset, it holds the thread that writes, such as a lane's.</summary>
    public ManualResetEventSlim WritesAllowed { get; } = new(true);

    /// <summary>The exception of every write from now on, which no sink should throw.</summary>
    public Exception? Fault { get; set; }

    public bool IsShutdown { get; private set; }

    public bool IsAborted { get; private set; }

    public bool IsEnded => IsShutdown || IsAborted;

    /// <summary>All bytes taken so far.</summary>
    public long Taken { get; private set; }

    /// <summary>The number of writes, which batching reduces.</summary>
    public int Writes { get; private set; }

    /// <summary>Writes that would wait if they had to.</summary>
    public int Waits { get; private set; }

    /// <summary>Ends at the next change of anything here.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate) return _changed.Task;
        }
    }

    /// <summary>How many unread bytes the peer takes. 0 stalls it.</summary>
    public void SetWindow(long bytes)
    {
        lock (_gate) _window = bytes;
        WakeWriter();
    }

    /// <summary>Takes the bytes that have arrived out of the window.</summary>
    public byte[] Read()
    {
        byte[] read;
        lock (_gate)
        {
            read = _unread.WrittenSpan.ToArray();
            _unread.ResetWrittenCount();
        }

        WakeWriter();
        return read;
    }

    public override int RecordBytes => onlyWaits ? 1024 : 0;

    public override int TryWrite(ReadOnlySpan<byte> bytes)
    {
        WritesAllowed.Wait();
        if (Fault is not null) throw Fault;
        int taken;
        lock (_gate)
        {
            if (IsEnded) return -1;
            Writes++;
            taken = onlyWaits ? 0 : Take(bytes);
        }

        if (taken > 0) SignalChange();
        return taken;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Waits++;
        while (true)
        {
            Task space;
            lock (_gate)
            {
                if (IsEnded) throw new IOException("the peer is gone");
                bytes = bytes[Take(bytes.Span)..];
                _space = New();
                space = _space.Task;
            }

            SignalChange();
            if (bytes.IsEmpty) return;
            await space;
        }
    }

    public override void Shutdown()
    {
        lock (_gate) IsShutdown = true;
        SignalChange();
    }

    public override void Abort()
    {
        lock (_gate) IsAborted = true;
        SignalChange();
        WakeWriter();
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = (int)Math.Clamp(_window - _unread.WrittenCount, 0, bytes.Length);
        _unread.Write(bytes[..taken]);
        Taken += taken;
        return taken;
    }

    private void WakeWriter()
    {
        TaskCompletionSource? space;
        lock (_gate) (space, _space) = (_space, null);
        space?.TrySetResult();
    }

    private void SignalChange()
    {
        TaskCompletionSource changed;
        lock (_gate) (changed, _changed) = (_changed, New());
        changed.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
