using Maru.Engine.Bus;
using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>The parts that every room works with.</summary>
/// <param name="Channels">the way to other nodes</param>
/// <param name="Rounds">gives rooms with events of the moment their turns</param>
/// <param name="SignalRate">the limit on the listeners that each user's signals reach</param>
/// <param name="Memory">what rooms keep counts there</param>
internal sealed record RoomParts(
    LogPageReader Pages, RoomChannels Channels, RoomRounds Rounds, EngineOptions Options, EngineClock Clock, EngineMetrics Metrics,
    Gcra SignalRate, MemoryBudget Memory);
