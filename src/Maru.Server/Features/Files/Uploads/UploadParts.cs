using Maru.Engine.Problems;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>
/// The parts of uploads in the file store, where any node finds them. A part's row is there before its content, and says later that the
/// part belongs to the upload: of two that begin at the same byte one does. Any thread.
/// </summary>
internal sealed partial class UploadParts(UploadRecords records, IFileStore store, ILogger<UploadParts> log)
{
    private const int Most = 1000;
    private const string MediaType = "application/octet-stream";

    private static readonly Refusal TooMany = new(
        Problem.Invalid, $"An upload may come in {Most} parts: begin it anew, with larger ones.", TusHeaders.Offset);

    /// <summary>Adds what has arrived behind what is there; false: another part was first.</summary>
    /// <param name="path">of a file, which may be moved away</param>
    public async Task<(bool IsAdded, Refusal? Refusal)> AddAsync(Upload upload, string path, long size)
    {
        var part = new UploadPart(upload.Id, upload.Received, Random.Shared.NextInt64(), size);
        var count = await records.AnnounceAsync(part);
        try
        {
            if (count > Most)
            {
                await RemoveAsync(part);
                return (false, TooMany);
            }

            await store.PutAsync(part.Key, path, MediaType, CancellationToken.None);
            if (await records.AppendAsync(part)) return (true, null);
            await RemoveAsync(part);
            return (false, null);
        }
        catch (Exception e) when (e is IOException)
        {
            await TryRemoveAsync(part);
            throw;
        }
    }

    /// <summary>
    /// Removes the parts of an upload that is over, or has become a file; those that a request may be about to bring stay for the sweep,
    /// and so do the rows of those that clients can put again.
    /// </summary>
    public Task RemoveWholeAsync(long upload) => RemoveAsync(upload, whole: true, CancellationToken.None);

    /// <summary>Removes all that is left of an upload which nobody has touched for a while.</summary>
    public Task RemoveAllAsync(long upload, CancellationToken ct) => RemoveAsync(upload, whole: false, ct);

    private async Task RemoveAsync(long upload, bool whole, CancellationToken ct)
    {
        var parts = await records.PartsAsync(upload, whole, ct);
        await store.DeleteAsync([.. parts.Select(part => part.Key)], ct);
        await records.RemoveAsync([.. parts.Where(part => !whole || !part.IsDirect)], upload);
    }

    private async Task RemoveAsync(UploadPart part)
    {
        await store.DeleteAsync([part.Key], CancellationToken.None);
        await records.ForgetAsync(part);
    }

    private async Task TryRemoveAsync(UploadPart part)
    {
        try
        {
            await RemoveAsync(part);
        }
        catch (Exception e)
        {
            Log.Left(log, e, part.UploadId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A part of upload {Id} could not be kept, nor removed again; that is done later")]
        public static partial void Left(ILogger log, Exception e, long id);
    }
}
