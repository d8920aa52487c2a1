using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Files;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files;

/// <summary>
/// The rows of files. A row is there before its content, and says when that is whole: what a server that died was about to keep is found
/// by it, and removed. Any thread.
/// </summary>
internal sealed class FileRecords(Database database, TimeProvider time, FilesOptions options)
{
    /// <summary>A file whose content is not whole after this time never will be.</summary>
    private static readonly TimeSpan Unfinished = TimeSpan.FromHours(2);

    /// <summary>Bytes that the uploader has, and has announced; without those of the upload that is about to become a file.</summary>
    public const string Bytes =
        "(SELECT coalesce(sum(f.size), 0) FROM files f WHERE f.uploader_id = @Uploader)"
        + " + (SELECT coalesce(sum(o.length), 0) FROM uploads o WHERE " + IsOpen + ")";

    /// <summary>Files that the uploader has, and will have.</summary>
    public const string Count =
        "(SELECT count(*) FROM files f WHERE f.uploader_id = @Uploader) + " + Open;

    /// <summary>Uploads of theirs that are open.</summary>
    public const string Open = "(SELECT count(*) FROM uploads o WHERE " + IsOpen + ")";

    private const string IsOpen = "o.user_id = @Uploader AND o.file_id IS NULL AND o.expires_at > @Now AND o.id <> @Upload";

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Adds a file whose content is not there yet; returns its id, or 0: the user has as much as one may have.</summary>
    /// <param name="upload">the upload in parts that becomes this file; 0: it came in one request</param>
    public Task<long> AddAsync(NewFile file, long upload) => database.WriteAsync(
        async (transaction, ct) =>
        {
            // Uploads of one user wait for each other here, so that they cannot exceed the quota together.
            await transaction.ListAsync<long>("SELECT u.id FROM users u WHERE u.id = @Uploader FOR UPDATE OF u", new { file.Uploader }, ct);
            return await transaction.FirstAsync<long>(
                $"""
                INSERT INTO files (
                  uploader_id, name, kind, media_type, size, width, height, placeholder, duration, waveform, created_at)
                SELECT @Uploader, @Name, @Kind, @MediaType, @Size, @Width, @Height, @Placeholder, @Duration, @Waveform, @Now
                WHERE {Bytes} + @Size <= @BytesPerUser AND {Count} < @PerUser
                RETURNING id
                """,
                new
                {
                    file.Uploader,
                    file.Name,
                    Kind = (long)file.Kind,
                    file.MediaType,
                    file.Size,
                    file.Width,
                    file.Height,
                    file.Placeholder,
                    file.Duration,
                    file.Waveform,
                    Now,
                    Upload = upload,
                    options.BytesPerUser,
                    options.PerUser,
                },
                ct);
        },
        CancellationToken.None);

    /// <summary>Returns how many bytes the user's files have.</summary>
    public Task<long> UsedAsync(UserId user, CancellationToken ct) => database.FirstAsync<long>(
        "SELECT CAST(coalesce(sum(f.size), 0) AS BIGINT) FROM files f WHERE f.uploader_id = @Value", new { user.Value }, ct);

    /// <summary>
    /// Says that the content is whole; returns the file as everybody sees it, or null: its upload in parts is over, or is another file.
    /// </summary>
    public async Task<byte[]?> FinishAsync(long id, long upload)
    {
        var isFinished = await database.WriteAsync(
            async (transaction, ct) =>
            {
                if (upload > 0 && await transaction.ExecuteAsync(
                    "UPDATE uploads SET file_id = @id, changed_at = @Now WHERE id = @upload AND file_id IS NULL AND expires_at > @Now",
                    new { id, upload, Now },
                    ct) == 0)
                    return false;
                await transaction.ExecuteAsync("UPDATE files SET ready_at = @Now WHERE id = @id", new { id, Now }, ct);
                return true;
            },
            CancellationToken.None);
        if (!isFinished) return null;
        await using var connection = await database.OpenReadAsync(CancellationToken.None);
        await using var row = await Queries.RowsAsync(
            connection, $"SELECT {FileRows.Columns} FROM files f WHERE f.id = @id", new { id });
        if (!await row.ReadAsync()) throw new InvalidOperationException($"file {id} is gone");
        return FileRows.Read(row, 0).Json;
    }

    /// <summary>
    /// Returns a file that the user may read: their own, one of a message that they see, or the picture of a person or a room; null: there
    /// is none.
    /// </summary>
    public Task<StoredFile?> FindAsync(long id, UserId user, CancellationToken ct) => database.FirstAsync<StoredFile>(
        $"""
        SELECT f.id, f.kind, f.name, f.media_type, f.size, f.created_at FROM files f
        WHERE f.id = @id AND {FileRows.IsThere} AND (
          f.uploader_id = @user OR {FileRows.IsPicture} OR EXISTS (
            SELECT 1 FROM message_files p JOIN members me ON me.room_id = p.room_id AND me.user_id = @user
            JOIN messages m ON m.room_id = p.room_id AND m.seq = p.seq
            WHERE p.file_id = f.id AND m.deleted_at IS NULL AND {VisibleSql.Message}))
        """,
        new { id, user = user.Value },
        ct);

