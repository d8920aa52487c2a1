namespace Maru.Testing;

/// <summary>
/// The time within which everything awaited must end, or the test fails and names what it waited for. Generous: the time is never part of
/// what is asserted.
/// </summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(180);

    private const int QuickLooks = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static async Task Within(this Task task, string what, TimeSpan? time = null)
    {
        var limit = time ?? Time;
        try
        {
            await task.WaitAsync(limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw Missed(limit, what);
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what, TimeSpan? time = null)
    {
        await ((Task)task).Within(what, time);
        return await task;
    }

    /// <summary>Waits for a state without an event of its own: checks it again and again, first at once, then after pauses.</summary>
    public static Task Until(Func<bool> condition, string what, TimeSpan? time = null) =>
        Until(() => Task.FromResult(condition()), what, time);

    public static async Task Until(Func<Task<bool>> condition, string what, TimeSpan? time = null)
    {
        var limit = time ?? Time;
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Pause);
        for (var looks = 1; !await condition(); looks++)
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit) throw Missed(limit, what);
            if (looks < QuickLooks) await Task.Yield();
            else await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static TimeoutException Missed(TimeSpan limit, string what) => new($"waited {limit.TotalSeconds} s for: {what}");
}
