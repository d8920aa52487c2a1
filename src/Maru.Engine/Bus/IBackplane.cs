using Maru.Engine.Log;

namespace Maru.Engine.Bus;

/// <summary>
/// Tells other nodes of committed entries and of signals, and hears of theirs (<see cref="ChatEngine.Receive(RoomId, List{Entry})"/>). Only a hint: it may lose, repeat or
/// reorder anything, the log knows. No member may block or throw for what is wrong with the bus. Any thread.
/// </summary>
public interface IBackplane
{
    /// <summary>False while something may be lost: tails are checked more often.</summary>
    bool IsConnected { get; }

    /// <summary>One run of a room, in seq order, after its commit.</summary>
    void Publish(RoomId room, IReadOnlyList<Entry> run);

    void Publish(RoomId room, SignalFrame signal);

    /// <summary>The node has a use for the room from now on. Uses are counted: a room may be used anew before its last use is over.</summary>
    void Use(RoomId room);

    /// <summary>One use of the room is over.</summary>
    void Release(RoomId room);
}

/// <summary>Nobody to tell: a single node, or several that find everything in the log.</summary>
public sealed class LocalBackplane : IBackplane
{
    public bool IsConnected => false;

    public void Publish(RoomId room, IReadOnlyList<Entry> run)
    {
    }

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