    /// <summary>Says that the uploader's file is deleted: nobody sees it any more; or why it is not.</summary>
    public Task<Refusal?> DeleteAsync(long id, UserId uploader) => database.WriteAsync<Refusal?>(
        async (transaction, ct) =>
        {
            var file = new { id, uploader = uploader.Value, Now };
            // Locked before it is decided: a message may be scheduled with it now.
            const string find =
                "SELECT f.id FROM files f WHERE f.id = @id AND f.uploader_id = @uploader AND f.ready_at IS NOT NULL FOR UPDATE OF f";
            if (await transaction.FirstAsync<long>(find, file, ct) == 0) return Problem.NotFound;
            return await transaction.ExecuteAsync(
                $"UPDATE files AS f SET deleted_at = coalesce(deleted_at, @Now) WHERE f.id = @id AND NOT {FileRows.IsWaiting}",
                file,
                ct) > 0 ? null : FileProblems.Waits;
        },
        CancellationToken.None);

    /// <summary>Returns the messages that have the file.</summary>
    public Task<IReadOnlyList<FilePlace>> PlacesAsync(long id, int most, CancellationToken ct) => database.ListAsync<FilePlace>(
        "SELECT DISTINCT room_id, seq FROM message_files WHERE file_id = @id ORDER BY room_id, seq LIMIT @most", new { id, most }, ct);

    /// <summary>
    /// Looks at files behind the id that are old enough, and says that those are deleted which are nobody's picture, do not wait in a
    /// scheduled message, and were not sent, or only in rooms that are gone. Returns the last id that it looked at; null: there are no
    /// more.
    /// </summary>
    public Task<long?> ForgetUnsentAsync(long after, int most, CancellationToken ct) => database.WriteAsync(
        async (transaction, token) =>
        {
            var old = await transaction.ListAsync<long>(
                "SELECT f.id FROM files f WHERE f.id > @after AND f.created_at < @before ORDER BY f.id LIMIT @most FOR UPDATE OF f",
                new { after, most, before = Now - (long)options.UnsentFor.TotalMilliseconds },
                token);
            if (old.Count == 0) return default(long?);
            await transaction.ExecuteAsync(
                $"""
                UPDATE files AS f SET deleted_at = @Now
                WHERE f.id IN @old AND f.ready_at IS NOT NULL AND f.deleted_at IS NULL AND NOT {FileRows.IsPicture}
                  AND NOT {FileRows.IsWaiting} AND NOT EXISTS (
                    SELECT 1 FROM message_files p JOIN rooms r ON r.id = p.room_id WHERE p.file_id = f.id AND r.deleted_at IS NULL)
                """,
                new { Now, old },
                token);
            return old[^1];
        },
        ct);

    /// <summary>Returns files behind the id whose content is to be removed: deleted ones, and those that never became whole.</summary>
    public Task<IReadOnlyList<GoneFile>> GoneAsync(long after, int most, CancellationToken ct) => database.ListAsync<GoneFile>(
        """
        SELECT f.id, f.uploader_id FROM files f
        WHERE f.id > @after AND (f.deleted_at IS NOT NULL OR (f.ready_at IS NULL AND f.created_at < @before))
        ORDER BY f.id LIMIT @most
        """,
        new { after, most, before = Now - (long)Unfinished.TotalMilliseconds },
        ct);

    /// <summary>Removes the rows of files whose content is gone, and that no message has, sent or scheduled.</summary>
    public Task RemoveAsync(IReadOnlyCollection<long> ids, CancellationToken ct) => database.WriteAsync(
        (transaction, token) => transaction.ExecuteAsync(
            """
            DELETE FROM files WHERE id IN @ids AND (deleted_at IS NOT NULL OR ready_at IS NULL)
              AND NOT EXISTS (SELECT 1 FROM message_files p WHERE p.file_id = files.id)
              AND NOT EXISTS (SELECT 1 FROM scheduled_files w WHERE w.file_id = files.id)
            """,
            new { ids },
            token),
        ct);
}

/// <param name="Name">safe</param>
/// <param name="Duration">milliseconds</param>
/// <param name="Waveform">a JSON array</param>
internal sealed record NewFile(
    long Uploader, string Name, FileKind Kind, string MediaType, long Size, int? Width = null, int? Height = null,
    string? Placeholder = null, long? Duration = null, string? Waveform = null);

/// <summary>A file whose content is there.</summary>
internal sealed record StoredFile(long Id, long Kind, string Name, string MediaType, long Size, long CreatedAt);

/// <summary>A message that has a file.</summary>
internal sealed record FilePlace(long RoomId, long Seq);

internal sealed record GoneFile(long Id, long UploaderId);
