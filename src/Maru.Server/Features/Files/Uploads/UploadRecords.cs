using System.Globalization;
using Maru.Engine;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>
/// The rows of uploads in parts. What they declare counts against the quota of their users from the beginning. Any thread.
/// </summary>
internal sealed class UploadRecords(Database database, TimeProvider time, FilesOptions options)
{
    private const string Columns = "u.id, u.user_id, u.length, u.received, u.metadata, u.expires_at, u.file_id";

    /// <summary>After this time nobody is about to add a part, or to put the parts together.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Expiry => Now + (long)options.OpenUploadsFor.TotalMilliseconds;

    /// <summary>Begins an upload; null: the user has as many, or as much, as one may.</summary>
    public Task<Upload?> AddAsync(UserId user, long length, string? metadata) => database.WriteAsync(
        async (transaction, ct) =>
        {
            await transaction.ListAsync<long>("SELECT u.id FROM users u WHERE u.id = @Value FOR UPDATE OF u", new { user.Value }, ct);
            var row = new
            {
                Uploader = user.Value,
                Upload = 0L,
                length,
                metadata,
                Now,
                Expiry,
                options.BytesPerUser,
                options.PerUser,
                options.OpenUploadsPerUser,
            };
            var id = await transaction.FirstAsync<long>(
                $"""
                INSERT INTO uploads (user_id, length, received, metadata, changed_at, expires_at)
                SELECT @Uploader, @length, 0, @metadata, @Now, @Expiry
                WHERE {FileRecords.Bytes} + @length <= @BytesPerUser AND {FileRecords.Count} < @PerUser
                  AND {FileRecords.Open} < @OpenUploadsPerUser
                RETURNING id
                """,
                row, ct);
            return id == 0 ? null : new Upload(id, user.Value, length, 0, metadata, row.Expiry, null);
        },
        CancellationToken.None);

    /// <summary>Returns an upload of the user's; null: there is none, or not any more.</summary>
    public Task<Upload?> FindAsync(long id, UserId user, CancellationToken ct) => database.FirstAsync<Upload>(
        $"SELECT {Columns} FROM uploads u WHERE u.id = @id AND u.user_id = @user AND u.expires_at > @Now",
        new { id, user = user.Value, Now },
        ct);

