using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>Counts the encoded runs that a room keeps for all of its wire forms. Lane only.</summary>
internal sealed class KeptRuns(MemoryBudget memory)
{
    private const int Most = 8 * 1024 * 1024;

    public int Bytes { get; private set; }

    /// <summary>True when a form keeps no more than its newest run.</summary>
    public bool IsFull => Bytes >= Most || memory.IsTight;

    public void Add(int bytes)
    {
        Bytes += bytes;
        memory.AddRooms(bytes);
    }
}
