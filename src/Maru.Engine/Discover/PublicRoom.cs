namespace Maru.Engine.Discover;

/// <summary>A room of the list of public rooms, as it is now.</summary>
/// <param name="Id">the room</param>
/// <param name="Json">the room, UTF-8; empty: it was deleted while it was in the list</param>
/// <param name="Recent">how many messages were written lately</param>
public readonly record struct PublicRoom(RoomId Id, ReadOnlyMemory<byte> Json, long Recent);

/// <summary>Reads the list of public rooms from the store.</summary>
/// <param name="Rooms">those of the given rooms that are in the list, or were when they were deleted</param>
/// <param name="Busy">the rooms in the list in which something was written lately, up to a number</param>
public sealed record PublicRoomReader(
    Func<IReadOnlyCollection<RoomId>, CancellationToken, Task<IReadOnlyList<PublicRoom>>> Rooms,
    Func<int, CancellationToken, Task<IReadOnlyList<RoomId>>> Busy);
