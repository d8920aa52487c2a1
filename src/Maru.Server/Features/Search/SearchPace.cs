using Maru.Engine;

namespace Maru.Server.Features.Search;

/// <summary>
/// Lets messages into the index no faster than the setting, and slower while this node commits more than the other setting: then the path
/// of messages has the machine. At twice that rate the index gets a quarter. Any thread.
/// </summary>
internal sealed class SearchPace
{
    private const double Slowest = 50;      // messages a second

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SearchOptions _options;
    private readonly TimeProvider _time;
    private long _committed;
    private long _counted;          // of those, at the window's beginning
    private long _window;
    private double _committing;     // messages a second, in the last window
    private TimeSpan _busyUntil;    // by the clock that began with this
    private readonly long _started;

    public SearchPace(SearchOptions options, ChatEngine engine, TimeProvider time)
    {
        (_options, _time, _started, _window) = (options, time, time.GetTimestamp(), time.GetTimestamp());
        engine.Committed += (_, entries) => Interlocked.Add(ref _committed, entries.Count);
    }

    /// <summary>Messages a second that it lets in now.</summary>
    public double Rate
    {
        get
        {
            var share = Math.Min(1, _options.YieldAbove / Math.Max(1, Volatile.Read(ref _committing)));
            return Math.Max(Slowest, _options.MessagesPerSecond * share * share);
        }
    }

    /// <summary>Waits until so many may go in.</summary>
    public Task WaitAsync(int messages, CancellationToken ct)
    {
        TimeSpan wait;
        lock (_gate)
        {
            Measure();
            var now = _time.GetElapsedTime(_started);
            wait = _busyUntil - now;
            _busyUntil = (wait > TimeSpan.Zero ? _busyUntil : now) + TimeSpan.FromSeconds(messages / Rate);
            // Those who wait have a time limit, and what they gave up would be waited for again.
            if (_busyUntil > now + Longest) _busyUntil = now + Longest;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, _time, ct) : Task.CompletedTask;
    }

    private void Measure()
    {
        var elapsed = _time.GetElapsedTime(_window);
        if (elapsed < Window) return;
        var committed = Interlocked.Read(ref _committed);
        _committing = (committed - _counted) / elapsed.TotalSeconds;
        (_counted, _window) = (committed, _time.GetTimestamp());
    }
}
