using System.Threading.Channels;
using Maru.Engine;
using Maru.Server.Features.Members;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;

namespace Maru.Server.Features.Guests;

/// <summary>
/// Removes guests from rooms that allow them no longer, beside the requests. Begins with those that an earlier run left, so a crash loses
/// none; at most 10,000 rooms wait, further ones are found at the next start. One loop.
/// </summary>
internal sealed partial class GuestDepartures(
    Database database, Memberships memberships, RoomChanges rooms, ILogger<GuestDepartures> log) : BackgroundService
{
    private const int MaxWaiting = 10_000;

    private readonly Channel<RoomId> _closed = Channel.CreateBounded<RoomId>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        rooms.ClosedToGuests += room => _closed.Writer.TryWrite(room);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TryAsync(RemoveLeftBehindAsync, stoppingToken);
        await foreach (var room in _closed.Reader.ReadAllAsync(stoppingToken)) await TryAsync(ct => RemoveAsync(room, ct), stoppingToken);
    }

    private async Task RemoveLeftBehindAsync(CancellationToken ct)
    {
        var rooms = await database.ListAsync<long>(
            """
            SELECT DISTINCT m.room_id FROM users u JOIN members m ON m.user_id = u.id JOIN rooms r ON r.id = m.room_id
            WHERE u.is_guest = 1 AND u.deleted_at IS NULL AND r.allows_guests = 0
            """,
            null, ct);
        foreach (var room in rooms) await RemoveAsync(new RoomId(room), ct);
    }

    private async Task RemoveAsync(RoomId room, CancellationToken ct)
    {
        var guests = await database.ListAsync<long>(
            "SELECT m.user_id FROM members m JOIN users u ON u.id = m.user_id WHERE m.room_id = @Value AND u.is_guest = 1", room, ct);
        foreach (var guest in guests)
        {
            var problem = await memberships.RemoveGuestAsync(room, new UserId(guest));
            if (problem is not null) Log.Refused(log, guest, room.Value, problem.Slug);
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> remove, CancellationToken ct)
    {
        try
        {
            await remove(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Failed(log, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The guest {User} stays in room {Room} until the next start: {Reason}")]
        public static partial void Refused(ILogger log, long user, long room, string reason);

        [LoggerMessage(LogLevel.Error, "Guests stay in rooms that allow them no longer until the next start")]
        public static partial void Failed(ILogger log, Exception e);
    }
}
