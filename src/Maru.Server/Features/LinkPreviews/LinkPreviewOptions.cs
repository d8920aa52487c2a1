using System.ComponentModel.DataAnnotations;
using Maru.Server.Features.LinkPreviews.Fetching;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>Previews of links in messages, which the server fetches from other sites.</summary>
internal sealed class LinkPreviewOptions : FetchOptions
{
    /// <summary>False: the server fetches nothing, and messages get no previews.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Messages whose links are fetched at the same time; of one sender a quarter, or one.</summary>
    [Range(1, 64)]
    public int Workers { get; set; } = 8;

    /// <summary>Messages whose links may wait for that, of one sender a quarter; further ones get no previews.</summary>
    [Range(1, 100_000)]
    public int Queue { get; set; } = 1000;

    /// <summary>Addresses whose previews are kept.</summary>
    [Range(1, 10_000_000)]
    public int Cached { get; set; } = 10_000;

    /// <summary>Time after which an address that had a preview is fetched again for a new message.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan CacheFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The same of an address that had none.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")]
    public TimeSpan CacheFailuresFor { get; set; } = TimeSpan.FromHours(1);
}
