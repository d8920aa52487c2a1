namespace Maru.Server.Backup;

/// <summary>Keeps copying to so many bytes a second. One user.</summary>
internal sealed class Pace(long bytesPerSecond, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    private readonly long _begun = time.GetTimestamp();
    private TimeSpan _due;      // since it began: when what was copied may be done

    /// <summary>Called after so many bytes: waits until that many more may follow.</summary>
    public Task PassAsync(long bytes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var now = time.GetElapsedTime(_begun);
        _due = (_due > now ? _due : now) + TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
        return _due - now < Shortest ? Task.CompletedTask : Task.Delay(_due - now, time, ct);
    }
}
