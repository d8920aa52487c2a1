using System.Diagnostics.CodeAnalysis;
using Maru.Engine.Log;
using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>
/// The recent end of a room's log. Releases entries in seq order, each once: a duplicate is dropped, an early one waits for those that are
/// missing before it. A busy room keeps some seconds of its log and a quiet one little; within the bounds, older entries go. An entry that
/// reads differently in the store by now is stale: it is not given out until it was read again. Lane only.
/// </summary>
internal sealed class RoomTail(EngineOptions options, EngineClock clock, MemoryBudget memory)
{
    private Kept[] _recent = new Kept[16];   // a ring, seqs without gaps
    private int _oldest;
    private int _count;
    private SortedDictionary<long, Entry>? _early;
    private int _bytes;
    private int _earlyBytes;

    /// <summary>The seq that comes next: all entries below it were released.</summary>
    public long Next { get; private set; } = 1;

    /// <summary>The oldest seq still here, or <see cref="Next"/> when nothing is.</summary>
    public long First => Next - _count;

    /// <summary>The newest seq that the tail was told of.</summary>
    public long Known { get; private set; }

    /// <summary>How often entries here became stale: a page that was asked for before the last time may be stale too.</summary>
    public long Changes { get; private set; }

    /// <summary>True when the log goes on, and the next entry is not here.</summary>
    public bool HasGap => Next <= Known || _early is { Count: > 0 };

    /// <summary>
    /// Begins behind <paramref name="head"/>, the last seq of the log when it was read. Early entries up to it are old, those behind it
    /// come out.
    /// </summary>
    public void Start(long head, List<Entry> released)
    {
        while (_count > 0) Dequeue();
        Next = head + 1;
        while (_early is { Count: > 0 } && _early.First().Key <= head) TryTakeEarly(_early.First().Key, out _);
        ReleaseEarly(released);
    }

    /// <summary>Notes that the log goes up to this seq.</summary>
    public void Know(long head) => Known = Math.Max(Known, head);

    /// <summary>Forgets a seq beyond the log's head that the tail was told of.</summary>
    public void Forget(long head)
    {
        if (Known <= head) Known = 0;
    }

    /// <summary>
    /// Holds an entry that is early, or of a room whose head is not known yet. Beyond the tail's own bound only its seq is kept: the log
    /// has the entry.
    /// </summary>
    public void Hold(Entry entry)
    {
        Know(entry.Seq);
        if (_earlyBytes <= options.TailMaxBytes && (_early ??= []).TryAdd(entry.Seq, entry)) KeepEarly(entry.Body.Length);
    }

    /// <summary>Takes an entry, in any order; adds the entries that are now in order to <paramref name="released"/>.</summary>
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

    /// <summary>
    /// Copies the page behind <paramref name="after"/> up to the first stale entry, at least one entry if there is one; false: it must be
    /// read from the store.
    /// </summary>
    public bool TryCopy(long after, List<Entry> into)
    {
        var i = (int)Math.Max(-1, after + 1 - First);
        if (i < 0 || (i < _count && At(i).StaleSince > 0)) return false;
        var last = LogPages.Last(after);
        for (var bytes = 0; i < _count && bytes < options.PageBytes && At(i).Entry.Seq <= last && At(i).StaleSince == 0; i++)
        {
            bytes += At(i).Entry.Body.Length;
            into.Add(At(i).Entry);
        }

        return true;
    }

    /// <summary>Called when a message was changed: earlier entries about it are stale. The change itself is not.</summary>
    public void Change(Entry change)
    {
        Changes++;
        for (var i = 0; i < _count && At(i).Entry.Seq < change.Seq; i++)
        {
            ref var kept = ref At(i);
            if (kept.Entry.Seq == change.Target || kept.Entry.Target == change.Target) kept.StaleSince = Changes;
        }
    }

    /// <summary>Called when a user's name changed: all entries are stale, since it is not known which of them have the name.</summary>
    public void ChangeNames()
    {
        Changes++;
        for (var i = 0; i < _count; i++) At(i).StaleSince = Changes;
    }

    /// <summary>Takes a page as the store has it now. Entries just before the tail are kept too, up to a quiet room's bound.</summary>
    /// <param name="page">entries in seq order, without gaps</param>
    /// <param name="asOf"><see cref="Changes"/> when the page was asked for</param>
    public void Refresh(List<Entry> page, long asOf)
    {
        for (var i = page.Count - 1; i >= 0 && page[i].Seq + 1 >= First; i--)
        {
            if (page[i].Seq >= First) Replace(page[i], asOf);
            else if (asOf != Changes || memory.IsTight || _bytes + page[i].Body.Length > options.TailMinBytes) break;
            else Prepend(page[i]);
        }
    }

    /// <summary>Keeps the newest entry alone; the others are in the log.</summary>
    public void Trim()
    {
        while (_count > 1) Dequeue();
    }

    /// <summary>Called when the room is used no longer: nothing of it is kept.</summary>
    public void Clear()
    {
        while (_count > 0) Dequeue();
        while (_early is { Count: > 0 }) TryTakeEarly(_early.First().Key, out _);
    }

    private void Release(Entry entry, List<Entry> released)
    {
        released.Add(entry);
        Enqueue(entry);
        Keep(entry.Body.Length);
        Next = entry.Seq + 1;
        var young = clock.Now - (long)options.TailAge.TotalMilliseconds;
        while (_count > 1 && (_bytes > options.TailMaxBytes || (_bytes > options.TailMinBytes && At(0).At < young))) Dequeue();
        if (memory.IsTight) Trim();
    }

    private void Keep(int bytes)
    {
        _bytes += bytes;
        memory.AddRooms(bytes);
    }

    private void KeepEarly(int bytes)
    {
        _earlyBytes += bytes;
        memory.AddRooms(bytes);
    }

    private ref Kept At(int index) => ref _recent[(_oldest + index) % _recent.Length];

    private void Enqueue(Entry entry)
    {
        MakePlace();
        At(_count++) = new Kept(entry, clock.Now);
    }

    private void Replace(Entry entry, long asOf)
    {
        var i = (int)(entry.Seq - First);
        if (i >= _count || At(i).StaleSince > asOf) return;
        Keep(entry.Body.Length - At(i).Entry.Body.Length);
        At(i) = new Kept(entry, At(i).At);
    }

    private void Prepend(Entry entry)
    {
        MakePlace();
        _oldest = (_oldest + _recent.Length - 1) % _recent.Length;
        _count++;
        Keep(entry.Body.Length);
        At(0) = new Kept(entry, clock.Now);
    }

    private void MakePlace()
    {
        if (_count < _recent.Length) return;
        var larger = new Kept[_count * 2];
        for (var i = 0; i < _count; i++) larger[i] = At(i);
        (_recent, _oldest) = (larger, 0);
    }

    private void Dequeue()
    {
        Keep(-At(0).Entry.Body.Length);
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
        KeepEarly(-entry.Body.Length);
        return true;
    }

    /// <param name="Entry">the entry as it was received or read last</param>
    /// <param name="At">when it came</param>
    private record struct Kept(Entry Entry, long At)
    {
        /// <summary>The <see cref="Changes"/> that made it stale; 0: it is fresh.</summary>
        public long StaleSince { get; set; }
    }
}
