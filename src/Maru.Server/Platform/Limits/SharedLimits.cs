using Maru.Engine;
using Maru.Engine.Bus;

namespace Maru.Server.Platform.Limits;

/// <summary>The shared limits. Their numbers are part of the frames between nodes.</summary>
internal enum Limit : byte
{
    Messages = 1,
    Users = 2,
    Addresses = 3,
    SignIns = 4,
    Attempts = 5,
    RoomPasswords = 6,
    StrangersAttempts = 7,
    KnownAttempts = 8,
    SignUps = 9,
    RoomGuesses = 10,
    NewRooms = 11,
    Invitations = 12,
    PresenceSettings = 13,
    InvitationGuesses = 14,
    ContactRequests = 28,
}

/// <summary>
/// All rate limits of this node. Four times a second it tells the other nodes which units it allowed, and they count the same; so a user of
/// several nodes has one limit in the long run, and no node waits for another. Without Redis each node counts for itself. Any thread.
/// <code>
/// frame = 1 limit count { key(8) count }
/// </code>
/// </summary>
internal sealed class SharedLimits : IDisposable
{
    /// <summary>Entries of one frame; the rest goes the next time.</summary>
    private const int MaxTold = 4096;

    private const byte Spent = 1;

    private static readonly BusChannel Channel = new("limits", Travel.Quick);

    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(250);

    private readonly Gcra?[] _limits = new Gcra?[256];
    private readonly List<(long Key, int Count)> _spent = [];      // timer only
    private readonly Lock _telling = new();
    private readonly RateLimitOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly IBus _bus;
    private readonly IDisposable _subscription;

    public SharedLimits(RateLimitOptions options, IBus bus, TimeProvider time)
    {
        (_options, _bus, _time) = (options, bus, time);
        _subscription = bus.Subscribe(Channel, Hear);
        _timer = time.CreateTimer(_ => Tell(), null, TellEvery, TellEvery);
    }

    /// <summary>Makes a limit, which is shared from now on. It limits nothing where rate limits are turned off.</summary>
    public Gcra Add(Limit limit, int burst, int perPeriod, TimeSpan period) =>
        Add(limit, new Gcra(burst, _options.Enabled ? perPeriod : 0, period, _time));

    public Gcra Add(Limit limit, Gcra rate) => _limits[(byte)limit] = rate;

    public void Dispose()
    {
        _timer.Dispose();
        _subscription.Dispose();
    }

    private void Tell()
    {
        lock (_telling)
        {
            for (var limit = 0; limit < _limits.Length; limit++)
            {
                if (_limits[limit] is not { } rate) continue;
                _spent.Clear();
                rate.Sweep(_spent, MaxTold);
                if (_spent.Count > 0 && _bus.Carries(Channel)) Tell((byte)limit);
            }
        }
    }

    private void Tell(byte limit)
    {
        var frame = FrameWriter.Begin(Spent);
        frame.Byte(limit);
        frame.Number(_spent.Count);
        foreach (var (key, count) in _spent)
        {
            frame.Fixed(key);
            frame.Number(count);
        }

        _bus.Publish(Channel, frame.Written);
    }

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        if (reader.Byte() != Spent || _limits[reader.Byte()] is not { } rate) return;
        for (var left = reader.Count(MaxTold); left > 0; left--) rate.Owe(reader.Fixed(), reader.Count(int.MaxValue));
    }
}
