using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files;

/// <summary>The content of every file, in its size, and the smaller pictures.</summary>
internal sealed class FileContents(Database database, IFileStore store, TimeProvider time)
    : ContentCheck<FileContents.Row>(database, store, time)
{
    public override string Table => "files";

    protected override string Name => "contents";

    protected override string Sql => $"SELECT f.id, f.created_at, f.kind, f.size FROM files f WHERE {FileRows.IsThere}";

    internal sealed record Row(long Id, long CreatedAt, long Kind, long Size) : CheckedContent(Id, CreatedAt)
    {
        public override IEnumerable<(string Name, string Key, long? Size)> Contents => Kind == (long)FileKind.Image
            ? [Of(FileKeys.Original, Size), Of(FileKeys.Small), Of(FileKeys.Large)]
            : [Of(FileKeys.Original, Size)];

        private (string Name, string Key, long? Size) Of(string variant, long? size = null) =>
            ($"file {Id}: its {variant}", FileKeys.Of(Id, variant), size);
    }
}
