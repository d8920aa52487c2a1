using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Files;
using Maru.Server.Platform;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>
/// Receives one part of an upload, at the rate of all of them and within the time of a request. What came before a break is kept. Any
/// thread.
/// </summary>
internal sealed class UploadReceiver(Arrivals arrivals, UploadParts parts, FilesOptions options, TimeProvider time)
{
    /// <summary>Returns the bytes that are there with it, and why not all of it is taken.</summary>
    /// <param name="ct">the client has left</param>
    public async Task<(long Received, Refusal? Refusal)> ReceiveAsync(Upload upload, Stream body, CancellationToken ct)
    {
        using var arrival = arrivals.Begin(new UserId(upload.UserId));
        if (arrival is null) return (upload.Received, Problem.RateLimited);
        using var deadline = new CancellationTokenSource(options.UploadTimeout, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        await using var kept = new KeptBody(body, over.Token);
        try
        {
            if (!await arrival.ReceiveAsync(kept, type => MostOf(upload, type), CancellationToken.None))
                return (upload.Received, TooLarge(upload, arrival.Type.Kind));
            if (arrival.Size > 0)
            {
                var (isAdded, refusal) = await parts.AddAsync(upload, arrival.Path, arrival.Size);
                if (!isAdded) return (upload.Received, refusal ?? Problem.Conflict);
            }
        }
        catch (IOException e) when (FileProblems.IsDiskFull(e))
        {
            return (upload.Received, Problem.StorageFull);
        }

        return (upload.Received + arrival.Size, WhyCut(kept.Failure));
    }

    /// <summary>Returns the bytes that a part may have: none where its first bytes show a kind of which so many are not taken.</summary>
    private long MostOf(Upload upload, FileType type) =>
        upload.Received == 0 && upload.Length > options.LimitOf(type.Kind) ? 0 : upload.Length - upload.Received;

    private Refusal TooLarge(Upload upload, FileKind kind)
    {
        var most = options.LimitOf(kind);
        return upload.Received == 0 && upload.Length > most
            ? FileProblems.TooLarge(kind, most)
            : new Refusal(Problem.TooLarge, $"The upload lacks {upload.Length - upload.Received} bytes.");
    }

    private static Refusal? WhyCut(Exception? failure) => failure switch
    {
        null => null,
        OperationCanceledException => Problems.RequestTimeout,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.TooLarge,
        _ => new Refusal(Problem.Malformed, "The body broke off; what came of it is kept."),
    };
}
