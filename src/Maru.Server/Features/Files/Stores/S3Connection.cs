using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Files.Stores;

/// <summary>How to reach S3, or a store that speaks as it does.</summary>
internal class S3Connection
{
    /// <summary>Address of the store, such as https://s3.example.org; empty: Amazon's of the region.</summary>
    [RegularExpression(@"https?://[^/?#@\s]+/?", ErrorMessage = "Endpoint must be http(s)://host[:port].")]
    public string Endpoint { get; set; } = "";

    /// <summary>The region by which requests are signed.</summary>
    [Required]
    public string Region { get; set; } = "us-east-1";

    public string AccessKey { get; set; } = "";

    public string SecretKey { get; set; } = "";

    /// <summary>The bucket is named in the path of an address, not in its host.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>
    /// Time in which a response must begin, also to 8 MiB that are sent, and more of it must come; what failed is sent three times.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    internal bool HasKeys => AccessKey.Length > 0 && SecretKey.Length > 0;

    /// <summary>Returns a part of a bucket that is reached so.</summary>
    internal S3Options Of(string bucket, string prefix) => new()
    {
        Endpoint = Endpoint,
        Region = Region,
        AccessKey = AccessKey,
        SecretKey = SecretKey,
        PathStyle = PathStyle,
        Timeout = Timeout,
        Bucket = bucket,
        Prefix = prefix,
    };
}
