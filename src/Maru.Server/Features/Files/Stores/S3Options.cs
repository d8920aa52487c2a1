using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Files.Stores;

/// <summary>A bucket of S3, or of a store that speaks as it does, for the content of files.</summary>
internal sealed class S3Options : IValidatableObject
{
    /// <summary>Address of the store, such as https://s3.example.org; empty: Amazon's of the region.</summary>
    [RegularExpression(@"https?://[^/?#@\s]+/?", ErrorMessage = "Endpoint must be http(s)://host[:port].")]
    public string Endpoint { get; set; } = "";

    /// <summary>The region by which requests are signed.</summary>
    [Required]
    public string Region { get; set; } = "us-east-1";

    /// <summary>Bucket that has the content of files, and that is there already; empty: they are in the folder of data.</summary>
    public string Bucket { get; set; } = "";

    public string AccessKey { get; set; } = "";

    public string SecretKey { get; set; } = "";

    /// <summary>Begins the names of all files: several installations may share a bucket.</summary>
    [RegularExpression(
        "([A-Za-z0-9_-]+/)*", ErrorMessage = "Prefix must be words of letters, digits, _ and -, each with a slash behind it.")]
    public string Prefix { get; set; } = "";

    /// <summary>The bucket is named in the path of an address, not in its host.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>
    /// Time in which a response must begin, also to 8 MiB that are sent, and more of it must come; what failed is sent three times.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    internal bool IsUsed => Bucket.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsUsed && (AccessKey.Length == 0 || SecretKey.Length == 0))
            yield return new ValidationResult("Bucket needs AccessKey and SecretKey.");
        if (!IsUsed && Endpoint.Length > 0) yield return new ValidationResult("Endpoint needs Bucket.");
    }
}
