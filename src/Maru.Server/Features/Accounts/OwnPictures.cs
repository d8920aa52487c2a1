using System.Globalization;
using Maru.Engine;
using Maru.Server.Platform;
using Maru.Server.Platform.Text;
using Maru.Server.Storage;

namespace Maru.Server.Features.Accounts;

/// <summary>
/// Which uploaded files may be the picture of a person or a room: one's own. Everybody sees such a picture, so nobody may make one of what
/// somebody else has sent to a few. Any thread.
/// </summary>
internal sealed class OwnPictures(Database database)
{
    /// <summary>Adds a fault to a good address of a picture that the user has not uploaded.</summary>
    public async Task CheckAsync(FieldErrors errors, string? address, UserId user, CancellationToken ct)
    {
        if (address is null || !PictureAddress.IsGood(address)) return;
        if (!address.StartsWith(PictureAddress.Files, StringComparison.Ordinal)) return;
        var id = long.Parse(address.AsSpan(PictureAddress.Files.Length), CultureInfo.InvariantCulture);
        var found = await database.FirstAsync<long>(
            """
            SELECT f.id FROM files f
            WHERE f.id = @id AND f.uploader_id = @user AND f.kind = 1 AND f.ready_at IS NOT NULL AND f.deleted_at IS NULL
            """,
            new { id, user = user.Value },
            ct);
        if (found == 0) errors.Add("avatarUrl", "A picture that you have uploaded, and that is still there.");
    }
}
