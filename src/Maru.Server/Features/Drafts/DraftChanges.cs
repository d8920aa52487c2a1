using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Drafts;

/// <summary>
/// Keeps and removes drafts, in the order of the room's own changes, so none outlives a membership. The room's log has nothing of them.
/// What changed is told to the person's own clients. Each method returns null, or the reason why not. Any thread.
/// </summary>
internal sealed class DraftChanges(ChatEngine engine)
{
    /// <param name="text">has something in it</param>
    /// <param name="replyTo">a seq, or 0</param>
    public async Task<Problem?> KeepAsync(RoomId room, UserId user, string text, long replyTo)
    {
        var at = 0L;
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            // Two changes of one millisecond get times of their own: clients tell by them which is newer.
            at = transaction.First<long>(
                """
                INSERT INTO drafts (user_id, room_id, text, reply_to, at)
                SELECT me.user_id, me.room_id, @text, @replyTo, @At FROM members me WHERE me.room_id = @room AND me.user_id = @user
                ON CONFLICT (user_id, room_id) DO UPDATE SET text = excluded.text, reply_to = excluded.reply_to,
                  at = CASE WHEN excluded.at > drafts.at THEN excluded.at ELSE drafts.at + 1 END
                RETURNING at
                """,
                new { user = user.Value, room = room.Value, text, replyTo = replyTo > 0 ? replyTo : (long?)null, transaction.At });
            return at > 0 ? null : Problem.NotFound;
        });
        if (problem is null) Tell(user, room, at, EventJson.Drafted(room, text, replyTo, at));
        return problem;
    }

    public async Task<Problem?> RemoveAsync(RoomId room, UserId user)
    {
        var at = 0L;
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            var draft = new { user = user.Value, room = room.Value };
            if (transaction.First<long>("SELECT count(*) FROM members WHERE room_id = @room AND user_id = @user", draft) == 0)
                return Problem.NotFound;
            // The row stays, so that the time of the next one is later than that of the removal.
            at = transaction.First<long>(
                """
                UPDATE drafts SET text = '', reply_to = NULL, at = CASE WHEN @At > at THEN @At ELSE at + 1 END
                WHERE user_id = @user AND room_id = @room AND text <> ''
                RETURNING at
                """,
                new { draft.user, draft.room, transaction.At });
            return null;
        });
        if (at > 0 && problem is null) Tell(user, room, at, EventJson.Drafted(room, "", 0, at));
        return problem;
    }

    /// <summary>
    /// Two changes may be told in another order than they were made, so none takes the place of another: clients go by the times.
    /// </summary>
    private void Tell(UserId user, RoomId room, long at, byte[] json) =>
        engine.UserEvents.Publish(user, new UserEvent(json, $"draft:{room}:{at}"));
}
