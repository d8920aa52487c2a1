using System.Collections.Concurrent;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// The sessions that ended while a token of theirs may still be valid: with them a sign-out takes effect at once without a read of the
/// store per request. A session leaves when its last token has expired. Any thread.
/// </summary>
internal sealed class EndedSessions(JwtOptions options, TimeProvider time)
{
    /// <summary>The longest that any token lives: those that <c>maru seed</c> makes.</summary>
    public static readonly TimeSpan SeededTokenLifetime = TimeSpan.FromHours(24);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<long, DateTimeOffset> _forgetAt = new();
    private readonly Lock _sweep = new();
    private DateTimeOffset _sweepAt;

    /// <summary>How long an ended session must be remembered.</summary>
    public TimeSpan Memory { get; } =
        (options.AccessTokenLifetime > SeededTokenLifetime ? options.AccessTokenLifetime : SeededTokenLifetime) + options.ClockSkew;

    public bool Contains(long session) => !_forgetAt.IsEmpty && _forgetAt.ContainsKey(session);

    /// <summary>Adds a session that ended just now; false when it is known.</summary>
    public bool TryAdd(long session) => TryAdd(session, time.GetUtcNow());

    /// <inheritdoc cref="TryAdd(long)"/>
    public bool TryAdd(long session, DateTimeOffset endedAt)
    {
        var isNew = _forgetAt.TryAdd(session, endedAt + Memory);
        Sweep(time.GetUtcNow());
        return isNew;
    }

    private void Sweep(DateTimeOffset now)
    {
        lock (_sweep)
        {
            if (now < _sweepAt) return;
            _sweepAt = now + SweepEvery;
        }

        foreach (var (session, forgetAt) in _forgetAt)
        {
            if (forgetAt <= now) _forgetAt.TryRemove(session, out _);
        }
    }
}
