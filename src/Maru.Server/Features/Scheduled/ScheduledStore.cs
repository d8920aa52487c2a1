using Maru.Engine;
using Maru.Server.Storage;

namespace Maru.Server.Features.Scheduled;

/// <summary>
/// Finds what is due, and changes scheduled messages. Each change is one statement on one row, which the commit that sends it locks and
/// removes: so whichever comes first decides, and the other one finds no such row. Any thread.
/// </summary>
internal sealed class ScheduledStore(Database database)
{
    /// <summary>Changes the text, the time or both; null leaves one. One that failed waits again, which takes a new time.</summary>
    /// <param name="version">of what is changed</param>
    /// <returns>whether it was changed, and the row as it is now; null: there is none of the user's</returns>
    public Task<(bool Changed, ScheduledRow? Row)> ChangeAsync(UserId user, long id, long version, string? text, long? at) =>
        database.WriteAsync<(bool, ScheduledRow?)>(
            async (transaction, ct) =>
            {
                var row = new { id, user = user.Value, version, text, at };
                var changed = await transaction.ExecuteAsync(
                    """
                    UPDATE scheduled SET text = coalesce(@text, text), at = coalesce(@at, at), due_at = coalesce(@at, due_at),
                      failed = NULL, version = version + 1
                    WHERE id = @id AND user_id = @user AND version = @version AND (failed IS NULL OR @at IS NOT NULL)
                    """,
                    row,
                    ct);
                const string find = $"{ScheduledRow.Select} WHERE id = @id AND user_id = @user";
                return (changed > 0, await transaction.FirstAsync<ScheduledRow>(find, row, ct));
            },
            CancellationToken.None);

    /// <summary>Removes the row; returns the id of its room, or 0: there is none of the user's, or it was sent.</summary>
    public Task<long> RemoveAsync(UserId user, long id) => database.WriteAsync(
        (transaction, ct) => transaction.FirstAsync<long>(
            "DELETE FROM scheduled WHERE id = @id AND user_id = @user RETURNING room_id", new { id, user = user.Value }, ct),
        CancellationToken.None);

    /// <summary>Returns when the next one is due, unix milliseconds; 0: none waits.</summary>
    public Task<long> NextAsync(CancellationToken ct) => database.FirstAsync<long>(
        "SELECT due_at FROM scheduled WHERE failed IS NULL ORDER BY due_at, id LIMIT 1", null, ct);

    /// <summary>Returns what is due, longest due first; what was put off together in the order of the times.</summary>
    public Task<IReadOnlyList<ScheduledRow>> ListDueAsync(long now, int most, CancellationToken ct) => database.ListAsync<ScheduledRow>(
        $"{ScheduledRow.Select} WHERE failed IS NULL AND due_at <= @now ORDER BY due_at, at, id LIMIT @most", new { now, most }, ct);

    /// <summary>Notes why it was not sent; false: it was changed or cancelled meanwhile, or another node has noted it.</summary>
    public async Task<bool> FailAsync(ScheduledRow row, string slug) => await database.WriteAsync(
        (transaction, ct) => transaction.ExecuteAsync(
            "UPDATE scheduled SET failed = @slug, version = version + 1 WHERE id = @Id AND version = @Version AND failed IS NULL",
            new { row.Id, row.Version, slug },
            ct),
        CancellationToken.None) > 0;

    /// <summary>Puts off all that the sender of the row has waiting in its room, so that it stays in order.</summary>
    /// <param name="until">unix milliseconds</param>
    public Task PutOffAllAsync(ScheduledRow row, long until) => database.WriteAsync(
        (transaction, ct) => transaction.ExecuteAsync(
            "UPDATE scheduled SET due_at = @until WHERE room_id = @RoomId AND user_id = @UserId AND failed IS NULL AND due_at < @until",
            new { row.RoomId, row.UserId, until },
            ct),
        CancellationToken.None);

    /// <summary>Puts off the row alone: nothing waits behind it.</summary>
    /// <inheritdoc cref="PutOffAllAsync"/>
    public Task PutOffAsync(ScheduledRow row, long until) => database.WriteAsync(
        (transaction, ct) => transaction.ExecuteAsync(
            "UPDATE scheduled SET due_at = @until WHERE id = @Id AND version = @Version AND failed IS NULL",
            new { row.Id, row.Version, until },
            ct),
        CancellationToken.None);
}
