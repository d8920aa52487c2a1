using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Stars;

/// <summary>
/// Adds and removes stars, in the order of the room's own changes: a message that is deleted, or a room that is left, never keeps one. The
/// room's log has nothing of them. What changed is told to the person's own clients. Each method returns null, or the reason why not. Any
/// thread.
/// </summary>
/// <remarks>
/// The person's stars are counted before the write, for that would hold up all writes: stars that one person gives at the same moment may
/// pass the bound together.
/// </remarks>
internal sealed class StarChanges(ChatEngine engine, StarStore store, StarOptions options)
{
    public Task<Problem?> AddAsync(RoomId room, UserId user, long seq) => ChangeAsync(room, user, seq, starred: true);

    public Task<Problem?> RemoveAsync(RoomId room, UserId user, long seq) => ChangeAsync(room, user, seq, starred: false);

    private async Task<Problem?> ChangeAsync(RoomId room, UserId user, long seq, bool starred)
    {
        var (isFull, changed) = (starred && await store.HasAsync(user, options.PerUser), false);
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            changed = false;
            var star = new { user = user.Value, room = room.Value, seq, transaction.At };
            if (transaction.First<long>(
                $"""
                SELECT count(*) FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq AND m.deleted_at IS NULL
                WHERE me.room_id = @room AND me.user_id = @user AND {VisibleSql.Message}
                """,
                star) == 0)
                return Problem.NotFound;
            changed = transaction.Execute(
                starred
                    ? "INSERT INTO stars (user_id, room_id, seq, at) VALUES (@user, @room, @seq, @At) ON CONFLICT DO NOTHING"
                    : "DELETE FROM stars WHERE user_id = @user AND room_id = @room AND seq = @seq",
                star) > 0;
            return changed && isFull ? Problem.TooManyStars : null;
        });
        if (problem is null && changed)
            engine.UserEvents.Publish(user, new UserEvent(EventJson.Starred(room, seq, starred), $"star:{room}:{seq}"));
        return problem;
    }
}
