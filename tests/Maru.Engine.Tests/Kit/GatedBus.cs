using Maru.Engine.Bus;

namespace Maru.Engine.Tests.Kit;

/// <summary>Holds the commit loop between a commit and its delivery: the moment at which the store knows more than any room.</summary>
internal sealed class GatedBus : IBus
{
    private readonly object _gate = new();
    private readonly List<Action> _listening = [];
    private int _passing = int.MaxValue;

    public bool Waits { get; private set; }

    public bool IsConnected => true;

    public int MaxFrameBytes => 1024 * 1024;

    public bool Carries(BusChannel channel) => true;

    /// <summary>Lets that many more runs pass, then holds the next.</summary>
    public void Close(int after)
    {
        lock (_gate) _passing = after;
    }

    public void Open()
    {
        lock (_gate)
        {
            _passing = int.MaxValue;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Listens to every channel anew, as after a lost connection.</summary>
    public void ListenAgain()
    {
        lock (_gate) _listening.ForEach(listening => listening());
    }

    public void Publish(BusChannel channel, ReadOnlySpan<byte> frame)
    {
        if (!channel.Name.StartsWith("r:", StringComparison.Ordinal) || frame[0] != RoomFrames.Run) return;
        lock (_gate)
        {
            while (_passing == 0)
            {
                Waits = true;
                Monitor.Wait(_gate);
            }

            Waits = false;
            _passing--;
        }
    }

    public IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null)
    {
        if (listening is null) return new Subscription();
        lock (_gate) _listening.Add(listening);
        return new Subscription();
    }

    private sealed class Subscription : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
