using System.ComponentModel.DataAnnotations;
using Amazon;

namespace Maru.Server.Features.Files.Stores;

/// <summary>A bucket of S3, or of a store that speaks as it does, for the content of files.</summary>
internal sealed class S3Options : S3Connection, IValidatableObject
{
    /// <summary>Bucket that has the content of files, and that is there already; empty: they are in the folder of data.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>Begins the names of all files: several installations may share a bucket.</summary>
    [RegularExpression(
        "([A-Za-z0-9_-]+/)*", ErrorMessage = "Prefix must be words of letters, digits, _ and -, each with a slash behind it.")]
    public string Prefix { get; set; } = "";

    /// <summary>Browsers and other clients read the content of files from the store itself, at addresses that the server signs.</summary>
    public bool Presigned { get; set; }

    /// <summary>Clients may put files straight to the store, at addresses that the server signs.</summary>
    public bool PresignedUploads { get; set; }

    /// <summary>Address at which browsers reach the store, or what stands before it; empty: <see cref="Endpoint"/>.</summary>
    [RegularExpression(@"https?://[A-Za-z0-9.:\[\]-]+/?", ErrorMessage = "PublicEndpoint must be http(s)://host[:port].")]
    public string PublicEndpoint { get; set; } = "";

    /// <summary>Time for which an address to read from is good; one within half of it is the same.</summary>
    [Range(typeof(TimeSpan), "00:00:20", "12:00:00")]
    public TimeSpan PresignedFor { get; set; } = TimeSpan.FromMinutes(5);

    internal bool IsUsed => Bucket.Length > 0;

    /// <summary>The origin at which browsers reach the bucket, as they write one.</summary>
    internal string BrowserOrigin
    {
        get
        {
            var endpoint = PublicEndpoint.Length > 0 ? PublicEndpoint
                : Endpoint.Length > 0 ? Endpoint
                : $"https://s3.{Region}.{RegionEndpoint.GetBySystemName(Region).PartitionDnsSuffix}";
            var address = new Uri(endpoint);
            return $"{address.Scheme}://{(PathStyle ? "" : $"{Bucket}.")}{address.Authority}";
        }
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsUsed && !HasKeys)
            yield return new ValidationResult("Bucket needs AccessKey and SecretKey.");
        if (!IsUsed && Endpoint.Length > 0) yield return new ValidationResult("Endpoint needs Bucket.");
        if (!IsUsed && (Presigned || PresignedUploads || PublicEndpoint.Length > 0))
            yield return new ValidationResult("Presigned, PresignedUploads and PublicEndpoint need Bucket.");
    }
}
