namespace Maru.Server.Files;

/// <summary>
/// Keeps what is copied to so many bytes a second, of all together: each waits behind those that came before. What was not used is not
/// saved up. Any thread.
/// </summary>
internal sealed class Pace(long bytesPerSecond, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly long _begun = time.GetTimestamp();
    private TimeSpan _due;      // since it began: when what was copied may be done

    /// <summary>Called with so many bytes: waits until more may follow.</summary>
    public Task PassAsync(long bytes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetElapsedTime(_begun);
            _due = (_due > now ? _due : now) + TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
            wait = _due - now;
        }

        return wait < Shortest ? Task.CompletedTask : Task.Delay(wait, time, ct);
    }
}
