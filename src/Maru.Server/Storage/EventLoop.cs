using System.Runtime.CompilerServices;

namespace Maru.Server.Storage;

/// <summary>
/// Moves work off event loops. A socket's bytes are handled on its event loop (see <see cref="Realtime.RealtimeSlice"/>), which must not
/// wait, neither for a disk nor for a response that the same loop would have to read.
/// </summary>
internal static class EventLoop
{
    /// <summary>Continues on the thread pool, or on the thread of a scheduler where the work is one's.</summary>
    public static ConfiguredTaskAwaitable LeaveAsync() => (MayWait ? Task.CompletedTask : Task.Run(static () => { }))
        .ConfigureAwait(ConfigureAwaitOptions.None);

    private static bool MayWait => Thread.CurrentThread.IsThreadPoolThread || TaskScheduler.Current != TaskScheduler.Default;
}
