using Maru.Engine.Problems;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Files;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Files;

/// <summary>Refusals that only files have.</summary>
internal static class FileProblems
{
    public static readonly Problem UnsupportedFile = new("unsupported-file", 415, "This file is not what it seems to be.");
    public static readonly Problem QuotaExceeded = new(
        "quota-exceeded", 413, "You have as many files as one person may: delete some of them first.");

    public static readonly Refusal Waits = new(
        Problem.Conflict, "A scheduled message is to be sent with it: cancel that, or take it out there first.");

    private const int SecondsAfterFailure = 5;

    /// <summary>Why a picture that was not made is not taken.</summary>
    public static Refusal NotMade(PictureOutcome outcome) => outcome switch
    {
        PictureOutcome.None => new(UnsupportedFile, "It begins as a picture, but is none that can be shown."),
        PictureOutcome.Deadly => new(UnsupportedFile, "What makes pictures crashes at this one, each time."),
        PictureOutcome.TooSlow => new(UnsupportedFile, "To show this picture takes more time than one may."),
        PictureOutcome.Full => new(Problem.RateLimited) { RetryAfter = 1 },
        _ => new(Problem.Unavailable, "The picture could not be made just now.") { RetryAfter = SecondsAfterFailure },
    };

    public static Refusal TooLarge(FileKind kind, long most) =>
        new(Problem.TooLarge, $"A file of the kind {FileRows.NameOf(kind)} may have {most} bytes.");

    /// <summary>Returns whether the disk, or the store of files, has no more room.</summary>
    public static bool IsDiskFull(Exception e) =>
        OwnFile.IsFull(e) || (e is FileStoreException store && store.Problem == Problem.StorageFull);
}
