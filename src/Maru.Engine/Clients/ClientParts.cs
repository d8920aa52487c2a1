using Maru.Engine.Bus;
using Maru.Engine.Commit;
using Maru.Engine.Connections;
using Maru.Engine.Discover;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.People;
using Maru.Engine.Queues;
using Maru.Engine.Rooms;

namespace Maru.Engine.Clients;

/// <summary>The parts that clients of every protocol work with.</summary>
/// <param name="MessageRate">the limit on each user's messages and signals, over all of their connections and requests</param>
/// <param name="Floods">told of those whom that limit refuses</param>
/// <param name="MarkRead">moves users' positions in rooms</param>
/// <param name="ReadForward">reads the messages that users forward</param>
/// <param name="Memory">what all clients together may make this process keep</param>
/// <param name="Stopping">cancelled when the server stops</param>
internal sealed record ClientParts(
    EngineOptions Options,
    EngineClock Clock,
    TimeProvider Time,
    EngineMetrics Metrics,
    EngineLog Diagnostics,
    Authenticator Authenticator,
    Gcra MessageRate,
    Floods Floods,
    ConnectionTable Connections,
    UserEvents UserEvents,
    RoomTable Rooms,
    CommitLoops Commits,
    RoomChannels Channels,
    Presence Presence,
    PublicRooms PublicRooms,
    ReadMarker MarkRead,
    ForwardReader ReadForward,
    MemoryBudget Memory,
    CancellationToken Stopping)
{
    /// <summary>Makes the connection of a new client.</summary>
    public Connection Connect(ByteSink sink, Wire wire) => new(sink, wire, Options, Clock, Metrics, new MemoryShare(Memory));
}
