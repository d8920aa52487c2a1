using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>The parts that every room works with.</summary>
/// <param name="SignalRate">the limit on the listeners that each user's signals reach</param>
/// <param name="Memory">what rooms keep counts there</param>
internal sealed record RoomParts(
    LogPageReader Pages, EngineOptions Options, EngineClock Clock, EngineMetrics Metrics, Gcra SignalRate, MemoryBudget Memory);
