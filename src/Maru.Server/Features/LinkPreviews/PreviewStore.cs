using System.Security.Cryptography;
using System.Text;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>
/// What addresses gave, for as long as that is kept, and the pictures of previews. A picture has its row before its content. Any thread.
/// </summary>
internal sealed class PreviewStore(Database database, TimeProvider time, LinkPreviewOptions options)
{
    private const int AtOnce = 200;

    /// <summary>A picture that nothing shows after this time is none that somebody is about to show.</summary>
    private static readonly TimeSpan Unused = TimeSpan.FromHours(1);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public static string HashOf(string page) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(page)));

    /// <summary>Returns a message that may get previews; null: it may not, or is gone.</summary>
    public Task<LinkingMessage?> FindMessageAsync(RoomId room, long seq, CancellationToken ct) => database.FirstAsync<LinkingMessage>(
        LinkingMessage.Select, LinkingMessage.Key(room, seq), ct);

    /// <summary>Returns what the address gave; null: it was not asked, or that is too long ago.</summary>
    public Task<KnownPage?> FindAsync(string hash, CancellationToken ct) => database.FirstAsync<KnownPage>(
        """
        SELECT x.title, x.description, x.site_name, p.id AS picture_id, p.width, p.height
        FROM link_previews x LEFT JOIN preview_pictures p ON p.id = x.picture_id AND p.deleted_at IS NULL
        WHERE x.hash = @hash AND x.expires_at > @Now
        """,
        new { hash, Now },
        ct);

    /// <summary>Keeps what an address gave, for the time that the settings say.</summary>
    public Task KeepAsync(string hash, KnownPage page, CancellationToken ct) => database.WriteAsync(
        (transaction, token) => transaction.ExecuteAsync(
            """
            INSERT INTO link_previews (hash, title, description, site_name, picture_id, expires_at)
            VALUES (@hash, @Title, @Description, @SiteName, @PictureId, @expires)
            ON CONFLICT (hash) DO UPDATE SET title = excluded.title, description = excluded.description, site_name = excluded.site_name,
              picture_id = excluded.picture_id, expires_at = excluded.expires_at
            """,
            new
            {
                hash,
                page.Title,
                page.Description,
                page.SiteName,
                page.PictureId,
                expires = Now + (long)(page.HasTitle ? options.CacheFor : options.CacheFailuresFor).TotalMilliseconds,
            },
            token),
        ct);

    /// <summary>Adds a picture whose content is about to come; returns its id.</summary>
    public Task<long> AddPictureAsync(int width, int height, CancellationToken ct) => database.WriteAsync(
        (transaction, token) => transaction.FirstAsync<long>(
            "INSERT INTO preview_pictures (width, height, created_at) VALUES (@width, @height, @Now) RETURNING id",
            new { width, height, Now },
            token),
        ct);

    /// <summary>Returns when a picture of a message that the user sees was made, unix milliseconds; 0: there is none.</summary>
    public Task<long> FindPictureAsync(long id, UserId user, CancellationToken ct) => database.FirstAsync<long>(
        $"""
        SELECT x.created_at FROM preview_pictures x
        WHERE x.id = @id AND x.deleted_at IS NULL AND EXISTS (
          SELECT 1 FROM message_previews p JOIN members me ON me.room_id = p.room_id AND me.user_id = @user
          JOIN messages m ON m.room_id = p.room_id AND m.seq = p.seq
          WHERE p.picture_id = x.id AND m.deleted_at IS NULL AND {VisibleSql.Message})
        """,
        new { id, user = user.Value },
        ct);

    /// <summary>Forgets addresses whose time is over, and those beyond the bound that end first; true: there may be more.</summary>
    public async Task<bool> ForgetAsync(CancellationToken ct) => await database.WriteAsync(
        (transaction, token) => transaction.ExecuteAsync(
            """
            DELETE FROM link_previews WHERE hash IN (
              SELECT x.hash FROM link_previews x WHERE x.expires_at <= @Now
                OR x.expires_at <= (SELECT y.expires_at FROM link_previews y ORDER BY y.expires_at DESC LIMIT 1 OFFSET @Cached)
              ORDER BY x.expires_at LIMIT @AtOnce)
            """,
            new { Now, options.Cached, AtOnce },
            token),
        ct) == AtOnce;

    /// <summary>Gives up pictures that no address and no message of a room shows; returns those whose content is to be removed.</summary>
    public Task<IReadOnlyList<long>> GiveUpPicturesAsync(long after, CancellationToken ct) => database.WriteAsync(
        async (transaction, token) =>
        {
            await transaction.ExecuteAsync(
                """
                UPDATE preview_pictures SET deleted_at = @Now WHERE id IN (
                  SELECT x.id FROM preview_pictures x
                  WHERE x.id > @after AND x.deleted_at IS NULL AND x.created_at < @before
                    AND NOT EXISTS (SELECT 1 FROM link_previews y WHERE y.picture_id = x.id)
                    AND NOT EXISTS (
                      SELECT 1 FROM message_previews p JOIN rooms r ON r.id = p.room_id
                      WHERE p.picture_id = x.id AND r.deleted_at IS NULL)
                  ORDER BY x.id LIMIT @AtOnce)
                """,
                new { Now, after, before = Now - (long)Unused.TotalMilliseconds, AtOnce },
                token);
            return await transaction.ListAsync<long>(
                "SELECT id FROM preview_pictures WHERE id > @after AND deleted_at IS NOT NULL ORDER BY id LIMIT @AtOnce",
                new { after, AtOnce },
                token);
        },
        ct);

    /// <summary>Removes the row of a picture whose content is gone.</summary>
    public Task RemovePictureAsync(long id, CancellationToken ct) => database.WriteAsync(
        (transaction, token) => transaction.ExecuteAsync(
            """
            DELETE FROM message_previews WHERE picture_id = @id;
            DELETE FROM preview_pictures WHERE id = @id AND deleted_at IS NOT NULL
            """,
            new { id },
            token),
        ct);
}

/// <summary>What an address gave.</summary>
/// <param name="Title">empty: it gave nothing</param>
internal sealed record KnownPage(string Title, string? Description, string? SiteName, long? PictureId, long? Width, long? Height)
{
    public static readonly KnownPage None = new("", null, null, null, null, null);

    public bool HasTitle => Title.Length > 0;

    public LinkPreview For(Uri link) => new(
        link.AbsoluteUri, Title, Description, SiteName,
        PictureId is { } id ? new PreviewPicture(id, Width ?? 0, Height ?? 0) : null);
}

/// <summary>A message that may get previews.</summary>
/// <param name="Previews">that it has; empty: none</param>
internal sealed record LinkingMessage(string Text, long SenderId, string Previews)
{
    public const string Select =
        """
        SELECT m.text, m.sender_id, coalesce(m.previews, '') AS previews FROM messages m JOIN rooms r ON r.id = m.room_id
        WHERE m.room_id = @room AND m.seq = @seq AND m.type = @message AND m.deleted_at IS NULL AND coalesce(m.previews, '') <> '[]'
          AND r.link_previews = 1 AND r.deleted_at IS NULL
        """;

    public static object Key(RoomId room, long seq) => new { room = room.Value, seq, message = EntryKind.MessageCreated.Number };
}
