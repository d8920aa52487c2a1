using System.Data.Common;
using Maru.Server.Storage;

namespace Maru.Server.Audit;

/// <summary>How many members each room has.</summary>
internal sealed class MemberCheck : IStoreCheck
{
    public string Name => "members";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        var counts = await snapshot.ListAsync<Count>(
            """
            SELECT r.id AS room, r.member_count AS kept, (SELECT count(*) FROM members m WHERE m.room_id = r.id) AS found
            FROM rooms r WHERE r.id >= @First AND r.id <= @Last ORDER BY r.id
            """,
            rooms,
            ct);
        return new Look(counts.Sum(x => x.Found), [.. counts.Where(x => x.Kept != x.Found).Select(x => x.ToDrift())]);
    }

    private sealed record Count(long Room, long Kept, long Found)
    {
        public Drift ToDrift() => new(
            Room,
            $"room {Room}: {Kept} members, right is {Found}",
            "UPDATE rooms SET member_count = (SELECT count(*) FROM members m WHERE m.room_id = @Room) WHERE id = @Room",
            new { Room });
    }
}
