namespace Maru.Engine.Connections;

/// <summary>
/// The connections of people who have not said who they are, in a line for each <see cref="Source"/>. When there is no room, the oldest of
/// the longest line makes some: a crowd displaces itself, and nobody from elsewhere. Under its owner's lock.
/// </summary>
internal sealed class Strangers<T>
    where T : class
{
    private readonly Dictionary<T, LinkedListNode<T>> _places = [];
    private readonly Dictionary<Source, Line> _lines = [];
    private readonly SortedSet<Line> _byLength = new(Comparer<Line>.Create(Compare));
    private long _lastNumber;

    public int Count => _places.Count;

    /// <summary>Returns the one who makes room for a newcomer, whose own line counts as longer by that; null: there is none.</summary>
    public T? OldestFor(Source newcomer)
    {
        var longest = _byLength.Max;
        var own = _lines.GetValueOrDefault(newcomer);
        return (own is not null && own.Count == longest?.Count ? own : longest)?.First?.Value;
    }

    /// <summary>Returns the oldest of the longer of two lines; null: there is none.</summary>
    public T? OldestOf(Source one, Source other)
    {
        var (a, b) = (_lines.GetValueOrDefault(one), _lines.GetValueOrDefault(other));
        return (a?.Count >= (b?.Count ?? 0) ? a : b)?.First?.Value;
    }

    /// <summary>Puts a stranger at the end of a line, in which they are not yet.</summary>
    public void Add(T stranger, Source source)
    {
        if (!_lines.TryGetValue(source, out var line)) _lines.Add(source, line = new Line(source, ++_lastNumber));
        _byLength.Remove(line);     // before its length changes
        _places.Add(stranger, line.AddLast(stranger));
        _byLength.Add(line);
    }

    /// <summary>Returns false when they were no stranger.</summary>
    public bool Remove(T stranger)
    {
        if (!_places.Remove(stranger, out var place)) return false;
        var line = (Line)place.List!;
        _byLength.Remove(line);
        line.Remove(place);
        if (line.Count > 0) _byLength.Add(line);
        else _lines.Remove(line.Source);
        return true;
    }

    /// <summary>Of lines of the same length the oldest is the first to make room.</summary>
    private static int Compare(Line a, Line b) => a.Count != b.Count ? a.Count.CompareTo(b.Count) : b.Number.CompareTo(a.Number);

    private sealed class Line(Source source, long number) : LinkedList<T>
    {
        public Source Source => source;

        public long Number => number;
    }
}
