using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.LinkPreviews.Fetching;

/// <summary>Bounds of what is fetched for a link.</summary>
internal class FetchOptions
{
    /// <summary>
    /// Inner addresses and networks, with commas between, that may be fetched too, at any port. Dangerous: whoever writes a message then
    /// has the server make requests there, and everybody in the room sees what answers.
    /// </summary>
    public string AllowedNetworks { get; set; } = "";

    /// <summary>Time that a page may take, with all redirects, and then its picture.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a page that are read, as sent and as unpacked: what stands behind them is not seen.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int PageBytes { get; set; } = 512 * 1024;

    /// <summary>Bytes that a picture may have.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int PictureBytes { get; set; } = 5 * 1024 * 1024;
}
