using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

namespace Maru.Server.Features.Files;

/// <summary>
/// Takes a file that has arrived into the store: says what it is, makes a picture safe and its smaller ones, and keeps it. Nothing of it
/// is seen before all of it is durable, and nothing is left where it fails. Any thread.
/// </summary>
internal sealed partial class FileIntake(
    FileRecords records, IFileStore store, PictureMaker pictures, FilesOptions options, FileMetrics metrics, ILogger<FileIntake> log)
{
    /// <summary>Returns the file, or why it is not taken; neither: the upload in parts is over, or is another file.</summary>
    /// <param name="about">what the uploader says about it</param>
    /// <param name="upload">the upload in parts that becomes this file; 0: it came in one request</param>
    public async Task<(TakenFile? File, Refusal? Refusal)> TakeAsync(
        Arrivals.Arrival arrival, UserId uploader, FileDetails about, CancellationToken ct, long upload = 0)
    {
        var type = arrival.Type;
        if (Refuse(type.Kind, arrival.Size) is { } refusal) return (null, refusal);
        Picture? picture = null;
        if (type.Kind == FileKind.Image)
        {
            (picture, var outcome) = await pictures.TryMakeAsync(arrival.Path, arrival.Folder, ct);
            if (picture is null) return (null, FileProblems.NotMade(outcome));
        }

        var path = picture?.Original ?? arrival.Path;
        var file = new NewFile(
            uploader.Value,
            FileNames.Safe(about.Name),
            type.Kind,
            picture?.MediaType ?? type.MediaType,
            new FileInfo(path).Length,
            picture?.Width,
            picture?.Height,
            picture?.Placeholder,
            type.Kind is FileKind.Audio or FileKind.Video ? about.Duration : null,
            type.Kind == FileKind.Audio ? about.Waveform : null);
        var id = await records.AddAsync(file, upload);
        if (id == 0) return (null, FileProblems.QuotaExceeded);
        try
        {
            if (picture is not null)
            {
                await store.PutAsync(FileKeys.Of(id, FileKeys.Small), picture.Small, Picture.SmallerMediaType, ct);
                await store.PutAsync(FileKeys.Of(id, FileKeys.Large), picture.Large, Picture.SmallerMediaType, ct);
            }

            await store.PutAsync(FileKeys.Of(id, FileKeys.Original), path, file.MediaType, ct);
        }
        catch
        {
            await UndoAsync(id);
            throw;
        }

        if (await records.FinishAsync(id, upload) is not { } json)
        {
            await UndoAsync(id);
            return (null, null);
        }

        metrics.Taken(type.Kind, file.Size);
        return (new TakenFile(id, json), null);
    }

    /// <summary>Returns why a file of that kind and size is not taken; null: it is.</summary>
    public Refusal? Refuse(FileKind kind, long size)
    {
        if (size == 0) return new Refusal(Problem.Invalid, "The file is empty.", "file");
        var most = options.LimitOf(kind);
        return size <= most ? null : FileProblems.TooLarge(kind, most);
    }

    /// <summary>Removes what was kept of a file that cannot be; where that fails too, the sweep does it.</summary>
    private async Task UndoAsync(long id)
    {
        try
        {
            await store.DeleteAsync([.. FileKeys.All(id)], CancellationToken.None);
            await records.RemoveAsync([id], CancellationToken.None);
        }
        catch (Exception e)
        {
            Log.Left(log, e, id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "File {Id} could not be kept, nor removed again; that is done later")]
        public static partial void Left(ILogger log, Exception e, long id);
    }
}

/// <summary>A file that is in the store.</summary>
/// <param name="Json">as everybody sees it</param>
internal sealed record TakenFile(long Id, byte[] Json);

/// <summary>What an uploader says about a file.</summary>
/// <param name="Name">as it is called there; null: nothing</param>
/// <param name="Duration">milliseconds; null: not told</param>
/// <param name="Waveform">a JSON array of 0 to 100; null: none</param>
internal sealed record FileDetails(string? Name, long? Duration = null, string? Waveform = null);
