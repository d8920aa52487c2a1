using Maru.Engine.Bus;
using Maru.Engine.Lanes;
using Maru.Engine.Output;
using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>Read positions that have moved, on this node or another one.</summary>
/// <param name="budget">for which they count until now; null: none</param>
internal sealed class ReceivedReads(Room room, ReaderPositions positions, ByteBudget? budget) : LaneWork
{
    public override void Do(FlushList flush)
    {
        budget?.Return(positions.Bytes);
        room.HearReads(positions);
    }
}
