using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Reactions;

/// <summary>
/// Adds and removes reactions, through the room's log: the room's lock makes each count exact, however many people react at once. A repeat
/// changes nothing and appends nothing. Each method returns null, or the reason why not. Any thread.
/// </summary>
internal sealed class ReactionChanges(ChatEngine engine, ReactionOptions options)
{
    /// <param name="emoji">in its one spelling</param>
    public Task<Problem?> AddAsync(
        RoomId room, UserId user, long seq, string emoji) => RoomWrite.RunAsync(engine, room, user, transaction =>
    {
        var message = Find(transaction, user, seq, emoji);
        if (Refuse(message) is { } refusal) return refusal;
        if (message!.IsGiven) return null;
        if (transaction.Bar.For(user) is { } barred) return barred;
        if (message.Own >= options.KindsPerUser) return Problem.TooManyReactions;
        var counts = ReactionCounts.Read(message.Reactions);
        if (counts.Kinds >= options.KindsPerMessage && !counts.Has(emoji)) return Problem.TooManyEmoji;
        Write(
            transaction, user, seq, emoji, counts, added: true,
            "INSERT INTO reactions (room_id, seq, user_id, emoji, added_seq, at) VALUES (@room, @seq, @user, @emoji, @entry, @At)");
        return null;
    });

    /// <param name="emoji">in its one spelling</param>
    public Task<Problem?> RemoveAsync(
        RoomId room, UserId user, long seq, string emoji) => RoomWrite.RunAsync(engine, room, user, transaction =>
    {
        var message = Find(transaction, user, seq, emoji);
        if (Refuse(message) is { } refusal) return refusal;
        if (!message!.IsGiven) return null;
        Write(
            transaction, user, seq, emoji, ReactionCounts.Read(message.Reactions), added: false,
            "DELETE FROM reactions WHERE room_id = @room AND seq = @seq AND user_id = @user AND emoji = @emoji");
        return null;
    });

    /// <summary>Changes the user's row and the message's counts, and appends the entry that tells of both.</summary>
    private static void Write(
        RoomTransaction transaction, UserId user, long seq, string emoji, ReactionCounts counts, bool added, string change)
    {
        var count = counts.Change(emoji, added);
        transaction.Execute(
            $"{change}; UPDATE messages SET reactions = @reactions WHERE room_id = @room AND seq = @seq",
            new
            {
                room = transaction.Room.Value,
                seq,
                user = user.Value,
                emoji,
                entry = transaction.Head + 1,
                transaction.At,
                reactions = counts.ToText(),
            });
        var detail = JsonScratch.BeginObject();
        detail.Writer.WriteString("emoji"u8, emoji);
        detail.Writer.WriteNumber("count"u8, count);
        detail.Writer.WriteNumber("userId"u8, user.Value);
        detail.Writer.WriteBoolean("added"u8, added);
        transaction.AppendDetail(EntryKind.ReactionChanged, user, seq, detail.EndObject());
    }

    private static Problem? Refuse(MessageState? message) => message switch
    {
        null => Problem.NotFound,
        { IsMessage: false } or { DeletedAt: not null } => Problem.NotEditable,
        _ => null,
    };

    /// <summary>Finds the message; null: no such message for this user.</summary>
    private static MessageState? Find(RoomTransaction transaction, UserId user, long seq, string emoji) => transaction.First<MessageState>(
        $"""
        SELECT m.type, m.deleted_at, m.reactions,
          (SELECT count(*) FROM reactions x WHERE x.room_id = @room AND x.seq = @seq AND x.user_id = @user) AS own,
          (SELECT count(*) FROM reactions x WHERE x.room_id = @room AND x.seq = @seq AND x.user_id = @user AND x.emoji = @emoji) AS given
        FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq
        WHERE me.room_id = @room AND me.user_id = @user AND {VisibleSql.Message}
        """,
        new { room = transaction.Room.Value, seq, user = user.Value, emoji });

    /// <param name="Reactions">the counts of all its reactions</param>
    /// <param name="Own">how many of them are the user's</param>
    /// <param name="Given">1 where the user has given this very emoji</param>
    private sealed record MessageState(long Type, long? DeletedAt, string? Reactions, long Own, long Given)
    {
        public bool IsMessage => EntryKind.Of(Type).IsMessage;

        public bool IsGiven => Given > 0;
    }
}
