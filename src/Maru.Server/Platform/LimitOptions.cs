using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Platform;

/// <summary>Limits of requests.</summary>
internal sealed class LimitOptions
{
    /// <summary>Bytes of a request's body. Uploads have their own limit.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public long RequestBytes { get; set; } = 256 * 1024;

    /// <summary>Connections of all kinds that the server takes at once; 0 means no limit.</summary>
    [Range(0, int.MaxValue)]
    public int Connections { get; set; }

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
