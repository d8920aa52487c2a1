namespace Maru.Engine.Tests.Kit;

/// <summary>Everything awaited in a test ends within this time, or the test fails and says what it waited for.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(10);

    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Time);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"waited {Time.TotalSeconds} s for: {what}");
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        await ((Task)task).Within(what);
        return await task;
    }

    /// <summary>For state without an event of its own: looks again and again, giving the other threads the processor.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(Time.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!condition())
        {
            if (TimeProvider.System.GetTimestamp() > end) throw new TimeoutException($"waited {Time.TotalSeconds} s for: {what}");
            await Task.Yield();
        }
    }
}
