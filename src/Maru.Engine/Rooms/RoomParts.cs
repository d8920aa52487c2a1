using Maru.Engine.Bus;
using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>The parts that every room works with.</summary>
/// <param name="Channels">the way to other nodes</param>
/// <param name="Typing">gives rooms in which somebody types their turns</param>
/// <param name="SignalRate">the limit on the listeners that each user's signals reach</param>
/// <param name="Memory">what rooms keep counts there</param>
internal sealed record RoomParts(
    LogPageReader Pages, RoomChannels Channels, TypingRounds Typing, EngineOptions Options, EngineClock Clock, EngineMetrics Metrics,
    Gcra SignalRate, MemoryBudget Memory);
