using Maru.Engine.Log;
using Maru.Engine.Rooms;
using Microsoft.Extensions.Logging;

namespace Maru.Engine;

/// <summary>What the engine has to say to an operator.</summary>
internal sealed partial class EngineLog(ILogger logger)
{
    [LoggerMessage(1, LogLevel.Error, "A transaction of {Drafts} drafts failed; they are tried one by one.", SkipEnabledCheck = true)]
    private static partial void CommitFailed(ILogger logger, int drafts, Exception e);

    [LoggerMessage(2, LogLevel.Error, "The store takes no messages: {Problem}. Senders are told to try again.")]
    private static partial void StoreFailed(ILogger logger, string problem, Exception e);

    [LoggerMessage(3, LogLevel.Error, "The store could not be read.")]
    private static partial void ReadFailed(ILogger logger, Exception e);

    [LoggerMessage(4, LogLevel.Error, "A lane could not do {Verb}.")]
    private static partial void LaneFailed(ILogger logger, LaneVerb verb, Exception e);

    [LoggerMessage(5, LogLevel.Error, "A connection could not be looked after.")]
    private static partial void SweepFailed(ILogger logger, Exception e);

    [LoggerMessage(6, LogLevel.Error, "A draft could not be committed, and is refused.")]
    private static partial void DraftFailed(ILogger logger, Exception e);

    [LoggerMessage(7, LogLevel.Information, "The store takes messages again.")]
    private static partial void StoreRecovered(ILogger logger);

    [LoggerMessage(8, LogLevel.Error, "Other nodes could not be told of committed entries; they will find them in the store.")]
    private static partial void AnnouncementFailed(ILogger logger, Exception e);

    [LoggerMessage(9, LogLevel.Error, "Connections failed in a way that they should not, and were cut off.")]
    private static partial void FlushFailed(ILogger logger, Exception e);

    [LoggerMessage(10, LogLevel.Error, "The store could not be asked for other nodes' entries.")]
    private static partial void TailCheckFailed(ILogger logger, Exception e);

    public void CommitFailed(int drafts, Exception e) => CommitFailed(logger, drafts, e);

    public void StoreFailed(Problem problem, Exception e) => StoreFailed(logger, problem.Slug, e);

    public void StoreRecovered() => StoreRecovered(logger);

    public void DraftFailed(Exception e) => DraftFailed(logger, e);

    public void ReadFailed(Exception e) => ReadFailed(logger, e);

    public void LaneFailed(LaneVerb verb, Exception e) => LaneFailed(logger, verb, e);

    public void FlushFailed(Exception e) => FlushFailed(logger, e);

    public void SweepFailed(Exception e) => SweepFailed(logger, e);

    public void TailCheckFailed(Exception e) => TailCheckFailed(logger, e);

    public void AnnouncementFailed(Exception e) => AnnouncementFailed(logger, e);
}
