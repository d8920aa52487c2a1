using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform;
using Maru.Server.Storage;

namespace Maru.Server.Features.Guests;

/// <summary>
/// Deletes, at start and once an hour, the guests who signed out, whose sessions expired, or who were not seen for long; as others delete
/// their accounts: their messages stay. Several nodes may do it at the same time.
/// </summary>
internal sealed partial class GuestSweep(
    Database database, AccountStore accounts, AccountEvents events, GuestOptions options, TimeProvider time, ILogger<GuestSweep> log)
    : Sweep(TimeSpan.FromHours(1), time)
{
    private const int AtOnce = 200;

    protected override async Task SweepAsync(CancellationToken ct)
    {
        IReadOnlyList<long> over;
        do
        {
            over = await ListAsync(ct);
            foreach (var guest in over) await DeleteAsync(new UserId(guest), ct);
            if (over.Count > 0) Log.Deleted(log, over.Count);
        }
        while (over.Count == AtOnce);
    }

    protected override void Failed(LogLevel level, Exception e) => Log.Failed(log, level, e);

    private Task<IReadOnlyList<long>> ListAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        return database.ListAsync<long>(
            """
            SELECT u.id FROM users u
            WHERE u.is_guest = 1 AND u.deleted_at IS NULL AND NOT EXISTS (
              SELECT 1 FROM sessions s
              WHERE s.user_id = u.id AND s.ended_at IS NULL AND s.expires_at > @now AND s.used_at > @since)
            ORDER BY u.id LIMIT @most
            """,
            new { now = now.ToUnixTimeMilliseconds(), since = (now - options.Unseen).ToUnixTimeMilliseconds(), most = AtOnce },
            ct);
    }

    private async Task DeleteAsync(UserId guest, CancellationToken ct)
    {
        if (await accounts.FindAsync(guest, ct) is not { } account || !await accounts.DeleteAsync(account, ct)) return;
        events.ChangeProfile(guest);
        events.DeleteAccount(guest);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Deleted {Count} guests who have gone")]
        public static partial void Deleted(ILogger log, int count);

        [LoggerMessage("Guests who have gone could not be deleted; tried again in an hour")]
        public static partial void Failed(ILogger log, LogLevel level, Exception e);
    }
}
