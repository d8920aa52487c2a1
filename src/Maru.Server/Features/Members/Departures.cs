using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Storage;

namespace Maru.Server.Features.Members;

/// <summary>Removes deleted accounts from their rooms.</summary>
internal sealed partial class Departures(
    Database database, Memberships memberships, AccountEvents events, ILogger<Departures> log) : Removals<UserId>
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        events.AccountDeleted += Add;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task<IReadOnlyList<UserId>> FindLeftBehindAsync(CancellationToken ct)
    {
        var users = await database.ListAsync<long>(
            "SELECT u.id FROM users u WHERE u.deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM members m WHERE m.user_id = u.id)",
            null, ct);
        return [.. users.Select(user => new UserId(user))];
    }

    protected override async Task RemoveAsync(UserId due, CancellationToken ct)
    {
        const string rooms = "SELECT room_id FROM members WHERE user_id = @user";
        foreach (var room in await database.ListAsync<long>(rooms, new { user = due.Value }, ct))
        {
            if (await memberships.DepartAsync(new RoomId(room), due) is { } problem) Log.Refused(log, due, room, problem.Slug);
        }
    }

    protected override void Failed(Exception e) => Log.Failed(log, e);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The deleted user {User} stays in room {Room} until the next start: {Reason}")]
        public static partial void Refused(ILogger log, UserId user, long room, string reason);

        [LoggerMessage(LogLevel.Error, "Deleted users stay in some rooms until the next start")]
        public static partial void Failed(ILogger log, Exception e);
    }
}
