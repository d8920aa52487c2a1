using System.Text;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Messages;

/// <summary>
/// Changes messages after they were sent, through the room's log. Each method returns null, or the reason why not. Any thread.
/// </summary>
internal sealed class MessageChanges(ChatEngine engine)
{
    /// <summary>
    /// Edits the sender's own message, which is no poll and no forward: others said that first. Its text may be emptied where it has files.
    /// An edit that changes nothing appends nothing.
    /// </summary>
    public async Task<Refusal?> EditAsync(RoomId room, UserId actor, long seq, MessageBody body)
    {
        var bare = TextRules.Refuse(body.Text, "text");
        var problem = await RoomWrite.RunAsync(engine, room, actor, transaction => Edit(transaction, actor, seq, body, bare is not null));
        return problem is null ? null : problem == bare?.Problem ? bare : problem;
    }

    /// <param name="isBare">true: its text has nothing visible in it, which only a message with files may have</param>
    private static Problem? Edit(RoomTransaction transaction, UserId actor, long seq, MessageBody body, bool isBare)
    {
        var room = transaction.Room;
        if (transaction.Rules.IsReadOnly && IsBound(transaction, actor)) return Problem.ReadOnly;
        if (transaction.Bar.For(actor) is { } barred) return Find(transaction, actor, seq) is null ? Problem.NotFound : barred;
        var text = Encoding.UTF8.GetString(body.Text);
        var edited = transaction.First<Edited>(
            $"""
            UPDATE messages SET text = @text, edited_at = @At
            WHERE room_id = @room AND seq = @seq AND type = @message AND sender_id = @actor AND deleted_at IS NULL AND text <> @text
              AND poll IS NULL AND origin_sender_id IS NULL AND (@bare = 0 OR files IS NOT NULL)
              AND EXISTS (
                SELECT 1 FROM members me WHERE me.room_id = @room AND me.user_id = @actor AND messages.seq > {VisibleSql.HiddenUpTo})
            RETURNING number, at, coalesce(mentions, '') AS mentions, coalesce(previews, '') AS previews
            """,
            new
            {
                room = room.Value,
                actor = actor.Value,
                seq,
                text,
                bare = isBare ? 1 : 0,
                message = EntryKind.MessageCreated.Number,
                transaction.At,
            });
        if (edited is not null)
        {
            PreviewRows.Keep(transaction, seq, edited.Previews, text);
            var mentioned = edited.Mentions.Length == 0 && body.Mentions.Count == 0
                ? null
                : MentionRows.Change(transaction, actor, seq, edited.Number, edited.At, body.Mentions);
            transaction.AppendChange(EntryKind.MessageEdited, actor, seq, mentioned);
            return null;
        }

        return Find(transaction, actor, seq) switch
        {
            null => Problem.NotFound,
            { IsMessage: false } or { DeletedAt: not null } or { IsPoll: > 0 } => Problem.NotEditable,
            var message when message.SenderId != actor.Value => Problem.Forbidden,
            { OriginSenderId: not null } => Problem.NotEditable,
            { HasFiles: 0 } when isBare => Problem.Invalid,
            _ => null,
        };
    }

    /// <summary>
    /// Deletes the sender's own message, or anybody's for the room's owner and admins. The text, the reactions, the mentions, the
    /// files, the previews, the poll with its votes, the stars and the pin go, and where it was forwarded from; the seq and the
    /// sender's key stay, so a retry still finds it. Replies to it stay.
    /// </summary>
    public Task<Problem?> DeleteAsync(RoomId room, UserId actor, long seq) => RoomWrite.RunAsync(engine, room, actor, transaction =>
    {
        var changed = transaction.Execute(
            $"""
            UPDATE messages
            SET text = '', deleted_at = @At, reactions = NULL, mentions = NULL, files = NULL, previews = NULL,
              poll = CASE WHEN poll IS NOT NULL THEN '' END,
              origin_sender_id = NULL, origin_at = NULL, origin_room_id = NULL, origin_seq = NULL
            WHERE room_id = @room AND seq = @seq AND type = @message AND deleted_at IS NULL
              AND EXISTS (
                SELECT 1 FROM members me
                WHERE me.room_id = @room AND me.user_id = @actor AND (me.role IN ('owner', 'admin') OR messages.sender_id = @actor)
                  AND messages.seq > {VisibleSql.HiddenUpTo})
            """,
            new { room = room.Value, actor = actor.Value, seq, message = EntryKind.MessageCreated.Number, transaction.At });
        if (changed > 0)
        {
            FileRelease.Run(transaction, seq);
            transaction.Execute(
                """
                DELETE FROM reactions WHERE room_id = @room AND seq = @seq;
                DELETE FROM poll_votes WHERE room_id = @room AND seq = @seq;
                DELETE FROM mentions WHERE room_id = @room AND seq = @seq;
                DELETE FROM stars WHERE room_id = @room AND seq = @seq;
                DELETE FROM pins WHERE room_id = @room AND seq = @seq;
                DELETE FROM message_previews WHERE room_id = @room AND seq = @seq
                """,
                new { room = room.Value, seq });
            transaction.AppendChange(EntryKind.MessageDeleted, actor, seq);
            return null;
        }

        return Find(transaction, actor, seq) switch
        {
            null => Problem.NotFound,
            { IsMessage: false } => Problem.NotEditable,
            { DeletedAt: not null } => null,
            _ => Problem.Forbidden,
        };
    });

    /// <summary>Returns whether they are a member, but neither the owner nor an admin.</summary>
    private static bool IsBound(RoomTransaction transaction, UserId actor) => transaction.First<long>(
        "SELECT count(*) FROM members WHERE room_id = @room AND user_id = @actor AND role NOT IN ('owner', 'admin')",
        new { room = transaction.Room.Value, actor = actor.Value }) > 0;

    /// <summary>Finds the message of a change that matched no row, for the reason; null: no such message for this user.</summary>
    private static MessageState? Find(RoomTransaction transaction, UserId actor, long seq) => transaction.First<MessageState>(
        $"""
        SELECT m.type, m.deleted_at, m.sender_id, CAST(CASE WHEN m.poll IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS is_poll,
          m.origin_sender_id, CAST(CASE WHEN m.files IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS has_files
        FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq
        WHERE me.room_id = @room AND me.user_id = @actor AND {VisibleSql.Message}
        """,
        new { room = transaction.Room.Value, actor = actor.Value, seq });

    /// <param name="Mentions">as before; empty: none</param>
    /// <param name="Previews">the same</param>
    private sealed record Edited(long Number, long At, string Mentions, string Previews);

    /// <param name="IsPoll">1 where it is the question of a poll, which people have voted on as it is</param>
    /// <param name="OriginSenderId">who said it first, where it is a forward</param>
    /// <param name="HasFiles">1 where it has some</param>
    private sealed record MessageState(long Type, long? DeletedAt, long SenderId, long IsPoll, long? OriginSenderId, long HasFiles)
    {
        public bool IsMessage => EntryKind.Of(Type).IsMessage;
    }
}
