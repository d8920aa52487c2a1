using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Pins;

/// <summary>
/// Pins and unpins messages, through the room's log: the room's lock makes the bound exact, and each change one entry, however many people
/// do it at once. A repeat changes nothing and appends nothing: who pinned a message first has pinned it. Each method returns null, or the
/// reason why not. Any thread.
/// </summary>
internal sealed class PinChanges(ChatEngine engine, PinOptions options)
{
    public Task<Problem?> PinAsync(RoomId room, UserId user, long seq) => RoomWrite.RunAsync(engine, room, user, transaction =>
    {
        var message = Find(transaction, user, seq);
        if (Refuse(message) is { } refusal) return refusal;
        if (transaction.Bar.For(user) is { } barred) return barred;
        if (!message!.IsPinnable) return Problem.NotEditable;
        if (message.IsPinned) return null;
        if (Count(transaction) >= options.PerRoom) return Problem.TooManyPins;
        Write(
            transaction, user, seq, pinned: true,
            "INSERT INTO pins (room_id, seq, user_id, pinned_seq, at) VALUES (@room, @seq, @user, @entry, @At)");
        return null;
    });

    /// <summary>Unpins a message. One that cannot be pinned is not pinned, so that is no refusal.</summary>
    public Task<Problem?> UnpinAsync(RoomId room, UserId user, long seq) => RoomWrite.RunAsync(engine, room, user, transaction =>
    {
        var message = Find(transaction, user, seq);
        if (Refuse(message) is { } refusal) return refusal;
        if (!message!.IsPinned) return null;
        Write(transaction, user, seq, pinned: false, "DELETE FROM pins WHERE room_id = @room AND seq = @seq");
        return null;
    });

    /// <summary>Changes the pin, and appends the entry that tells of it.</summary>
    private static void Write(RoomTransaction transaction, UserId user, long seq, bool pinned, string change)
    {
        transaction.Execute(
            change, new { room = transaction.Room.Value, seq, user = user.Value, entry = transaction.Head + 1, transaction.At });
        var detail = JsonScratch.BeginObject();
        detail.Writer.WriteBoolean("pinned"u8, pinned);
        detail.Writer.WriteNumber("userId"u8, user.Value);
        transaction.AppendDetail(EntryKind.PinChanged, user, seq, detail.EndObject());
    }

    private static Problem? Refuse(MessageState? message) => message switch
    {
        null => Problem.NotFound,
        { IsAllowed: false } => Problem.Forbidden,
        _ => null,
    };

    /// <summary>Counts the pins of the room. One that an older program left of a deleted message is none.</summary>
    private static long Count(RoomTransaction transaction) => transaction.First<long>(
        """
        SELECT count(*) FROM pins x JOIN messages m ON m.room_id = x.room_id AND m.seq = x.seq
        WHERE x.room_id = @Value AND m.deleted_at IS NULL
        """,
        new { transaction.Room.Value });

    /// <summary>Finds the message; null: no such message for this user.</summary>
    private static MessageState? Find(RoomTransaction transaction, UserId user, long seq) => transaction.First<MessageState>(
        $"""
        SELECT m.type, m.deleted_at,
          CAST(CASE WHEN r.kind = 'direct' OR me.role IN ('owner', 'admin') THEN 1 ELSE 0 END AS BIGINT) AS allowed,
          (SELECT count(*) FROM pins x WHERE x.room_id = @room AND x.seq = @seq) AS pinned
        FROM members me JOIN rooms r ON r.id = me.room_id JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq
        WHERE me.room_id = @room AND me.user_id = @user AND {VisibleSql.Message}
        """,
        new { room = transaction.Room.Value, seq, user = user.Value });

    /// <param name="Allowed">1 where the user may pin messages of the room</param>
    /// <param name="Pinned">1 where it is pinned</param>
    private sealed record MessageState(long Type, long? DeletedAt, long Allowed, long Pinned)
    {
        public bool IsPinnable => EntryKind.Of(Type).IsMessage && DeletedAt is null;

        public bool IsAllowed => Allowed > 0;

        public bool IsPinned => Pinned > 0 && DeletedAt is null;
    }
}
