using System.Collections.Frozen;
using Maru.Engine.Log;

namespace Maru.Engine.People;

/// <summary>What a member has not read in a room, as of one moment of its log.</summary>
/// <param name="Head">the head of the log at that moment</param>
/// <param name="Joined">the seq behind which they have been a member</param>
/// <param name="Count">messages</param>
/// <param name="Mentions">those of them that mention the member</param>
public readonly record struct Unread(UserId User, RoomId Room, RoomHead Head, long Joined, long Count, long Mentions);

/// <summary>A mention in the store, to be told.</summary>
/// <param name="Seq">of the message</param>
/// <param name="Entry">the seq of the entry that made it: of the message or, later, of an edit</param>
/// <param name="Sender">the message's</param>
/// <param name="Users">whom the entry mentions: see <see cref="Log.Mentions.Targets"/></param>
/// <param name="Json">the event</param>
public sealed record MentionNews(RoomId Room, long Seq, long Entry, UserId Sender, IReadOnlyList<UserId> Users, byte[] Json)
{
    /// <summary>Where it mentions all: whom an earlier entry mentioned by name. Who was told of that one is not told again.</summary>
    public IReadOnlyList<(UserId User, long Entry)> Known { get; init; } = [];

    /// <summary>Where it mentions all: who of the room is not told of mentions now.</summary>
    public IReadOnlySet<UserId> Quiet { get; init; } = FrozenSet<UserId>.Empty;
}

/// <summary>Reads from the store what people have not read. Any thread.</summary>
/// <param name="OfUser">of a user, in all of their rooms</param>
/// <param name="OfMembers">of users in rooms; pairs that are no members are left out</param>
/// <param name="Mentions">
/// the mentions that entries of rooms made, behind a seq and up to another, in order; of very many the newest
/// </param>
public sealed record UnreadReader(
    Func<UserId, CancellationToken, Task<IReadOnlyList<Unread>>> OfUser,
    Func<IReadOnlyCollection<(UserId User, RoomId Room)>, CancellationToken, Task<IReadOnlyList<Unread>>> OfMembers,
    Func<IReadOnlyCollection<(RoomId Room, long After, long Last)>, CancellationToken, Task<IReadOnlyList<MentionNews>>> Mentions)
{
    /// <summary>Reads the heads of rooms; null where no other node appends to them.</summary>
    internal Func<IReadOnlyList<RoomId>, CancellationToken, ValueTask<IReadOnlyDictionary<RoomId, RoomHead>>>? Heads { get; init; }
}
