using System.Runtime.ExceptionServices;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>
/// Uploads whose bytes the client puts straight to the store: an upload with one part, at an address that the server signs. What it is, is
/// looked at when the client says that it is there; then it is taken in as any other. Any thread.
/// </summary>
internal sealed class PresignedUploads(
    UploadRecords records, UploadAssembly assembly, IFileStore store, PresignedAddresses addresses, FileIntake intake, FilesOptions options)
{
    /// <summary>The type that the bytes have on their way: what they are, is not the client's to say.</summary>
    public const string MediaType = "application/octet-stream";

    private static readonly Refusal NotThere = new(Problem.Conflict, "The bytes are not there: put all of them to the address first.");

    /// <summary>Returns where to put the bytes; null: the user has as many, or as much, as one may.</summary>
    public async Task<(long Id, PresignedAddress Address)?> BeginAsync(UserId user, long size, string? metadata)
    {
        if (await records.AddAsync(user, size, metadata) is not { } upload) return null;
        var part = new UploadPart(upload.Id, 0, Random.Shared.NextInt64(), size, Direct: 1);
        await records.AnnounceAsync(part);
        return (upload.Id, addresses.Put(part.Key, size, MediaType, options.UploadTimeout));
    }

    /// <summary>
    /// Returns the file, or why it is not taken; neither: it will be one, when there is a turn for it, or somebody is at it. A repeat
    /// returns the same file.
    /// </summary>
    public async Task<(TakenFile? File, Refusal? Refusal)> CompleteAsync(long id, UserId user, CancellationToken ct)
    {
        if (await records.FindAsync(id, user, ct) is not { } upload) return (null, Problem.NotFound);
        Refusal? refusal = null;
        if (upload.FileId is null)
        {
            FileStoreException? fault = null;
            try
            {
                refusal = await TakeInAsync(upload, user, ct);
            }
            catch (FileStoreException e)
            {
                fault = e;
            }

            // Whatever it came to: somebody else may have completed it meanwhile, and the bytes be gone, or have ended it.
            if (await records.FindAsync(id, user, ct) is not { } now)
                return (null, refusal is null || refusal == NotThere ? Problem.NotFound : refusal);
            if (fault is not null && now.FileId is null) ExceptionDispatchInfo.Throw(fault);
            upload = now;
        }

        if (upload.FileId is not { } file) return (null, refusal);
        return await records.FileAsync(file, ct) is { } json ? (new TakenFile(file, json), null) : (null, Problem.NotFound);
    }

    /// <summary>Returns why it is not taken; null: it is a file now, or will be.</summary>
    private async Task<Refusal?> TakeInAsync(Upload upload, UserId user, CancellationToken ct)
    {
        if (await records.DirectPartAsync(upload.Id, ct) is not { } part) return Problem.NotFound;
        if (!upload.IsWhole)
        {
            if (await LookAsync(part, user, ct) is { } refusal) return refusal;
            if (await records.AppendAsync(part)) upload = upload with { Received = part.Size };
        }

        // Whoever asked may leave: what has begun comes to its end
        return upload.IsWhole ? await assembly.RunAsync(upload, CancellationToken.None) : null;
    }

    /// <summary>Looks at the size and the first bytes of what is there; returns why it is not taken, or null.</summary>
    private async Task<Refusal?> LookAsync(UploadPart part, UserId user, CancellationToken ct)
    {
        await using var content = await store.OpenAsync(part.Key, ct);
        if (content is null || content.Length != part.Size) return NotThere;
        var head = new byte[Math.Min(part.Size, FileType.HeadBytes)];
        await content.ReadExactlyAsync(head, ct);
        if (intake.Refuse(FileType.Of(head).Kind, part.Size) is not { } refusal) return null;
        await records.EndAsync(part.UploadId, user);
        return refusal;
    }
}
