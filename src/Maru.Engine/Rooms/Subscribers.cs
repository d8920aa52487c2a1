namespace Maru.Engine.Rooms;

/// <summary>The subscriptions to a room's log, or to one of its signals. Lane only.</summary>
internal sealed class Subscribers
{
    private Subscription[] _items = [];

    public int Count { get; private set; }

    public ReadOnlySpan<Subscription> All => _items.AsSpan(0, Count);

    /// <summary>How many of the first ones a walk that pauses has passed; removals keep it so.</summary>
    public int Passed { get; set; }

    public void Add(Subscription subscription)
    {
        if (Count == _items.Length) Array.Resize(ref _items, Math.Max(2, Count * 2));
        subscription.Index = Count;
        _items[Count++] = subscription;
    }

    /// <summary>Removes a subscription; the last one takes its index, since their order means nothing.</summary>
    public void Remove(Subscription subscription)
    {
        if (subscription.Index < 0) return;
        var hole = subscription.Index;
        if (hole < Passed) Move(--Passed, ref hole);    // one that was passed takes the place of one that was passed
        Move(--Count, ref hole);
        _items[Count] = null!;
        subscription.Index = -1;
    }

    private void Move(int from, ref int hole)
    {
        _items[hole] = _items[from];
        _items[hole].Index = hole;
        hole = from;
    }
}
