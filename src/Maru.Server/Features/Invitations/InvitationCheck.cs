using System.Data.Common;
using Maru.Server.Audit;
using Maru.Server.Storage;

namespace Maru.Server.Features.Invitations;

/// <summary>How often each invitation was used, beside the log, which tells by which one each member came.</summary>
internal sealed class InvitationCheck : IStoreCheck
{
    public string Name => "invitations";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        var counts = await snapshot.ListAsync<Count>(
            """
            SELECT i.room_id AS room, i.number, i.uses AS kept,
              (SELECT count(*) FROM messages m WHERE m.room_id = i.room_id AND m.invitation = i.number) AS found
            FROM invitations i WHERE i.room_id >= @First AND i.room_id <= @Last ORDER BY i.room_id, i.number
            """,
            rooms,
            ct);
        return new Look(counts.Count, [.. counts.Where(x => x.Kept != x.Found).Select(x => x.ToDrift())]);
    }

    private sealed record Count(long Room, long Number, long Kept, long Found)
    {
        public Drift ToDrift() => new(
            Room,
            $"room {Room}, invitation {Number}: {Kept} uses, right is {Found}",
            """
            UPDATE invitations SET uses = (SELECT count(*) FROM messages m WHERE m.room_id = @Room AND m.invitation = @Number)
            WHERE room_id = @Room AND number = @Number
            """,
            new { Room, Number });
    }
}
