namespace Maru.Engine;

/// <summary>
/// Tells the log who sends more than anybody may: of each <see cref="Window"/> those whom the limit of messages refused most often. Nothing
/// runs while nobody is refused. Any thread.
/// </summary>
internal sealed class Floods(TimeProvider time, EngineLog log) : IDisposable
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private const int Most = 10_000;    // people of a window who are counted one by one
    private const int Named = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<UserId, long> _refused = [];
    private ITimer? _timer;     // while somebody is refused

    /// <summary>Notes that the limit refused something of a person's.</summary>
    public void Hit(UserId user)
    {
        lock (_gate)
        {
            if (_refused.Count < Most || _refused.ContainsKey(user)) _refused[user] = _refused.GetValueOrDefault(user) + 1;
            _timer ??= time.CreateTimer(_ => Tell(), null, Window, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate) _timer?.Dispose();
    }

    private void Tell()
    {
        KeyValuePair<UserId, long>[] worst;
        lock (_gate)
        {
            worst = [.. _refused.OrderByDescending(x => x.Value).Take(Named)];
            _refused.Clear();
            _timer?.Dispose();
            _timer = null;
        }

        foreach (var (user, times) in worst) log.Flooded(user.Value, times, (int)Window.TotalSeconds);
    }
}
