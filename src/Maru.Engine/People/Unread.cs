using Maru.Engine.Log;

namespace Maru.Engine.People;

/// <summary>What a member has not read in a room, as of one moment of its log.</summary>
/// <param name="Head">the head of the log at that moment</param>
/// <param name="Count">messages</param>
public readonly record struct Unread(UserId User, RoomId Room, RoomHead Head, long Count);

/// <summary>Reads from the store what people have not read. Any thread.</summary>
/// <param name="OfUser">of a user, in all of their rooms</param>
/// <param name="OfMembers">of users in rooms; pairs that are no members are left out</param>
public sealed record UnreadReader(
    Func<UserId, CancellationToken, Task<IReadOnlyList<Unread>>> OfUser,
    Func<IReadOnlyCollection<(UserId User, RoomId Room)>, CancellationToken, Task<IReadOnlyList<Unread>>> OfMembers)
{
    /// <summary>Reads the heads of rooms; null where no other node appends to them.</summary>
    internal Func<IReadOnlyList<RoomId>, CancellationToken, ValueTask<IReadOnlyDictionary<RoomId, RoomHead>>>? Heads { get; init; }
}
