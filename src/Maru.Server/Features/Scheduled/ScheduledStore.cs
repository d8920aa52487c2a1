using System.Data.Common;
using System.Text;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Scheduled;

/// <summary>
/// Finds what is due, and changes scheduled messages. Each change locks one row, which the commit that sends it locks and removes: so
/// whichever comes first decides, and the other one finds no such row. Any thread.
/// </summary>
internal sealed class ScheduledStore(Database database)
{
    public const string InsertFiles =
        """
        WITH x (scheduled_id, file_id) AS ROWS @rows
        INSERT INTO scheduled_files (scheduled_id, file_id) SELECT scheduled_id, file_id FROM x
        """;

    private static readonly Refusal NeedsTime = new(Problem.Invalid, "It has failed: give it a new time.", "at");

    /// <summary>Returns the rows for <see cref="InsertFiles"/>.</summary>
    public static string FilesOf(long id, Attachments files) => Dialect.Rows(files.Ids.Select(file => (long[])[id, file]));

    /// <summary>Returns what the column <c>files</c> has of them.</summary>
    public static string? JsonOf(Attachments files) => files.Json is { } json ? Encoding.UTF8.GetString(json) : null;

    /// <summary>
    /// Changes the text, the time, the files or all; null leaves one. One that failed waits again, which takes a new time. Locks the files
    /// before the row, as the commit does that sends it.
    /// </summary>
    /// <param name="version">of what is changed</param>
    /// <returns>the row as it is now, or why it was not changed</returns>
    public Task<(ScheduledRow? Row, Refusal? Refusal)> ChangeAsync(
        UserId user, long id, long version, string? text, long? at, Attachments? files) =>
        database.WriteAsync<(ScheduledRow?, Refusal?)>(
            async (transaction, ct) =>
            {
                if (files is not null && await FindAsync(transaction, user, files) is { } notThere) return (null, notThere);
                const string find = $"{ScheduledRow.Select} WHERE id = @id AND user_id = @user";
                var json = files is null ? null : JsonOf(files);
                var row = new { id, user = user.Value, text, at, hasFiles = files is null ? 0 : 1, files = json };
                var before = await transaction.FirstAsync<ScheduledRow>($"{find} FOR UPDATE OF scheduled", row, ct);
                if (before is null) return (null, Problem.NotFound);
                if (before.Version != version) return (null, new Refusal(Problem.Conflict, $"Its version is {before.Version}."));
                if (before.Failed is not null && at is null) return (null, NeedsTime);
                if ((files is null ? before.Files : json) is null
                    && TextRules.Refuse(Encoding.UTF8.GetBytes(text ?? before.Text), "text") is { } bare)
                    return (null, bare);
                await transaction.ExecuteAsync(
                    """
                    UPDATE scheduled SET text = coalesce(@text, text), at = coalesce(@at, at), due_at = coalesce(@at, due_at),
                      files = CASE WHEN @hasFiles = 1 THEN @files ELSE files END, failed = NULL, version = version + 1
                    WHERE id = @id
                    """,
                    row,
                    ct);
                if (files is not null)
                {
                    await transaction.ExecuteAsync("DELETE FROM scheduled_files WHERE scheduled_id = @id", row, ct);
                    await transaction.ExecuteAsync(InsertFiles, new { rows = FilesOf(id, files) }, ct);
                }

                return (await transaction.FirstAsync<ScheduledRow>(find, row, ct), null);
            },
            CancellationToken.None);

    /// <summary>Removes the row; returns the id of its room, or 0: there is none of the user's, or it was sent.</summary>
    public Task<long> RemoveAsync(UserId user, long id) => database.WriteAsync(
        async (transaction, ct) =>
        {
            var row = new { id, user = user.Value };
            const string find = "SELECT s.room_id FROM scheduled s WHERE s.id = @id AND s.user_id = @user FOR UPDATE OF s";
            var room = await transaction.FirstAsync<long>(find, row, ct);
            if (room == 0) return 0;
            const string remove = "DELETE FROM scheduled_files WHERE scheduled_id = @id; DELETE FROM scheduled WHERE id = @id";
            await transaction.ExecuteAsync(remove, row, ct);
            return room;
        },
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

    /// <summary>Finds the files, and keeps them from going; returns why the message cannot have them, or null.</summary>
    private static async Task<Refusal?> FindAsync(DbTransaction transaction, UserId user, Attachments files)
    {
        var facts = new FileFacts();
        facts.Ask(files);
        await facts.ReadAsync(transaction);
        return files.Resolve(id => facts.Find(id, user));
    }
}
