using Maru.Engine.Rooms;

namespace Maru.Engine.Fanout;

/// <summary>Tells other nodes of committed entries. Only a hint: it may lose anything, the log knows.</summary>
public interface IBackplane
{
    /// <summary>One run of a room, in seq order, after its commit. Must not block.</summary>
    void Publish(RoomId room, IReadOnlyList<Entry> run);
}

/// <summary>One node: there is nobody to tell.</summary>
public sealed class LocalBackplane : IBackplane
{
    public void Publish(RoomId room, IReadOnlyList<Entry> run)
    {
    }
}
