using System.Net;
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

    private readonly S3Calls _calls = new(options);

    /// <summary>Looks whether the bucket is there for us.</summary>
    /// <exception cref="StartException">It is not.</exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        var place = $"Maru:Files:S3:Bucket {options.Bucket} at {(options.Endpoint.Length > 0 ? options.Endpoint : options.Region)}";
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
        if (size > PartBytes)
        {
            await PutPartsAsync(name, source, size, mediaType, ct);
            return;
        }

        await _calls.RunAsync(
            "store a file",
            (client, token) => client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = options.Bucket,
                    Key = name,
                    FilePath = source,
                    ContentType = mediaType,
                    UseChunkEncoding = false,
                },
                token),
            ct);
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

    /// <summary>Nothing is seen under the name before the last request, which puts the parts together.</summary>
    private async Task PutPartsAsync(string name, string source, long size, string mediaType, CancellationToken ct)
    {
        var begun = await _calls.RunAsync(
            "begin a file",
            (client, token) => client.InitiateMultipartUploadAsync(
                new InitiateMultipartUploadRequest { BucketName = options.Bucket, Key = name, ContentType = mediaType }, token),
            ct);
        try
        {
            var parts = new List<PartETag>();
            var each = Math.Max(PartBytes, (size + MostParts - 1) / MostParts);
            for (var at = 0L; at < size; at += each)
            {
                var part = new UploadPartRequest
                {
                    BucketName = options.Bucket,
                    Key = name,
                    UploadId = begun.UploadId,
                    PartNumber = parts.Count + 1,
                    FilePath = source,
                    FilePosition = at,
                    PartSize = Math.Min(each, size - at),
                    UseChunkEncoding = false,
                };
                var sent = await _calls.RunAsync("store a part", (client, token) => client.UploadPartAsync(part, token), ct);
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
