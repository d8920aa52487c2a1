using System.Runtime.CompilerServices;

namespace Maru.Server.Storage;

/// <summary>
/// What a socket brought runs on the socket's own event loop (see <see cref="Realtime.RealtimeSlice"/>), which must not wait, neither for a
/// disk nor for an answer that the same loop would have to bring.
/// </summary>
internal static class EventLoop
{
    /// <summary>From here on it runs on the thread pool.</summary>
    public static ConfiguredTaskAwaitable LeaveAsync() =>
        (Thread.CurrentThread.IsThreadPoolThread ? Task.CompletedTask : Task.Run(static () => { }))
            .ConfigureAwait(ConfigureAwaitOptions.None);
}
