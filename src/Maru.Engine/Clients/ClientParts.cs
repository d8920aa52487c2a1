using Maru.Engine.Bus;
using Maru.Engine.Commit;
using Maru.Engine.Connections;
using Maru.Engine.Rooms;

namespace Maru.Engine.Clients;

/// <summary>What clients of every protocol stand on.</summary>
/// <param name="MessageRate">how much each user may send, over all of their connections and requests</param>
/// <param name="Stopping">cancelled when the server stops</param>
internal sealed record ClientParts(
    EngineOptions Options,
    EngineClock Clock,
    EngineMetrics Metrics,
    EngineLog Diagnostics,
    Authenticator Authenticator,
    Gcra MessageRate,
    ConnectionTable Connections,
    RoomTable Rooms,
    CommitLoops Commits,
    RoomChannels Channels,
    CancellationToken Stopping);
