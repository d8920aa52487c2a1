using System.Data.Common;
using System.Threading.Channels;
using Maru.Engine;
using Maru.Server.Storage;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Ends sessions, whatever the store is up to: first in memory, on every node, so that their tokens are dead at once, then in the store. An
/// end that a locked, full or absent store does not take waits here and is stored when it can be; the program's own end is a last try. When
/// too many wait, the caller gets the store's error; the session is dead in memory all the same. Any thread; one loop stores.
/// </summary>
internal sealed partial class SessionEnds(Database database, SessionEvents events, TimeProvider time, ILogger<SessionEnds> log)
    : BackgroundService
{
    /// <summary>Ends that may wait for the store; some 100 bytes each.</summary>
    public const int MaxWaiting = 10_000;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, string> _waiting = [];    // session and reason; its own lock
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Ends waiting for the store.</summary>
    public int Waiting
    {
        get
        {
            lock (_waiting) return _waiting.Count;
        }
    }

    /// <summary>Ends sessions of a user. They are dead when it returns, or throws.</summary>
    public async Task EndAsync(UserId user, IReadOnlyList<long> sessions, string reason)
    {
        if (sessions.Count == 0) return;
        events.EndSessions(user, sessions, reason);
        try
        {
            await StoreAsync(sessions, reason);
        }
        catch (DbException e)
        {
            if (!TryWait(sessions, reason)) throw;
            Log.Waiting(log, e, sessions.Count);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (Waiting > 0 && !await TryStoreAsync()) Log.Lost(log, Waiting);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
            {
                do await Task.Delay(Again, time, stoppingToken);
                while (!await TryStoreAsync());
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server goes down
        }
    }

    private bool TryWait(IReadOnlyList<long> sessions, string reason)
    {
        lock (_waiting)
        {
            if (_waiting.Count + sessions.Count > MaxWaiting) return false;
            foreach (var session in sessions) _waiting[session] = reason;
        }

        _wake.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Stores all that wait; false when the store still takes nothing.</summary>
    private async Task<bool> TryStoreAsync()
    {
        KeyValuePair<long, string>[] waiting;
        lock (_waiting) waiting = [.. _waiting];
        if (waiting.Length == 0) return true;   // it was woken again for those that the last try took
        try
        {
            foreach (var ends in waiting.GroupBy(end => end.Value, end => end.Key))
            {
                foreach (var few in ends.Chunk(500)) await StoreAsync(few, ends.Key);
            }
        }
        catch (DbException)
        {
            return false;   // it was logged when the first of them had to wait
        }
        catch (Exception e)
        {
            Log.Waiting(log, e, waiting.Length);
            return false;
        }

        lock (_waiting)
        {
            foreach (var (session, _) in waiting) _waiting.Remove(session);
        }

        Log.Stored(log, waiting.Length);
        return true;
    }

    /// <summary>The time is that of this write: other nodes read what ended lately.</summary>
    private Task StoreAsync(IReadOnlyList<long> sessions, string reason) => database.WriteAsync(
        (transaction, inner) => transaction.ExecuteAsync(
            "UPDATE sessions SET ended_at = @now, end_reason = @reason WHERE id IN @sessions AND ended_at IS NULL",
            new { sessions = sessions.ToArray(), now = time.GetUtcNow().ToUnixTimeMilliseconds(), reason },
            inner),
        CancellationToken.None);

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The end of {Count} sessions cannot be stored now: they are dead in memory, and are stored when the store can")]
        public static partial void Waiting(ILogger log, Exception e, int count);

        [LoggerMessage(LogLevel.Information, "Stored the end of {Count} sessions that waited")]
        public static partial void Stored(ILogger log, int count);

        [LoggerMessage(LogLevel.Error, "The end of {Count} sessions was not stored: after the next start they live until they expire")]
        public static partial void Lost(ILogger log, int count);
    }
}
