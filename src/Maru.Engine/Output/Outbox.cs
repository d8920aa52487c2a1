using Maru.Engine.Queues;

namespace Maru.Engine.Output;

internal enum AddResult : byte
{
    Added,

    /// <summary>Nothing was added: too much waits already.</summary>
    Full,
    Closed,
}

/// <summary>
/// The bytes that wait to be written to one connection: references to shared, encoded bytes, in order. Any thread adds; at most one writer
/// at a time writes everything queued in as few socket writes as possible, and leaves when the queue is empty: idle, it holds no task,
/// timer or buffer. Bounded in bytes. Full means: subscriptions become cursors and wait for <see cref="WhenEmpty"/>, ephemeral events are
/// dropped, responses are still taken up to four times the bound, and beyond that the connection is aborted. While clients hold too much
/// memory, only an empty outbox takes entries and ephemeral events. The writer is
/// <c>Outbox.Write.cs</c>.
/// </summary>
internal sealed partial class Outbox(ByteSink sink, int maxBytes, EngineClock clock, MemoryShare memory)
{
    private const long NoticedAfter = 2000;     // ms: a client that reads at all does so within two rounds of the sweeper

    private readonly Lock _gate = new();
    private PieceQueue _queue;      // changed and gathered under the gate
    private bool _busy;             // a flush is owed or under way
    private bool _waits;            // the peer's window is full: what waits counts as memory that the client holds
    private bool _ending;
    private bool _closed;
    private List<Action>? _whenEmpty;
    private TaskCompletionSource? _empty;
    private TaskCompletionSource? _ended;
    private long _acknowledged;

    /// <summary>The time at which the peer last took bytes, by the engine's clock (ms).</summary>
    public long LastProgress { get; private set; }

    /// <summary>Bytes that wait.</summary>
    public int Bytes => _queue.Bytes;

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Adds a run of live entries: refused when it would exceed the bound, unless nothing waits.</summary>
    public AddResult TryAdd(ReadOnlyMemory<byte> frames, FlushList flush) => Add(frames, flush, Bound(maxBytes));

    /// <summary>True when no run of live entries is taken, whatever its size.</summary>
    public bool IsFull => Bytes >= Bound(maxBytes);

    /// <summary>Returns whether an event of that size, which may be lost when the client is slow, would be taken now.</summary>
    public bool TakesEphemeral(int bytes) => !IsClosed && (Bytes == 0 || Bytes + bytes <= Bound(maxBytes / 2));

    /// <summary>
    /// Adds an event that may be lost when the client is slow, in two parts that only go together: refused from half the bound on.
    /// </summary>
    public AddResult TryAddEphemeral(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, FlushList flush) =>
        Add(head, flush, Bound(maxBytes / 2), body);

    /// <summary>Adds a response that the client asked for. Aborts the connection of a client that keeps asking and never reads.</summary>
    public void Add(ReadOnlyMemory<byte> frame, FlushList flush)
    {
        if (Add(frame, flush, 4 * maxBytes) == AddResult.Full) Abort();
    }

    /// <summary>Adds the last words; when they are written, the sink is shut down. Later adds are dropped.</summary>
    public void End(ReadOnlyMemory<byte> lastWords, FlushList flush) => Add(lastWords, flush, int.MaxValue, ends: true);

    /// <summary>Ends the connection at once and drops what waits.</summary>
    public void Abort()
    {
        Close();
        sink.Abort();
    }

    /// <summary>Called when nobody reads from the connection any longer: aborts it, unless it has just been given its last words.</summary>
    public void Leave()
    {
        if (!IsClosed) Abort();
    }

    /// <summary>
    /// Called by the sweeper: returns whether something waits and the peer has taken nothing for that time. It asks the peer's system,
    /// because our kernel takes nothing until a third of its buffer is free, which at 1 KB/s takes longer than a minute.
    /// </summary>
    public bool IsStuck(long now, long time)
    {
        if (Bytes == 0 || now - LastProgress < NoticedAfter) return false;
        var acknowledged = sink.Acknowledged;
        if (acknowledged <= _acknowledged) return now - LastProgress > time;
        _acknowledged = acknowledged;
        lock (_gate) LastProgress = now;
        return false;
    }

    /// <summary>
    /// Calls <paramref name="resume"/>, on any thread, once everything is written, and returns true; false when nothing waits now.
    /// </summary>
    public bool WhenEmpty(Action resume)
    {
        lock (_gate)
        {
            if (Bytes == 0 || _closed) return false;
            (_whenEmpty ??= []).Add(resume);
            return true;
        }
    }

    /// <summary>Completes when everything is written, or the connection is gone.</summary>
    public Task EmptyAsync()
    {
        lock (_gate)
        {
            if (Bytes == 0 || _closed) return Task.CompletedTask;
            return (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Completes when the last words are written, or the connection is gone.</summary>
    public Task EndedAsync()
    {
        lock (_gate)
        {
            if (_closed) return Task.CompletedTask;
            return (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private AddResult Add(
        ReadOnlyMemory<byte> frames, FlushList flush, int bound, ReadOnlyMemory<byte> body = default, bool ends = false)
    {
        lock (_gate)
        {
            if (_closed || _ending) return AddResult.Closed;
            if (Bytes > 0 && Bytes + frames.Length + body.Length > bound) return AddResult.Full;
            if (!frames.IsEmpty) _queue.Add(frames);    // last words may be empty: an empty piece would look like the end of the queue
            if (!body.IsEmpty) _queue.Add(body);
            if (_waits) memory.Take(frames.Length + body.Length);
            _ending = ends;
            if (_busy) return AddResult.Added;
            _busy = true;
            LastProgress = clock.Now;
        }

        flush.Add(this);
        return AddResult.Added;
    }

    /// <summary>The bound of what can be read later or lost: none while clients hold too much memory.</summary>
    private int Bound(int bytes) => Bytes > 0 && memory.IsOver ? 0 : bytes;

    private void Close()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            StopWaiting();
            _queue.Clear();
        }

        Wake();
    }

    private void Wake()
    {
        List<Action>? resumes;
        TaskCompletionSource? empty, ended = null;
        lock (_gate)
        {
            if (_closed) (ended, _ended) = (_ended, null);
            (resumes, _whenEmpty) = (_whenEmpty, null);
            (empty, _empty) = (_empty, null);
        }

        empty?.SetResult();
        ended?.SetResult();
        if (resumes is null) return;
        foreach (var resume in resumes) resume();
    }
}
