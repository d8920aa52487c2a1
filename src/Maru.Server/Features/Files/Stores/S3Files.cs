using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Maru.Server.Configuration;
using Maru.Server.Files;

namespace Maru.Server.Features.Files.Stores;

/// <summary>
/// Files in a bucket of S3, or of a store that speaks as it does, which several nodes share. Large ones are sent in parts, from the disk.
/// Any thread.
/// </summary>
internal sealed class S3Files(S3Options options) : IFileStore, IDisposable
{
    private const int PartBytes = 8 * 1024 * 1024;
    private const int MostParts = 9000;         // S3 takes 10,000
    private const int DeletedAtOnce = 1000;
    private const int BlindPartBytes = 64 * 1024 * 1024;    // of a stream whose length nobody knows: it may have 600 GB

    private readonly S3Calls _calls = new(options);

    /// <summary>Looks whether the bucket is there for us.</summary>
    /// <exception cref="StartException">It is not.</exception>
    public async Task CheckAsync(CancellationToken ct, string setting = "Maru:Files:S3:Bucket")
    {
        var place = $"{setting} {options.Bucket} at {(options.Endpoint.Length > 0 ? options.Endpoint : options.Region)}";
        try
        {
            await _calls.RunAsync(
                "look at the bucket",
                (client, token) => client.HeadBucketAsync(new HeadBucketRequest { BucketName = options.Bucket }, token),
                ct);
        }
        catch (FileStoreException e)
        {
            throw new StartException((e.InnerException as AmazonServiceException)?.StatusCode switch
            {
                HttpStatusCode.NotFound => $"{place} is not there. Make it, or correct the name.",
                HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest =>
                    $"{place} refuses the keys. Correct AccessKey, SecretKey and Region, or what that user may do.",
                HttpStatusCode.MovedPermanently => $"{place} is in another region. Correct Region.",
                _ => $"{place} cannot be used. {e.Message}",
            });
        }
    }

    public async Task PutAsync(string key, string source, string mediaType, CancellationToken ct)
    {
        var name = NameOf(key);
        var size = new FileInfo(source).Length;
        if (size <= PartBytes)
        {
            await PutOneAsync(new PutObjectRequest { Key = name, FilePath = source, ContentType = mediaType }, ct);
            return;
        }

        var each = PartBytesOf(size);
        await PutPartsAsync(
            name,
            mediaType,
            (number, _) => ValueTask.FromResult((number - 1) * each is var at && at < size
                ? new UploadPartRequest { FilePath = source, FilePosition = at, PartSize = Math.Min(each, size - at) }
                : null),
            ct);
    }

