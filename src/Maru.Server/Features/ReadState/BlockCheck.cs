using System.Data.Common;
using Maru.Server.Audit;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>What is counted by blocks of a room's messages: deleted ones, and mentions of a person or of all.</summary>
internal sealed class BlockCheck : IStoreCheck
{
    private const int Deleted = -1;     // in the place of a user

    public string Name => "blocks";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        var blocks = await snapshot.ListAsync<Row>(
            $"""
            SELECT x.room_id, x.user_id, x.block, CAST(sum(x.kept) AS BIGINT) AS kept, CAST(sum(x.counted) AS BIGINT) AS counted
            FROM (
              SELECT room_id, {Deleted} AS user_id, block, messages AS kept, 0 AS counted FROM deleted_blocks
              WHERE room_id >= @First AND room_id <= @Last
              UNION ALL
              SELECT room_id, {Deleted}, number / {UnreadSql.Block}, 0, 1 FROM messages
              WHERE room_id >= @First AND room_id <= @Last AND deleted_at IS NOT NULL
              UNION ALL
              SELECT room_id, user_id, block, mentions, 0 FROM mention_blocks WHERE room_id >= @First AND room_id <= @Last
              UNION ALL
              SELECT room_id, user_id, number / {UnreadSql.Block}, 0, 1 FROM mentions
              WHERE room_id >= @First AND room_id <= @Last AND user_id >= 0) x
            GROUP BY x.room_id, x.user_id, x.block ORDER BY x.room_id, x.user_id, x.block
            """,
            rooms,
            ct);
        return new Look(blocks.Count, [.. blocks.Where(x => x.Kept != x.Counted).Select(x => x.ToDrift())]);
    }

    private sealed record Row(long RoomId, long UserId, long Block, long Kept, long Counted)
    {
        public Drift ToDrift() => UserId == Deleted
            ? new Drift(
                RoomId,
                $"room {RoomId}, block {Block}: {Kept} deleted messages, right is {Counted}",
                $"""
                DELETE FROM deleted_blocks WHERE room_id = @RoomId AND block = @Block;
                INSERT INTO deleted_blocks (room_id, block, messages)
                SELECT room_id, number / {UnreadSql.Block}, count(*) FROM messages
                WHERE room_id = @RoomId AND number >= @first AND number < @end AND deleted_at IS NOT NULL GROUP BY 1, 2
                """,
                Arguments)
            : new Drift(
                RoomId,
                $"room {RoomId}, block {Block}: {Kept} mentions of user {UserId}, right is {Counted}",
                $"""
                DELETE FROM mention_blocks WHERE room_id = @RoomId AND user_id = @UserId AND block = @Block;
                INSERT INTO mention_blocks (room_id, user_id, block, mentions)
                SELECT room_id, user_id, number / {UnreadSql.Block}, count(*) FROM mentions
                WHERE room_id = @RoomId AND user_id = @UserId AND number >= @first AND number < @end GROUP BY 1, 2, 3
                """,
                Arguments);

        private object Arguments => new { RoomId, UserId, Block, first = Block * UnreadSql.Block, end = (Block + 1) * UnreadSql.Block };
    }
}
