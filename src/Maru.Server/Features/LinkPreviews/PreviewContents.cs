using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Storage;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>
/// The pictures that messages show, and those of addresses that are known. A row that neither has is of a picture which is about to come,
/// or of none.
/// </summary>
internal sealed class PreviewContents(Database database, IFileStore store, TimeProvider time)
    : ContentCheck<PreviewContents.Row>(database, store, time)
{
    public override string Table => "preview_pictures";

    protected override string Name => "pictures";

    protected override string Sql =>
        """
        SELECT p.id, p.created_at FROM preview_pictures p WHERE p.deleted_at IS NULL AND (
          EXISTS (SELECT 1 FROM message_previews m WHERE m.picture_id = p.id)
          OR EXISTS (SELECT 1 FROM link_previews l WHERE l.picture_id = p.id))
        """;

    internal sealed record Row(long Id, long CreatedAt) : CheckedContent(Id, CreatedAt)
    {
        public override IEnumerable<(string Name, string Key, long? Size)> Contents =>
            [($"preview picture {Id}: it", PreviewPictures.KeyOf(Id), null)];
    }
}
