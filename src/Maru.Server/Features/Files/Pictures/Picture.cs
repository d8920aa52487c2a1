namespace Maru.Server.Features.Files.Pictures;

/// <summary>A picture that is safe to show: made anew from what was uploaded, upright, and without anything but its pixels.</summary>
/// <param name="Width">pixels, upright</param>
/// <param name="MediaType">of the original</param>
/// <param name="Placeholder">a tiny one, as a data URL</param>
/// <param name="Original">path of the picture in its own size and format</param>
/// <param name="Small">path of a WebP that fits a tile</param>
/// <param name="Large">path of a WebP that fits a screen</param>
internal sealed record Picture(int Width, int Height, string MediaType, string Placeholder, string Original, string Small, string Large)
{
    public const string SmallerMediaType = "image/webp";
}

/// <summary>What a process is asked to make.</summary>
/// <param name="Source">path of what was uploaded</param>
/// <param name="Folder">where the pictures go</param>
/// <param name="Pixels">that it may have at most</param>
internal sealed record PictureRequest(string Source, string Folder, long Pixels);

/// <summary>What a process answers.</summary>
/// <param name="Picture">null: it is none that we show</param>
/// <param name="HasFailed">the disk is at fault, so nobody knows whether it is one</param>
internal sealed record PictureAnswer(Picture? Picture, bool HasFailed = false);

/// <summary>What became of a picture that was to be made.</summary>
internal enum PictureOutcome
{
    Made,

    /// <summary>It is none that we show.</summary>
    None,

    /// <summary>Processes crash at it: one did, and then a new one, which had nothing else to do.</summary>
    Deadly,

    /// <summary>A process computed at it for longer than it may.</summary>
    TooSlow,

    /// <summary>The machine is at fault: it may be made another time.</summary>
    Failed,

    /// <summary>As many wait as may.</summary>
    Full,
}
