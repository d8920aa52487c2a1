using Maru.Engine;
using Maru.Server.Features.Members;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;

namespace Maru.Server.Features.Guests;

/// <summary>Removes guests from rooms that allow them no longer.</summary>
internal sealed partial class GuestDepartures(
    Database database, Memberships memberships, RoomChanges rooms, ILogger<GuestDepartures> log) : Removals<RoomId>
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        rooms.ClosedToGuests += Add;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task<IReadOnlyList<RoomId>> FindLeftBehindAsync(CancellationToken ct)
    {
        var closed = await database.ListAsync<long>(
            """
            SELECT DISTINCT m.room_id FROM users u JOIN members m ON m.user_id = u.id JOIN rooms r ON r.id = m.room_id
            WHERE u.is_guest = 1 AND u.deleted_at IS NULL AND r.allows_guests = 0
            """,
            null, ct);
        return [.. closed.Select(room => new RoomId(room))];
    }

    protected override async Task RemoveAsync(RoomId due, CancellationToken ct)
    {
        var guests = await database.ListAsync<long>(
            "SELECT m.user_id FROM members m JOIN users u ON u.id = m.user_id WHERE m.room_id = @Value AND u.is_guest = 1", due, ct);
        foreach (var guest in guests)
        {
            var problem = await memberships.RemoveGuestAsync(due, new UserId(guest));
            if (problem is not null) Log.Refused(log, guest, due.Value, problem.Slug);
        }
    }

    protected override void Failed(Exception e) => Log.Failed(log, e);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The guest {User} stays in room {Room} until the next start: {Reason}")]
        public static partial void Refused(ILogger log, long user, long room, string reason);

        [LoggerMessage(LogLevel.Error, "Guests stay in rooms that allow them no longer until the next start")]
        public static partial void Failed(ILogger log, Exception e);
    }
}
