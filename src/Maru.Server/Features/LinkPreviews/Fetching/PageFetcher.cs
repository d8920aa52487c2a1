using System.IO.Compression;
using Maru.Server.Files;
using Maru.Server.Storage;

namespace Maru.Server.Features.LinkPreviews.Fetching;

/// <summary>
/// Fetches pages and pictures of other sites, within a time and a size: a page is read as far as that goes, as it is sent and as it is
/// unpacked; a picture must fit. Any thread.
/// </summary>
internal sealed class PageFetcher(OutwardClient client, FetchOptions options, TimeProvider time)
{
    private const string Html = "text/html";
    private const int ChunkBytes = 16 * 1024;

    /// <summary>Returns what the page says of itself; null: why it says nothing.</summary>
    public async Task<(FetchedPage? Page, FetchOutcome Outcome)> PageAsync(Uri address, CancellationToken ct)
    {
        using var over = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, over.Token);
        try
        {
            return await ReadPageAsync(address, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, FetchOutcome.Late);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return (null, FetchOutcome.Unreachable);
        }
    }

    /// <summary>Fetches a picture into a new file, which may be there afterwards whatever the outcome.</summary>
    public async Task<FetchOutcome> PictureAsync(Uri address, string path, CancellationToken ct)
    {
        using var over = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, over.Token);
        try
        {
            return await ReadPictureAsync(address, path, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return FetchOutcome.Late;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return FetchOutcome.Unreachable;
        }
    }

    private async Task<(FetchedPage? Page, FetchOutcome Outcome)> ReadPageAsync(Uri address, CancellationToken ct)
    {
        var (response, at, outcome) = await client.GetAsync(address, Html, compressed: true, ct);
        using var _ = response;
        if (response is null) return (null, outcome);
        var type = response.Content.Headers.ContentType;
        if (!Html.Equals(type?.MediaType, StringComparison.OrdinalIgnoreCase)) return (null, FetchOutcome.Type);
        string[] packed = [.. response.Content.Headers.ContentEncoding];
        if (packed is not ([] or ["gzip"] or ["br"])) return (null, FetchOutcome.Type);
        using var sent = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await CopyAsync(body, sent, options.PageBytes, ct);
        await EventLoop.LeaveAsync();
        sent.Position = 0;
        var page = PageHead.Read(PageText.Decode(Unpack(sent, packed), type!.CharSet), at);
        return (page, page is null ? FetchOutcome.Empty : FetchOutcome.Fetched);
    }

    private async Task<FetchOutcome> ReadPictureAsync(Uri address, string path, CancellationToken ct)
    {
        var (response, _, outcome) = await client.GetAsync(address, "image/*", compressed: false, ct);
        using var disposed = response;
        if (response is null) return outcome;
        if (response.Content.Headers.ContentEncoding.Count > 0) return FetchOutcome.Type;
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await EventLoop.LeaveAsync();
        await using (var file = OwnFile.Open(path, FileMode.CreateNew))
        {
            if (!await CopyAsync(body, file, options.PictureBytes, ct)) return FetchOutcome.TooLarge;
        }

        var head = new byte[FileType.HeadBytes];
        await using var start = File.OpenRead(path);
        var read = await start.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        return FileType.Of(head.AsSpan(0, read)).Kind == FileKind.Image ? FetchOutcome.Fetched : FetchOutcome.Type;
    }

    /// <summary>Copies so many bytes at most; false: there are more.</summary>
    private static async Task<bool> CopyAsync(Stream from, Stream to, int most, CancellationToken ct)
    {
        var buffer = new byte[ChunkBytes];
        for (var left = most; ;)
        {
            var read = await from.ReadAsync(buffer.AsMemory(0, Math.Max(1, Math.Min(buffer.Length, left))), ct);
            if (read == 0) return true;
            if (left == 0) return false;
            await EventLoop.LeaveAsync();
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
            left -= read;
        }
    }

    /// <summary>Returns the beginning of what was packed: as much as may be, and as there is before it is cut or broken.</summary>
    private ReadOnlyMemory<byte> Unpack(MemoryStream sent, string[] packed)
    {
        if (packed.Length == 0) return sent.GetBuffer().AsMemory(0, (int)sent.Length);
        using Stream unpacked = packed is ["br"]
            ? new BrotliStream(sent, CompressionMode.Decompress)
            : new GZipStream(sent, CompressionMode.Decompress);
        var page = new byte[options.PageBytes];
        var length = 0;
        try
        {
            while (length < page.Length && unpacked.Read(page, length, page.Length - length) is > 0 and var read) length += read;
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            // What came before it is a page as well.
        }

        return page.AsMemory(0, length);
    }
}
