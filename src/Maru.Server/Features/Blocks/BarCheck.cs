using System.Data.Common;
using Maru.Engine.Log;
using Maru.Server.Audit;
using Maru.Server.Storage;

namespace Maru.Server.Features.Blocks;

/// <summary>
/// Who may not write in each direct room, beside the blocks of its two people, while both are there. What is wrong becomes due: a server
/// makes it right, now or when it starts (<see cref="BarRepair"/>), for only the room's log tells those who write.
/// </summary>
internal sealed class BarCheck : IStoreCheck
{
    public string Name => "bars";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        var bars = await snapshot.ListAsync<Row>(
            """
            SELECT r.id AS room, coalesce(h.barred_by, 0) AS kept, CASE
              WHEN x.user_id IS NOT NULL AND y.user_id IS NOT NULL THEN @Both ELSE coalesce(x.user_id, y.user_id, 0) END AS found
            FROM rooms r JOIN room_heads h ON h.room_id = r.id
            JOIN members a ON a.room_id = r.id JOIN users ua ON ua.id = a.user_id AND ua.deleted_at IS NULL
            JOIN members b ON b.room_id = r.id AND b.user_id > a.user_id JOIN users ub ON ub.id = b.user_id AND ub.deleted_at IS NULL
            LEFT JOIN blocks x ON x.user_id = a.user_id AND x.other_id = b.user_id
            LEFT JOIN blocks y ON y.user_id = b.user_id AND y.other_id = a.user_id
            WHERE r.id >= @First AND r.id <= @Last AND r.direct_key IS NOT NULL AND r.deleted_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM bars_due d WHERE d.room_id = r.id)
            ORDER BY r.id
            """,
            new { rooms.First, rooms.Last, Bar.Both },
            ct);
        return new Look(bars.Count, [.. bars.Where(x => x.Kept != x.Found).Select(x => x.ToDrift())]);
    }

    /// <param name="Room">the room</param>
    /// <param name="Kept">as in <see cref="Bar.By"/></param>
    /// <param name="Found">what the blocks say</param>
    private sealed record Row(long Room, long Kept, long Found)
    {
        public Drift ToDrift() => new(
            Room,
            $"room {Room}: {Told(Kept)}, right is: {Told(Found)}",
            "INSERT INTO bars_due (room_id, at) VALUES (@Room, 0) ON CONFLICT DO NOTHING",
            new { Room });

        private static string Told(long by) => by switch { 0 => "nobody blocks", Bar.Both => "both block", _ => $"user {by} blocks" };
    }
}
