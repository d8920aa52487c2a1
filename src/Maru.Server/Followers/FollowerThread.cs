using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Maru.Server.Platform.Sockets;

namespace Maru.Server.Followers;

/// <summary>
/// The thread of the work behind the path of messages, so that this never takes more than one core, leaves that to others when the cores
/// are busy (<see cref="Niceness"/>), and is known by its CPU time. Work on it comes back to it after each wait. What it does is short:
/// the rest waits meanwhile. Any thread.
/// </summary>
internal sealed partial class FollowerThread : TaskScheduler, IDisposable
{
    private const int OfThisThread = 3;     // CLOCK_THREAD_CPUTIME_ID

    private readonly BlockingCollection<Task> _tasks = [];
    private readonly Thread _thread;
    private long _used;     // in ticks

    /// <param name="name">of the thread</param>
    public FollowerThread(string name = "maru followers")
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>The CPU time that the thread has used; zero where the system does not tell.</summary>
    public TimeSpan Used => TimeSpan.FromTicks(Volatile.Read(ref _used));

    public override int MaximumConcurrencyLevel => 1;

    public Task RunAsync(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Ends the thread. All that ran on it has ended.</summary>
    public void Dispose()
    {
        _tasks.CompleteAdding();
        _thread.Join();
        _tasks.Dispose();
    }

    protected override void QueueTask(Task task) => _tasks.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        Thread.CurrentThread == _thread && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;

    private void Run()
    {
        Niceness.Lower();
        foreach (var task in _tasks.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
            if (OperatingSystem.IsLinux() && GetClock(OfThisThread, out var used) == 0) Volatile.Write(ref _used, used.Ticks);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetClock(int clock, out Moment now);

    /// <summary>timespec of C.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Moment
    {
        private readonly nint _seconds;
        private readonly nint _nanoseconds;

        public long Ticks => (_seconds * TimeSpan.TicksPerSecond) + (_nanoseconds / TimeSpan.NanosecondsPerTick);
    }
}
