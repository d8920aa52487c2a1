using System.Diagnostics.CodeAnalysis;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>
/// The recent end of a room's log. Releases entries in seq order, each once: a duplicate is dropped, an early one waits for what is missing before it.
/// A busy room keeps some seconds of its log and a quiet one little: within the bounds, what is older goes. Lane only.
/// </summary>
internal sealed class RoomTail(EngineOptions options, EngineClock clock)
{
    private (Entry Entry, long At)[] _recent = new (Entry, long)[16];   // a ring, seqs without gaps
    private int _oldest;
    private int _count;
    private SortedDictionary<long, Entry>? _early;
    private int _bytes;
    private int _earlyBytes;

    /// <summary>The seq that comes next: everything below was released.</summary>
    public long Next { get; private set; } = 1;

    /// <summary>The oldest seq still here, or <see cref="Next"/> when nothing is.</summary>
    public long First => Next - _count;

    /// <summary>The newest seq of which anybody told.</summary>
    public long Known { get; private set; }

    /// <summary>The log goes on, and what comes next is not here.</summary>
    public bool HasGap => Next <= Known || _early is { Count: > 0 };

    /// <summary>Begins behind <paramref name="head"/>, the last seq of the log when it was read. Early entries up to it are old, those behind it come out.</summary>
    public void Start(long head, List<Entry> released)
    {
        (Next, _count) = (head + 1, 0);
        while (_early is { Count: > 0 } && _early.First().Key <= head) TryTakeEarly(_early.First().Key, out _);
        ReleaseEarly(released);
    }

    /// <summary>The log goes so far.</summary>
    public void Know(long head) => Known = Math.Max(Known, head);

    /// <summary>The log does not go so far as somebody said.</summary>
    public void Forget(long head)
    {
        if (Known <= head) Known = 0;
    }

    /// <summary>Holds an entry that is early, or of a room whose head is not known yet. Beyond the tail's own bound it is only known of: the log has it.</summary>
    public void Hold(Entry entry)
    {
        Know(entry.Seq);
        if (_earlyBytes <= options.TailMaxBytes && (_early ??= []).TryAdd(entry.Seq, entry)) _earlyBytes += entry.Body.Length;
    }

    /// <summary>Takes an entry from anywhere, in any order; what is now in order is added to <paramref name="released"/>.</summary>
    public void Offer(Entry entry, List<Entry> released)
    {
        if (entry.Seq < Next) return;
        if (entry.Seq > Next)
        {
            Hold(entry);
            return;
        }

        Release(entry, released);
        if (_early is not null) ReleaseEarly(released);
    }

    /// <summary>Copies the page behind <paramref name="after"/>, at least one entry if there is one; false: the tail no longer reaches so far back.</summary>
    public bool TryCopy(long after, List<Entry> into)
    {
        if (after + 1 < First) return false;
        var last = Pages.Last(after);
        var bytes = 0;
        for (var i = (int)(after + 1 - First); i < _count && bytes < options.PageBytes && At(i).Entry.Seq <= last; i++)
        {
            bytes += At(i).Entry.Body.Length;
            into.Add(At(i).Entry);
        }

        return true;
    }

    private void Release(Entry entry, List<Entry> released)
    {
        released.Add(entry);
        Enqueue(entry);
        _bytes += entry.Body.Length;
        Next = entry.Seq + 1;
        var young = clock.Now - (long)options.TailAge.TotalMilliseconds;
        while (_count > 1 && (_bytes > options.TailMaxBytes || (_bytes > options.TailMinBytes && At(0).At < young))) Dequeue();
    }

    private ref (Entry Entry, long At) At(int index) => ref _recent[(_oldest + index) % _recent.Length];

    private void Enqueue(Entry entry)
    {
        if (_count == _recent.Length)
        {
            var larger = new (Entry, long)[_count * 2];
            for (var i = 0; i < _count; i++) larger[i] = At(i);
            (_recent, _oldest) = (larger, 0);
        }

        At(_count++) = (entry, clock.Now);
    }

    private void Dequeue()
    {
        _bytes -= At(0).Entry.Body.Length;
        At(0) = default;
        _oldest = (_oldest + 1) % _recent.Length;
        _count--;
    }

    private void ReleaseEarly(List<Entry> released)
    {
        while (TryTakeEarly(Next, out var entry)) Release(entry, released);
    }

    private bool TryTakeEarly(long seq, [NotNullWhen(true)] out Entry? entry)
    {
        entry = null;
        if (_early is not { Count: > 0 } || !_early.Remove(seq, out entry)) return false;
        _earlyBytes -= entry.Body.Length;
        return true;
    }
}
