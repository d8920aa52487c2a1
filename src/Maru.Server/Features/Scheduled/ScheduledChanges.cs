using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Scheduled;

/// <summary>
/// Schedules messages, and changes and cancels them for their owners. What is scheduled is refused as a message would be now, but for slow
/// mode; whether it may be sent is decided again at its time. Any thread.
/// </summary>
/// <remarks>
/// A new one is a write to its room, so that a room that ends keeps none. Changing and cancelling are not: the row alone decides between
/// them and the commit that sends it, also of somebody who has left the room. On PostgreSQL, what one person schedules in several rooms at
/// the same moment may pass their bound together.
/// </remarks>
internal sealed class ScheduledChanges(
    ChatEngine engine, ScheduledStore store, ScheduledSender sender, ScheduledEvents events, ScheduledOptions options, TimeProvider time)
{
    private static readonly Refusal NotFuture = new(Problem.Invalid, "In the future.", "at");
    private static readonly Refusal NoMessage = new(Problem.Invalid, "The seq of a message in this room.", "replyTo");

    /// <summary>Schedules a message, or finds the one that was scheduled with that key before.</summary>
    /// <param name="message">what is asked for; its text is checked</param>
    public async Task<(ScheduledRow? Row, bool IsNew, Refusal? Refusal)> ScheduleAsync(ToSchedule message)
    {
        ScheduledRow? row = null;
        var (isNew, refusal) = (false, default(Refusal));
        var problem = await RoomWrite.RunAsync(engine, message.Room, message.User, transaction =>
        {
            (row, isNew, refusal) = (Find(transaction, message), false, null);
            if (row is not null) return row.ContentHash == message.Hash ? null : Problem.KeyReused;
            var files = new Attachments(message.Files, areForwarded: false);
            refusal = Refuse(transaction, message) ?? Find(transaction, message.User, files);
            if (refusal is not null) return refusal.Problem;
            row = Insert(transaction, message, files);
            isNew = row is not null;
            return isNew ? null : Problem.NotFound;
        });
        if (problem is not null) return (null, false, refusal ?? problem);
        if (isNew && row is not null) Told(row);
        return (row, isNew, null);
    }

    /// <inheritdoc cref="ScheduledStore.ChangeAsync"/>
    public async Task<(ScheduledRow? Row, Refusal? Refusal)> ChangeAsync(
        UserId user, long id, long version, string? text, long? at, Attachments? files)
    {
        if (at is { } moment && RefuseAt(moment, time.GetUtcNow().ToUnixTimeMilliseconds()) is { } wrong) return (null, wrong);
        var (row, refusal) = await store.ChangeAsync(user, id, version, text, at, files);
        if (row is not null) Told(row);
        return (row, refusal);
    }

    /// <summary>Cancels it, or removes what failed: null, and it is never sent. Else it is not there any more, or was sent.</summary>
    public async Task<Problem?> CancelAsync(UserId user, long id)
    {
        var room = await store.RemoveAsync(user, id);
        if (room == 0) return Problem.NotFound;
        events.Cancelled(user, new RoomId(room), id);
        return null;
    }

    private void Told(ScheduledRow row)
    {
        sender.Wake(row.At);
        events.Changed(row);
    }

    private Refusal? RefuseAt(long at, long now)
    {
        if (at <= now) return NotFuture;
        return at - now <= options.Ahead.TotalMilliseconds ? null : new Refusal(Problem.Invalid, $"At most {options.Ahead} ahead.", "at");
    }

    private static ScheduledRow? Find(RoomTransaction transaction, ToSchedule message) => message.Key is null
        ? null
        : transaction.First<ScheduledRow>(
            $"{ScheduledRow.Select} WHERE room_id = @room AND user_id = @user AND client_key = @Key",
            new { room = message.Room.Value, user = message.User.Value, message.Key });

    private Refusal? Refuse(RoomTransaction transaction, ToSchedule message)
    {
        var names = new { room = message.Room.Value, user = message.User.Value, seq = message.ReplyTo };
        var role = transaction.First<string>("SELECT role FROM members WHERE room_id = @room AND user_id = @user", names);
        if (role is null) return Refusal.NotAMember;
        if (transaction.Bar.For(message.User) is { } barred) return barred;
        if (transaction.Rules.IsReadOnly && role is not ("owner" or "admin")) return Problem.ReadOnly;
        if (RefuseAt(message.At, transaction.At) is { } wrong) return wrong;
        if (message.ReplyTo > 0 && transaction.First<long>(
            $"""
            SELECT count(*) FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq
            WHERE me.room_id = @room AND me.user_id = @user AND m.type = {EntryKind.MessageCreated.Number} AND {VisibleSql.Message}
            """,
            names) == 0)
            return NoMessage;
        var count = transaction.First<long>("SELECT count(*) FROM scheduled WHERE user_id = @user", names);
        return count < options.PerUser ? null : new Refusal(Problem.TooManyScheduled);
    }

    /// <summary>Finds the files, and keeps them from going before they wait; returns why the message cannot have them, or null.</summary>
    private static Refusal? Find(RoomTransaction transaction, UserId user, Attachments files)
    {
        var facts = new FileFacts();
        facts.Ask(files);
        transaction.Read(facts);
        return files.Resolve(id => facts.Find(id, user));
    }

    /// <summary>
    /// Returns the new row; null: the account was deleted meanwhile. The row's reference to the account makes a deletion wait for it.
    /// </summary>
    private static ScheduledRow? Insert(RoomTransaction transaction, ToSchedule message, Attachments files)
    {
        var id = transaction.First<long>(
            """
            INSERT INTO scheduled (user_id, room_id, at, due_at, text, reply_to, client_key, content_hash, version, files)
            VALUES (@user, @room, @At, @At, @Text, nullif(@ReplyTo, 0), @Key, @hash, 1, @files)
            RETURNING id
            """,
            new
            {
                user = message.User.Value,
                room = message.Room.Value,
                message.At,
                message.Text,
                message.ReplyTo,
                message.Key,
                hash = message.Key is null ? default(long?) : message.Hash,
                files = ScheduledStore.JsonOf(files),
            });
        transaction.Execute(ScheduledStore.InsertFiles, new { rows = ScheduledStore.FilesOf(id, files) });
        const string exists = "EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND u.deleted_at IS NULL)";
        return transaction.First<ScheduledRow>($"{ScheduledRow.Select} WHERE id = @id AND {exists}", new { id });
    }
}

/// <summary>What somebody asks to be sent later.</summary>
/// <param name="At">unix milliseconds</param>
/// <param name="ReplyTo">a seq, or 0</param>
/// <param name="Key">the key by which a retry is known; null: there is none</param>
/// <param name="Files">ids, none twice</param>
internal sealed record ToSchedule(
    RoomId Room, UserId User, string Text, long At, long ReplyTo, string? Key, IReadOnlyList<long> Files)
{
    public long Hash => ScheduledRow.HashOf(Text, At, ReplyTo, Files);
}
