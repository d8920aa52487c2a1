namespace Maru.Engine.Bus;

/// <summary>
/// Listens to channels while they are in use and a little longer, because a request uses its room only for a moment. Counts uses, so a
/// channel may be used anew before its last use is over. Any thread.
/// </summary>
internal sealed class ChannelUses<TKey> : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);

    private readonly Func<TKey, IDisposable> _subscribe;
    private readonly Dictionary<TKey, Subscribed> _channels = [];      // its own lock
    private readonly ITimer _sweep;

    /// <param name="subscribe">called under a lock: the bus only takes note of it</param>
    /// <param name="time">for the sweep</param>
    public ChannelUses(Func<TKey, IDisposable> subscribe, TimeProvider time)
    {
        _subscribe = subscribe;
        _sweep = time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    public void Use(TKey key)
    {
        lock (_channels)
        {
            if (!_channels.TryGetValue(key, out var channel)) _channels.Add(key, channel = new Subscribed(_subscribe(key)));
            channel.Uses++;
        }
    }

    /// <summary>Ends one use. The next sweep that finds the channel without any use stops listening to it.</summary>
    public void Release(TKey key)
    {
        lock (_channels) _channels[key].Uses--;
    }

    public void Dispose()
    {
        _sweep.Dispose();
        lock (_channels)
        {
            foreach (var channel in _channels.Values) channel.Subscription.Dispose();
            _channels.Clear();
        }
    }

    private void Sweep()
    {
        lock (_channels)
        {
            foreach (var (key, channel) in _channels)
            {
                if (channel.Uses > 0) continue;
                _channels.Remove(key);
                channel.Subscription.Dispose();
            }
        }
    }

    private sealed class Subscribed(IDisposable subscription)
    {
        public IDisposable Subscription => subscription;

        public int Uses { get; set; }
    }
}
