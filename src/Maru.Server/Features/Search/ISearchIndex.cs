namespace Maru.Server.Features.Search;

/// <summary>Finds messages by their tokens, the newest first. One implementation a store. Any thread.</summary>
internal interface ISearchIndex
{
    /// <summary>
    /// Makes it ready; returns whether it is empty, or has tokens of another version: all messages are to be put into it.
    /// </summary>
    Task<bool> OpenAsync(CancellationToken ct);

    /// <summary>Notes that it has, or will have, tokens of this version.</summary>
    Task SealAsync(CancellationToken ct);

    /// <summary>
    /// Puts messages in, in place of what it had of them: they are found when the task completes, and durable after
    /// <see cref="FlushAsync"/>. Cancelled, it completes once it is certain that it puts nothing in any more.
    /// </summary>
    Task PutAsync(IndexedPage page, CancellationToken ct);

    /// <summary>
    /// Makes durable what was put in, before the store says that it is there. A write to the disk for each page would hold up the
    /// messages', on the same disk.
    /// </summary>
    Task FlushAsync(CancellationToken ct);

    /// <summary>Returns messages that have all of the tokens, the newest first.</summary>
    Task<IReadOnlyList<SearchHit>> FindAsync(SearchSpan span, CancellationToken ct);
}

/// <summary>A part of a room's log, as the index has it.</summary>
/// <param name="Room">the room</param>
/// <param name="After">the seq behind which the part begins</param>
/// <param name="Last">its last seq: of the messages from there to here it has these and no others</param>
/// <param name="Messages">those, and older ones that changed</param>
/// <param name="Lease">
/// the follower under whose lease the part was read: where several nodes write, it goes in while this one still has the lease
/// </param>
internal sealed record IndexedPage(long Room, long After, long Last, IReadOnlyCollection<IndexedMessage> Messages, string Lease);

/// <summary>A message as the index has it.</summary>
/// <param name="Seq">in its room</param>
/// <param name="At">unix milliseconds</param>
/// <param name="Tokens">none: it is gone</param>
internal sealed record IndexedMessage(long Seq, long At, IReadOnlyCollection<string> Tokens);

/// <summary>A message that may be what is searched for.</summary>
/// <param name="Id">its place among all: higher is newer</param>
/// <param name="RoomId">the room</param>
/// <param name="Seq">in the room</param>
/// <param name="Size">the tokens that it has</param>
internal sealed record SearchHit(long Id, long RoomId, long Seq, long Size);

/// <summary>What is looked for in the index.</summary>
/// <param name="Tokens">all of them</param>
/// <param name="Rooms">in one of these; null: in any</param>
/// <param name="From">the first place</param>
/// <param name="Before">the place before which it ends</param>
/// <param name="Limit">hits at most</param>
internal sealed record SearchSpan(IReadOnlyCollection<string> Tokens, IReadOnlyCollection<long>? Rooms, long From, long Before, int Limit);

/// <summary>The place of a message among all, by its time, and by when it came into the index among those of one millisecond.</summary>
internal static class SearchPlace
{
    private const int Shift = 21;

    public static long First(long at) => at >= long.MaxValue >> Shift ? long.MaxValue : at << Shift;

    public static long AfterLast(long at) => First(at + 1);

    /// <summary>Returns the time, in unix milliseconds.</summary>
    public static long At(long place) => place >> Shift;
}
