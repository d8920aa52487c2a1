using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Maru.Engine.Problems;
using Maru.Server.Files;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files.Stores;

/// <summary>Requests to an S3 store that end within a bounded time, and fail in one way. Any thread.</summary>
internal sealed class S3Calls : IDisposable
{
    private const int Retries = 2;
    private const int InsufficientStorage = 507;

    // the library waits 3 s between three tries, at most
    private static readonly TimeSpan Waits = TimeSpan.FromSeconds(4);

    private readonly S3Http _http;
    private readonly AmazonS3Client _client;

    public S3Calls(S3Options options)
    {
        Options = options;
        _http = new S3Http(options.Timeout);
        var config = new AmazonS3Config
        {
            AuthenticationRegion = options.Region,
            ForcePathStyle = options.PathStyle,
            IgnoreConfiguredEndpointUrls = true,
            HttpClientFactory = _http,
            MaxErrorRetry = Retries,
            RetryMode = RequestRetryMode.Standard,
            // Other stores do not know the checksums that the library sends since 2025; connections and signatures have theirs.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint.Length > 0) config.ServiceURL = options.Endpoint;
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        _client = new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    public S3Options Options { get; }

    /// <summary>Runs a request, on a thread that may compute, and continues on one.</summary>
    /// <param name="what">it does, for people</param>
    /// <param name="request">sends it</param>
    /// <param name="ct">ends it</param>
    /// <param name="bytes">that are sent</param>
    /// <exception cref="FileStoreException">It failed, or took too long.</exception>
    public async Task<T> RunAsync<T>(
        string what, Func<AmazonS3Client, CancellationToken, Task<T>> request, CancellationToken ct, long bytes = 0)
    {
        await EventLoop.LeaveAsync();
        // What comes behind the head of a response has no timeout of its own
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter((S3Http.TimeFor(bytes, Options.Timeout) * (Retries + 1)) + Waits);
        try
        {
            return await request(_client, limit.Token);
        }
        catch (Exception e) when (IsFailure(e) && !ct.IsCancellationRequested)
        {
            throw Failed(what, e);
        }
        finally
        {
            await EventLoop.LeaveAsync();
        }
    }

    /// <summary>Returns whether the store, or the way to it, failed.</summary>
    public static bool IsFailure(Exception e) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or OperationCanceledException or TimeoutException
        || (e is IOException && e is not FileStoreException);

    /// <summary>Returns whether a file was written anew, or went, while it was read.</summary>
    public static bool HasChanged(FileStoreException e) =>
        e.InnerException is AmazonServiceException { StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound };

    public static FileStoreException Failed(string what, Exception e) => new(
        e is AmazonServiceException s3 && (int)s3.StatusCode == InsufficientStorage || OwnFile.IsFull(e)
            ? Problem.StorageFull
            : Problem.Unavailable,
        $"The S3 store failed to {what}: {Reason(e)}",
        e);

    /// <summary>Returns the store's code, or the kind of failure: what a store says in words may tell what it was sent.</summary>
    public static string Reason(Exception e) => e switch
    {
        AmazonServiceException { StatusCode: not 0 } s3 => $"{(int)s3.StatusCode} {s3.ErrorCode}".TrimEnd(),
        OperationCanceledException => "it does not respond",
        _ => e.InnerException?.Message ?? e.Message,
    };

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }
}
