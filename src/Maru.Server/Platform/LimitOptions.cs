using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Platform;

/// <summary>Limits of requests.</summary>
internal sealed class LimitOptions
{
    /// <summary>Bytes of a request's body. Uploads have their own limit.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public long RequestBytes { get; set; } = 256 * 1024;

    /// <summary>Time in which the body of a request must arrive. Uploads have their own.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Requests of one user, or without a token of one address, whose bodies have begun to arrive; those below 4 KiB do not count. Not used
    /// where rate limits are turned off.
    /// </summary>
    [Range(1, 1_000_000)]
    public int RequestsArriving { get; set; } = 32;

    /// <summary>TCP connections of all kinds that the server takes at once; 0 means as many as it has handles for.</summary>
    [Range(0, 1_000_000)]
    public int Connections { get; set; }

    /// <summary>TCP connections of one address, of IPv6 of a /64; 0 means half of all. Not used where rate limits are turned off.</summary>
    [Range(0, 1_000_000)]
    public int ConnectionsPerAddress { get; set; }

    /// <summary>Characters of a person's name; eight times as many bytes, which an index of PostgreSQL must hold.</summary>
    [Range(1, 250)]
    public int NameCharacters { get; set; } = 80;

    /// <summary>Characters of a status message; eight times as many bytes.</summary>
    [Range(1, 10_000)]
    public int StatusCharacters { get; set; } = 200;

    /// <summary>Items of a page at most, in every list.</summary>
    [Range(1, 1000)]
    public int PageItems { get; set; } = 200;

    /// <summary>Addresses and networks of the proxies whose <c>X-Forwarded-For</c> is trusted, with commas between; empty: none.</summary>
    public string Proxies { get; set; } = "";
}
