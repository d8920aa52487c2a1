using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Tests.Kit;

/// <summary>Holds the commit loop between a commit and its delivery: the moment at which the store knows more than any room.</summary>
internal sealed class GatedBackplane : IBackplane
{
    private readonly object _gate = new();
    private int _passing = int.MaxValue;

    public bool Waits { get; private set; }

    /// <summary>Lets so many more runs pass, then holds the next.</summary>
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

    public void Publish(RoomId room, IReadOnlyList<Entry> run)
    {
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

    public bool IsConnected => true;

    public void Publish(RoomId room, SignalFrame signal)
    {
    }

    public void Use(RoomId room)
    {
    }

    public void Release(RoomId room)
    {
    }
}
