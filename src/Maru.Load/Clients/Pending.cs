namespace Maru.Load.Clients;

/// <summary>
/// One sender's messages without a response, by number, in order: bounded by <see cref="Most"/>, beyond which a due message is skipped and
/// reported. One thread.
/// </summary>
internal sealed class Pending
{
    public const int Most = 65_536;

    private Entry[] _entries = new Entry[16];   // a ring: number n is at n mod length
    private int _first;

    /// <summary>The number of the next message, which is how many there were.</summary>
    public int Next { get; private set; }

    /// <summary>How many messages have no response.</summary>
    public int Outstanding { get; private set; }

    /// <summary>The oldest number that may have no response.</summary>
    public int First => _first;

    public bool TryAdd(long scheduled, out int number)
    {
        number = Next;
        if (Next - _first == Most) return false;
        if (Next - _first == _entries.Length) Grow();
        _entries[Next++ & (_entries.Length - 1)] = new Entry(scheduled);
        Outstanding++;
        return true;
    }

    /// <summary>Returns whether a message has no response; if so, when it was due and whether it was ever written to a socket.</summary>
    public bool TryGet(int number, out long scheduled, out bool written)
    {
        ref readonly var entry = ref _entries[number & (_entries.Length - 1)];
        (scheduled, written) = (entry.Scheduled, entry.Written);
        return number >= _first && number < Next && !entry.Answered;
    }

    public void SetWritten(int number) => _entries[number & (_entries.Length - 1)].Written = true;

    /// <summary>Removes a message that has its RECEIPT or refusal, or is given up.</summary>
    public void Answer(int number)
    {
        _entries[number & (_entries.Length - 1)].Answered = true;
        Outstanding--;
        while (_first < Next && _entries[_first & (_entries.Length - 1)].Answered) _first++;
    }

    private void Grow()
    {
        var larger = new Entry[_entries.Length * 2];
        for (var n = _first; n < Next; n++) larger[n & (larger.Length - 1)] = _entries[n & (_entries.Length - 1)];
        _entries = larger;
    }

    private struct Entry(long scheduled)
    {
        public readonly long Scheduled = scheduled;
        public bool Written;
        public bool Answered;
    }
}
