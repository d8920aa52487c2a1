using System.Globalization;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Features.LinkPreviews.Fetching;
using Maru.Server.Files;
using Maru.Server.Storage;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>
/// The pictures of previews: fetched from elsewhere, made anew and small, and kept here, so that nobody's browser asks another site. One at
/// a time, since people's own uploads are made by the same processes; when these have enough to do, a preview goes without. Any thread.
/// </summary>
internal sealed class PreviewPictures(
    PageFetcher fetcher, PictureMaker maker, IFileStore files, PreviewStore store, PreviewMetrics metrics, StorageOptions storage)
    : IDisposable
{
    private const int Side = 480;       // as of the smaller pictures

    private readonly SemaphoreSlim _turn = new(1);
    private readonly string _folder = Path.Combine(storage.Data, "files", "fetching");
    private ScratchFolder? _scratch;

    public static string KeyOf(long id) => string.Create(CultureInfo.InvariantCulture, $"previews/{id}/picture");

    /// <summary>Called before anything else, by whoever fetches.</summary>
    public void Open() => _scratch = ScratchFolder.Open(_folder);

    /// <summary>Returns a picture that is kept; null: there is none that we show.</summary>
    public async Task<PreviewPictureRow?> TakeAsync(Uri address, CancellationToken ct)
    {
        if (maker.IsFull) return null;
        var folder = Path.Combine(_scratch!.FullName, Path.GetRandomFileName());
        await EventLoop.LeaveAsync();
        OwnFile.MakeFolder(folder);
        try
        {
            var path = Path.Combine(folder, "fetched");
            var outcome = await fetcher.PictureAsync(address, path, ct);
            metrics.Picture(outcome);
            if (outcome != FetchOutcome.Fetched || await MakeAsync(path, folder, ct) is not { } picture) return null;
            var scale = Math.Min(1, Side / (double)Math.Max(picture.Width, picture.Height));
            var (width, height) = (Scaled(picture.Width), Scaled(picture.Height));
            var id = await store.AddPictureAsync(width, height, ct);
            await files.PutAsync(KeyOf(id), picture.Small, Picture.SmallerMediaType, ct);
            return new PreviewPictureRow(id, width, height);

            int Scaled(int side) => Math.Max(1, (int)Math.Round(side * scale));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public Task DeleteAsync(long id, CancellationToken ct) => files.DeleteAsync([KeyOf(id)], ct);

    public void Dispose()
    {
        _turn.Dispose();
        _scratch?.Dispose();
    }

    private async Task<Picture?> MakeAsync(string path, string folder, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await maker.MakeAsync(path, folder, ct);
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>A picture that is kept.</summary>
internal sealed record PreviewPictureRow(long Id, int Width, int Height);