    /// <summary>
    /// As the other, of what is read from here to the end. It needs the memory of one part; all parts but the last are equal.
    /// </summary>
    /// <param name="key">its name</param>
    /// <param name="source">has it</param>
    /// <param name="mediaType">what it is</param>
    /// <param name="ct">ends it</param>
    /// <param name="size">bytes of it; null: as the source says, or nobody knows</param>
    public async Task PutAsync(string key, Stream source, string mediaType, CancellationToken ct, long? size = null)
    {
        var name = NameOf(key);
        if (source.CanSeek) size ??= source.Length - source.Position;
        var each = (int)(size is { } bytes ? Math.Min(bytes + 1, PartBytesOf(bytes)) : BlindPartBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(each);
        try
        {
            var count = await FillAsync();
            if (count < each)
            {
                var content = new MemoryStream(buffer, 0, count);
                await PutOneAsync(new PutObjectRequest { Key = name, InputStream = content, ContentType = mediaType }, ct);
                return;
            }

            await PutPartsAsync(name, mediaType, NextAsync, ct);

            async ValueTask<UploadPartRequest?> NextAsync(int number, CancellationToken token)
            {
                if (number > 1) count = await FillAsync();
                return count == 0 ? null : new UploadPartRequest { InputStream = new MemoryStream(buffer, 0, count), PartSize = count };
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        async ValueTask<int> FillAsync() =>
            await source.ReadAtLeastAsync(buffer.AsMemory(0, each), each, throwOnEndOfStream: false, ct);
    }

    public async Task<Stream?> OpenAsync(string key, CancellationToken ct)
    {
        var name = NameOf(key);
        var head = await _calls.RunAsync(
            "look at a file",
            async (client, token) =>
            {
                try
                {
                    return await client.GetObjectMetadataAsync(
                        new GetObjectMetadataRequest { BucketName = options.Bucket, Key = name }, token);
                }
                catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
                {
                    return null;
                }
            },
            ct);
        return head is null ? null : new S3Stream(_calls, name, head.ContentLength, head.ETag);
    }

    public async IAsyncEnumerable<string> ListAsync(string above, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var (key, _) in ListSizesAsync(above, ct)) yield return key;
    }

    /// <summary>As the other, with the bytes of each; in the order of the keys.</summary>
    /// <param name="above">how they begin; empty: all</param>
    public async IAsyncEnumerable<(string Key, long Size)> ListSizesAsync(string above, [EnumeratorCancellation] CancellationToken ct)
    {
        var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = options.Prefix + above };
        do
        {
            var page = await _calls.RunAsync("list files", (client, token) => client.ListObjectsV2Async(request, token), ct);
            foreach (var each in page.S3Objects ?? []) yield return (each.Key[options.Prefix.Length..], each.Size ?? 0);
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    public async Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken ct)
    {
        foreach (var some in keys.Select(NameOf).ToArray().Chunk(DeletedAtOnce))
        {
            var objects = some.Select(name => new KeyVersion { Key = name }).ToList();
            await _calls.RunAsync(
                "delete files",
                (client, token) => client.DeleteObjectsAsync(
                    new DeleteObjectsRequest { BucketName = options.Bucket, Objects = objects, Quiet = true }, token),
                ct);
        }
    }

    public void Dispose() => _calls.Dispose();

    private static long PartBytesOf(long size) => Math.Max(PartBytes, (size + MostParts - 1) / MostParts);

    private Task PutOneAsync(PutObjectRequest request, CancellationToken ct)
    {
        (request.BucketName, request.UseChunkEncoding) = (options.Bucket, false);
        return _calls.RunAsync(
            "store a file", (client, token) => client.PutObjectAsync(request, token), ct, request.InputStream?.Length ?? 0);
    }

    /// <summary>Nothing is seen under the name before the last request, which puts the parts together.</summary>
    /// <param name="next">returns what is in the part of that number, from 1; null: there is none</param>
    private async Task PutPartsAsync(
        string name, string mediaType, Func<int, CancellationToken, ValueTask<UploadPartRequest?>> next, CancellationToken ct)
    {
        var begun = await _calls.RunAsync(
            "begin a file",
            (client, token) => client.InitiateMultipartUploadAsync(
                new InitiateMultipartUploadRequest { BucketName = options.Bucket, Key = name, ContentType = mediaType }, token),
            ct);
        try
        {
            var parts = new List<PartETag>();
            while (await next(parts.Count + 1, ct) is { } part)
            {
                (part.BucketName, part.Key, part.UploadId, part.PartNumber) = (options.Bucket, name, begun.UploadId, parts.Count + 1);
                part.UseChunkEncoding = false;
                var sent = await _calls.RunAsync(
                    "store a part", (client, token) => client.UploadPartAsync(part, token), ct, part.PartSize ?? 0);
                parts.Add(new PartETag(part.PartNumber.Value, sent.ETag));
            }

            await _calls.RunAsync(
                "complete a file",
                (client, token) => client.CompleteMultipartUploadAsync(
                    new CompleteMultipartUploadRequest
                    {
                        BucketName = options.Bucket,
                        Key = name,
                        UploadId = begun.UploadId,
                        PartETags = parts,
                    },
                    token),
                ct);
        }
        catch
        {
            await AbortAsync(name, begun.UploadId);
            throw;
        }
    }

    private async Task AbortAsync(string name, string upload)
    {
        try
        {
            await _calls.RunAsync(
                "give a file up",
                (client, token) => client.AbortMultipartUploadAsync(
                    new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = name, UploadId = upload }, token),
                CancellationToken.None);
        }
        catch (FileStoreException)
        {
            // The bucket's rule for incomplete uploads removes the parts (docs/operations.md)
        }
    }

    private string NameOf(string key)
    {
        FileKey.Check(key);
        return options.Prefix + key;
    }
}
