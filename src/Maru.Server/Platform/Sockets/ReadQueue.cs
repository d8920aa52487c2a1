using System.Runtime.CompilerServices;

namespace Maru.Server.Platform.Sockets;

/// <summary>
/// Where readers wait that may not hold an event loop: those whose <see cref="Turn"/> is over, and all who have not said who they are. One
/// queue, first come, first served, but for who is about to say it; and a thread for two cores, which leaves them to others when they are
/// busy (<see cref="Niceness"/>). So everything that strangers and floods can make the server do at once takes these threads, and neither
/// the event loops of those who are in nor the thread pool. A reader waits at most once, so the queue has no more entries than there are
/// connections. What runs here must not wait: see docs/adr/0002.
/// </summary>
internal static class ReadQueue
{
    private static readonly object Gate = new();
    private static readonly Queue<Action> First = new();
    private static readonly Queue<Action> Waiting = new();

    static ReadQueue()
    {
        for (var number = 0; number < Math.Max(1, Environment.ProcessorCount / 2); number++)
            new Thread(Run) { IsBackground = true, Name = $"maru readers {number}" }.Start();
    }

    /// <summary>Continues on a thread of the queue, after those that wait already.</summary>
    /// <param name="first">
    /// true for sockets that are open and have not said CONNECT, who may send little: it is read before a newcomer takes their place
    /// </param>
    public static Next NextAsync(bool first = false) => new(first);

    private static void Add(Action reader, bool first)
    {
        lock (Gate)
        {
            (first ? First : Waiting).Enqueue(reader);
            Monitor.Pulse(Gate);
        }
    }

    private static void Run()
    {
        Niceness.Lower();
        while (true)
        {
            Turn.End();
            Take()();
        }
    }

    private static Action Take()
    {
        lock (Gate)
        {
            while (First.Count + Waiting.Count == 0) Monitor.Wait(Gate);
            return First.TryDequeue(out var reader) ? reader : Waiting.Dequeue();
        }
    }

    /// <summary>Awaited by a reader; allocates nothing.</summary>
    public readonly struct Next(bool first) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Next GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => Add(continuation, first);

        public void UnsafeOnCompleted(Action continuation) => Add(continuation, first);
    }
}
