using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Server.Bus;

namespace Maru.Server.Platform.Limits;

/// <summary>What is limited. The numbers are told to other nodes.</summary>
internal enum Limit : byte
{
    Messages = 1,
    Users = 2,
    Addresses = 3,
    SignIns = 4,
    Attempts = 5,
    RoomPasswords = 6,
    StrangersAttempts = 7,
}

/// <summary>
/// All rate limits of this node. Four times a second it tells the other nodes what it let through, and they count the same; so a user of
/// several nodes has one limit in the long run, and no node waits for another. Without a bus each node counts for itself. Any thread.
/// </summary>
internal sealed class SharedLimits : IDisposable
{
    /// <summary>Entries that are told at once; the rest is told the next time.</summary>
    public const int MaxTold = 4096;

    private const string Topic = "limits";

    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(250);

    private readonly Gcra?[] _limits = new Gcra?[256];
    private readonly List<(long Key, int Count)> _spent = [];      // timer only
    private readonly Lock _telling = new();
    private readonly RateLimitOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private RedisBackplane? _bus;

    public SharedLimits(RateLimitOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _timer = time.CreateTimer(_ => Tell(), null, TellEvery, TellEvery);
    }

    /// <summary>A new limit, which is shared from now on. It limits nothing where rate limits are turned off.</summary>
    public Gcra Add(Limit limit, int burst, int perPeriod, TimeSpan period) =>
        Add(limit, new Gcra(burst, _options.Enabled ? perPeriod : 0, period, _time));

    public Gcra Add(Limit limit, Gcra rate) => _limits[(byte)limit] = rate;

    /// <summary>Once, at the start.</summary>
    public void Connect(IBackplane bus)
    {
        if (bus is not RedisBackplane redis) return;
        _bus = redis;
        redis.Listen(Topic, Hear);
    }

    public void Dispose() => _timer.Dispose();

    private void Tell()
    {
        lock (_telling)
        {
            for (var limit = 0; limit < _limits.Length; limit++)
            {
                if (_limits[limit] is not { } rate) continue;
                _spent.Clear();
                rate.Sweep(_spent, MaxTold);
                if (_spent.Count > 0) _bus?.Publish(Topic, node => BackplaneFrames.Spent(node, (Limit)limit, _spent));
            }
        }
    }

    private void Hear(byte[] frame)
    {
        var (limit, spent) = BackplaneFrames.ReadSpent(frame);
        if (_limits[(byte)limit] is not { } rate) return;
        foreach (var (key, count) in spent) rate.Owe(key, count);
    }
}
