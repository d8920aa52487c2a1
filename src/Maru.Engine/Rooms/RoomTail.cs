namespace Maru.Engine.Rooms;

/// <summary>
/// The recent end of a room's log. Releases entries in seq order, each once: a duplicate is dropped, an early one waits for what is missing before it.
/// Bounded in bytes; the oldest go first. Lane only.
/// </summary>
internal sealed class RoomTail(int maxBytes)
{
    private readonly Queue<Entry> _recent = new();
    private SortedDictionary<long, Entry>? _early;
    private int _bytes;

    /// <summary>The seq that comes next: everything below was released.</summary>
    public long Next { get; private set; } = 1;

    /// <summary>The oldest seq still here, or <see cref="Next"/> when nothing is.</summary>
    public long First => _recent.TryPeek(out var first) ? first.Seq : Next;

    /// <summary>True while an entry waits for one before it.</summary>
    public bool HasGap => _early is { Count: > 0 };

    /// <summary>Where the gap ends: the lowest seq that waits.</summary>
    public long GapEnd => _early is { Count: > 0 } ? _early.Keys.First() : Next;

    /// <summary>Begins behind <paramref name="head"/>, the last seq of the log when it was read. Early entries up to it are old, those behind it come out.</summary>
    public void Start(long head, List<Entry> released)
    {
        Next = head + 1;
        while (_early is { Count: > 0 } && GapEnd < Next) _early.Remove(GapEnd);
        ReleaseEarly(released);
    }

    /// <summary>Holds an entry of a room whose head is not known yet.</summary>
    public void Hold(Entry entry) => (_early ??= []).TryAdd(entry.Seq, entry);

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

    /// <summary>Copies entries behind <paramref name="after"/> up to <paramref name="maxPage"/> bytes, at least one; false: the tail no longer reaches so far back.</summary>
    public bool TryCopy(long after, int maxPage, List<Entry> into)
    {
        if (after + 1 < First) return false;
        var bytes = 0;
        foreach (var entry in _recent)
        {
            if (entry.Seq <= after) continue;
            if (bytes > 0 && bytes + entry.Body.Length > maxPage) break;
            bytes += entry.Body.Length;
            into.Add(entry);
        }

        return true;
    }

    private void Release(Entry entry, List<Entry> released)
    {
        released.Add(entry);
        _recent.Enqueue(entry);
        _bytes += entry.Body.Length;
        Next = entry.Seq + 1;
        while (_bytes > maxBytes && _recent.Count > 1) _bytes -= _recent.Dequeue().Body.Length;
    }

    private void ReleaseEarly(List<Entry> released)
    {
        while (_early is { Count: > 0 } && _early.Remove(Next, out var entry)) Release(entry, released);
        while (_early is { Count: > 0 } && GapEnd < Next) _early.Remove(GapEnd);
    }
}
