using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Engine.Bus;

/// <summary>
/// The bus of a node that shares its store with no other node: no node listens. In tests, nodes of one process can share one. Any thread.
/// </summary>
public sealed class LocalBus : IBus
{
    private readonly List<LocalBus> _nodes;         // all that share it, this one too; its own lock
    private readonly Dictionary<string, Listener> _listeners = [];     // under the same lock
    private readonly FrameGuard _guard;

    public LocalBus(ILogger? log = null, TimeProvider? time = null) : this([], log, time)
    {
    }

    private LocalBus(List<LocalBus> nodes, ILogger? log, TimeProvider? time)
    {
        (_nodes, _guard) = (nodes, new FrameGuard(log ?? NullLogger.Instance, time ?? TimeProvider.System));
        lock (nodes) nodes.Add(this);
    }

    /// <summary>False where there is no other node.</summary>
    public bool IsConnected
    {
        get
        {
            lock (_nodes) return _nodes.Count > 1;
        }
    }

    public int MaxFrameBytes => 256 * 1024;

    /// <summary>Returns another node's end of this bus.</summary>
    public LocalBus Join(ILogger? log = null, TimeProvider? time = null) => new(_nodes, log, time);

    public bool Carries(BusChannel channel) => IsConnected;

    public void Publish(BusChannel channel, ReadOnlySpan<byte> frame)
    {
        if (frame.IsEmpty || frame.Length > MaxFrameBytes) return;
        List<Listener>? listeners = null;
        lock (_nodes)
        {
            foreach (var node in _nodes)
            {
                if (node != this && node._listeners.TryGetValue(channel.Name, out var listener)) (listeners ??= []).Add(listener);
            }
        }

        if (listeners is null) return;
        var copy = frame.ToArray();
        foreach (var listener in listeners) listener.Hear(copy);
    }

    public IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null)
    {
        var listener = new Listener(this, channel.Name, heard);
        lock (_nodes) _listeners.Add(channel.Name, listener);
        listening?.Invoke();
        return listener;
    }

    private sealed class Listener(LocalBus bus, string channel, Action<ReadOnlyMemory<byte>> heard) : IDisposable
    {
        private readonly Queue<byte[]> _frames = [];    // its own lock
        private bool _isHearing;

        /// <summary>
        /// Calls the handler for the frame and for those that other threads add meanwhile: one frame at a time, and without a lock around
        /// the handler. Returns at once while another thread is in the handler.
        /// </summary>
        public void Hear(byte[] frame)
        {
            lock (_frames)
            {
                _frames.Enqueue(frame);
                if (_isHearing) return;
                _isHearing = true;
            }

            while (true)
            {
                byte[]? next;
                lock (_frames)
                {
                    _isHearing = _frames.TryDequeue(out next);
                    if (next is null) return;
                }

                bus._guard.Call(heard, next);
            }
        }

        public void Dispose()
        {
            lock (bus._nodes) bus._listeners.Remove(channel);
        }
    }
}