    /// <summary>Returns the JSON of the file that it became; null: it is deleted.</summary>
    public async Task<byte[]?> FileAsync(long file, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection, $"SELECT {FileRows.Columns} FROM files f WHERE f.id = @file AND {FileRows.IsThere}", new { file });
        return await row.ReadAsync(CancellationToken.None) ? FileRows.Read(row, 0).Json : null;
    }

    /// <summary>Says that a part will be in the file store; returns how many the upload has with it.</summary>
    public Task<long> AnnounceAsync(UploadPart part) => database.WriteAsync(
        async (transaction, ct) =>
        {
            await transaction.ExecuteAsync(
                """
                INSERT INTO upload_parts (upload_id, start, nonce, size, is_whole, is_direct)
                SELECT u.id, @Start, @Nonce, @Size, 0, @Direct FROM uploads u WHERE u.id = @UploadId AND u.received = @Start
                """,
                part, ct);
            return await transaction.FirstAsync<long>("SELECT count(*) FROM upload_parts WHERE upload_id = @UploadId", part, ct);
        },
        CancellationToken.None);

    /// <summary>
    /// Adds a part, which is in the file store, where the upload is still as far as it was; false: it is not, or is over.
    /// </summary>
    public Task<bool> AppendAsync(UploadPart part) => database.WriteAsync(
        async (transaction, ct) =>
        {
            var row = new { part.UploadId, part.Start, part.Nonce, part.Size, Now, Expiry };
            if (await transaction.ExecuteAsync(
                """
                UPDATE uploads SET received = received + @Size, changed_at = @Now, expires_at = @Expiry
                WHERE id = @UploadId AND received = @Start AND received + @Size <= length AND expires_at > @Now AND file_id IS NULL
                """,
                row, ct) == 0)
                return false;
            if (await transaction.ExecuteAsync(
                "UPDATE upload_parts SET is_whole = 1 WHERE upload_id = @UploadId AND start = @Start AND nonce = @Nonce", row, ct) == 0)
                throw new InvalidOperationException($"a part of upload {part.UploadId} is gone");
            return true;
        },
        CancellationToken.None);

    /// <summary>Returns the parts, in order.</summary>
    /// <param name="whole">only those that belong to the upload</param>
    public Task<IReadOnlyList<UploadPart>> PartsAsync(long id, bool whole, CancellationToken ct) => database.ListAsync<UploadPart>(
        $"""
        SELECT upload_id, start, nonce, size, is_direct AS direct FROM upload_parts
        WHERE upload_id = @id {(whole ? "AND is_whole = 1" : "")} ORDER BY start, nonce
        """,
        new { id },
        ct);

    /// <summary>Returns the part that the client puts straight to the store; null: the upload has none.</summary>
    public Task<UploadPart?> DirectPartAsync(long id, CancellationToken ct) => database.FirstAsync<UploadPart>(
        "SELECT upload_id, start, nonce, size, is_direct AS direct FROM upload_parts WHERE upload_id = @id AND is_direct = 1",
        new { id },
        ct);

    public Task ForgetAsync(UploadPart part) => database.WriteAsync(
        (transaction, ct) => transaction.ExecuteAsync(
            "DELETE FROM upload_parts WHERE upload_id = @UploadId AND start = @Start AND nonce = @Nonce", part, ct),
        CancellationToken.None);

    /// <summary>Ends an upload that has not become a file; false: the user has none.</summary>
    public async Task<bool> EndAsync(long id, UserId user) => await database.WriteAsync(
        (transaction, ct) => transaction.ExecuteAsync(
            "UPDATE uploads SET expires_at = @Now, changed_at = @Now WHERE id = @id AND user_id = @user AND expires_at > @Now",
            new { id, user = user.Value, Now },
            ct),
        CancellationToken.None) > 0;

    /// <summary>Returns uploads that are whole and that nobody put together: a server that died was about to.</summary>
    public Task<IReadOnlyList<Upload>> LeftAsync(long after, int most, CancellationToken ct) => database.ListAsync<Upload>(
        $"""
        SELECT {Columns} FROM uploads u
        WHERE u.id > @after AND u.file_id IS NULL AND u.received = u.length AND u.expires_at > @Now AND u.changed_at < @before
        ORDER BY u.id LIMIT @most
        """,
        new { after, most, Now, before = Now - (long)Quiet.TotalMilliseconds },
        ct);

    /// <summary>Returns uploads whose parts are of no more use: they are over, or have become files.</summary>
    public Task<IReadOnlyList<long>> OverAsync(long after, int most, CancellationToken ct) => database.ListAsync<long>(
        """
        SELECT u.id FROM uploads u
        WHERE u.id > @after AND (u.expires_at < @before OR (u.file_id IS NOT NULL AND u.changed_at < @before
          AND EXISTS (SELECT 1 FROM upload_parts p WHERE p.upload_id = u.id)))
        ORDER BY u.id LIMIT @most
        """,
        new { after, most, before = Now - (long)(Quiet + options.UploadTimeout).TotalMilliseconds },
        ct);

    /// <summary>Removes the rows of parts whose content is gone, and the upload's where it has been over for a while.</summary>
    public Task RemoveAsync(IReadOnlyList<UploadPart> parts, long id) => database.WriteAsync(
        async (transaction, ct) =>
        {
            foreach (var part in parts)
                await transaction.ExecuteAsync(
                    "DELETE FROM upload_parts WHERE upload_id = @UploadId AND start = @Start AND nonce = @Nonce", part, ct);
            await transaction.ExecuteAsync(
                """
                DELETE FROM uploads WHERE id = @id AND expires_at < @before
                  AND NOT EXISTS (SELECT 1 FROM upload_parts p WHERE p.upload_id = uploads.id)
                """,
                new { id, before = Now - (long)(Quiet + options.UploadTimeout).TotalMilliseconds },
                ct);
        },
        CancellationToken.None);
}

/// <summary>An upload in parts.</summary>
/// <param name="Length">bytes that it will have</param>
/// <param name="Received">bytes that are there</param>
/// <param name="ExpiresAt">unix milliseconds</param>
/// <param name="FileId">the file that it became; null: none yet</param>
internal sealed record Upload(long Id, long UserId, long Length, long Received, string? Metadata, long ExpiresAt, long? FileId)
{
    public bool IsWhole => Received == Length;
}

/// <summary>What came with one request.</summary>
/// <param name="Start">the first byte</param>
/// <param name="Size">bytes</param>
/// <param name="Direct">1: the client puts it straight to the store, and may do so again until its address is over; 0: it does not</param>
internal sealed record UploadPart(long UploadId, long Start, long Nonce, long Size, long Direct = 0)
{
    public bool IsDirect => Direct == 1;

    public string Key => string.Create(CultureInfo.InvariantCulture, $"uploads/{UploadId}/{Start}-{Nonce:x16}");
}
