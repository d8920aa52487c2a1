using System.Threading.Channels;
using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Storage;

namespace Maru.Server.Features.Members;

/// <summary>
/// Removes deleted accounts from their rooms, beside the requests. Begins with those that an earlier run left, so a crash loses none; at
/// most 10,000 accounts wait, further ones are found at the next start. One loop.
/// </summary>
internal sealed partial class Departures(
    Database database, Memberships memberships, AccountEvents events, ILogger<Departures> log) : BackgroundService
{
    private const int MaxWaiting = 10_000;

    private readonly Channel<UserId> _gone = Channel.CreateBounded<UserId>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        events.AccountDeleted += user => _gone.Writer.TryWrite(user);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TryAsync(DepartLeftBehindAsync, stoppingToken);
        await foreach (var user in _gone.Reader.ReadAllAsync(stoppingToken)) await TryAsync(ct => DepartAsync(user, ct), stoppingToken);
    }

    private async Task DepartLeftBehindAsync(CancellationToken ct)
    {
        var users = await database.ListAsync<long>(
            "SELECT u.id FROM users u WHERE u.deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM members m WHERE m.user_id = u.id)",
            null, ct);
        foreach (var user in users) await DepartAsync(new UserId(user), ct);
    }

    private async Task DepartAsync(UserId user, CancellationToken ct)
    {
        const string rooms = "SELECT room_id FROM members WHERE user_id = @user";
        foreach (var room in await database.ListAsync<long>(rooms, new { user = user.Value }, ct))
        {
            if (await memberships.DepartAsync(new RoomId(room), user) is { } problem) Log.Refused(log, user, room, problem.Slug);
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> depart, CancellationToken ct)
    {
        try
        {
            await depart(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Failed(log, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The deleted user {User} stays in room {Room} until the next start: {Reason}")]
        public static partial void Refused(ILogger log, UserId user, long room, string reason);

        [LoggerMessage(LogLevel.Error, "Deleted users stay in some rooms until the next start")]
        public static partial void Failed(ILogger log, Exception e);
    }
}
