namespace Maru.Engine.Rooms;

/// <summary>The subscriptions to a room's log, or to one of its signals. Lane only.</summary>
internal sealed class Subscribers
{
    private Subscription[] _items = [];

    public int Count { get; private set; }

    public ReadOnlySpan<Subscription> All => _items.AsSpan(0, Count);

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
        var last = _items[--Count];
        _items[subscription.Index] = last;
        last.Index = subscription.Index;
        _items[Count] = null!;
        subscription.Index = -1;
    }
}
