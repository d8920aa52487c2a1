using System.Net.Sockets;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// A hostile client that keeps opening connections and says nothing on them. It holds the newest of them, on threads of its own.
/// </summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int Threads = 4;

    private readonly Func<Stream> _open;
    private readonly int _holds;
    private readonly Thread[] _threads;
    private volatile bool _stops;
    private long _tries;

    /// <param name="holds">connections at the same time</param>
    /// <param name="open">makes one, blocking</param>
    public Crowd(int holds, Func<Stream> open)
    {
        (_holds, _open) = (holds, open);
        _threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(Run) { IsBackground = true })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Returns when it has tried to open so many more connections.</summary>
    public Task GoesOnAsync(int times)
    {
        var until = Volatile.Read(ref _tries) + times;
        return Deadline.Until(() => Volatile.Read(ref _tries) >= until, "the crowd to go on");
    }

    public async ValueTask DisposeAsync()
    {
        _stops = true;
        await Deadline.Until(() => !Array.Exists(_threads, thread => thread.IsAlive), "the crowd to go");
    }

    private void Run()
    {
        var held = new Queue<Stream>();
        while (!_stops)
        {
            try
            {
                held.Enqueue(_open());
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // refused
            }

            Interlocked.Increment(ref _tries);
            if (held.Count > _holds / Threads) held.Dequeue().Dispose();
        }

        foreach (var connection in held) connection.Dispose();
    }
}
