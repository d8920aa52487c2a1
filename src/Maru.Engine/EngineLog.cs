using Microsoft.Extensions.Logging;

namespace Maru.Engine;

/// <summary>The engine's log messages for an operator.</summary>
internal sealed partial class EngineLog(ILogger logger)
{
    private readonly ILogger _logger = new UnfailingLogger(logger);

    [LoggerMessage(1, LogLevel.Error, "A transaction of {Drafts} drafts failed; they are tried one by one.")]
    public partial void CommitFailed(int drafts, Exception e);

    [LoggerMessage(2, LogLevel.Error, "The store takes no messages: {Problem}. Senders are told to try again.")]
    public partial void StoreFailed(string problem, Exception e);

    [LoggerMessage(3, LogLevel.Error, "The store could not be read.")]
    public partial void ReadFailed(Exception e);

    [LoggerMessage(4, LogLevel.Error, "A lane could not do its work: {Work}.")]
    public partial void LaneFailed(string work, Exception e);

    [LoggerMessage(5, LogLevel.Error, "A connection could not be looked after.")]
    public partial void SweepFailed(Exception e);

    [LoggerMessage(6, LogLevel.Error, "A draft could not be committed, and is refused.")]
    public partial void DraftFailed(Exception e);

    [LoggerMessage(7, LogLevel.Information, "The store takes messages again.")]
    public partial void StoreRecovered();

    [LoggerMessage(8, LogLevel.Error, "Other nodes could not be told of committed entries; they will find them in the store.")]
    public partial void AnnouncementFailed(Exception e);

    [LoggerMessage(9, LogLevel.Error, "Connections failed in a way that they should not, and were cut off.")]
    public partial void FlushFailed(Exception e);

    [LoggerMessage(10, LogLevel.Error, "The store could not be asked for other nodes' entries.")]
    public partial void TailCheckFailed(Exception e);

    [LoggerMessage(14, LogLevel.Warning, "There is no room for more sockets: the oldest without a CONNECT make room for new ones.")]
    public partial void StrangersDisplaced();

    [LoggerMessage(15, LogLevel.Information, "There is room for new sockets again; {Count} without a CONNECT had to make room.")]
    public partial void StrangersFit(long count);

    [LoggerMessage(11, LogLevel.Warning,
        "What waits for clients and comes from them takes all of its {Limit} bytes: {Cut} connections and unfinished "
        + "requests were cut, the largest and slowest first.")]
    public partial void MemoryExceeded(long limit, int cut);

    [LoggerMessage(12, LogLevel.Error, "Memory could not be freed.")]
    public partial void MemoryGuardFailed(Exception e);

    [LoggerMessage(13, LogLevel.Error, "Committed entries could not be delivered here; the room reads them from the store.")]
    public partial void DeliveryFailed(Exception e);

    [LoggerMessage(17, LogLevel.Warning,
        "User {UserId} sends more than they may: the limit of messages refused {Times} of theirs within {Seconds} s.")]
    public partial void Flooded(long userId, long times, int seconds);

    [LoggerMessage(18, LogLevel.Warning, "Room {RoomId} has {Entries} of the {All} entries of all rooms here within {Seconds} s.")]
    public partial void RoomIsHot(long roomId, long entries, long all, int seconds);

    [LoggerMessage(19, LogLevel.Warning,
        "The store is slow: commits that took more than {Bound} ms since the last such line: {Commits}, the longest {Longest} ms.")]
    public partial void CommitsAreSlow(int bound, int commits, long longest);

    [LoggerMessage(16, LogLevel.Error, "People's presence could not be told.")]
    public partial void PresenceFailed(Exception e);

    /// <summary>A loop that tells of a failure goes on even where telling fails too, because memory has run out.</summary>
    private sealed class UnfailingLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            try
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
            catch (Exception)
            {
                // There is nothing left to say it with.
            }
        }
    }
}
