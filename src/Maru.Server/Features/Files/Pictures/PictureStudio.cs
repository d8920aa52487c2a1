using Maru.Server.Files;
using NetVips;

namespace Maru.Server.Features.Files.Pictures;

/// <summary>
/// Makes pictures out of bytes that nobody has looked at, with a library that may fail at them in any way: it runs in a process of its own
/// (<see cref="PictureProcess"/>). One thread.
/// </summary>
internal static class PictureStudio
{
    private const int SmallSide = 480;
    private const int LargeSide = 1600;
    private const int TinySide = 16;
    private const int MostSide = 65_535;
    private const int MostFrames = 1000;
    private const int MostPlaceholder = 400;    // characters

    /// <summary>Prepares the library: only what it is asked for, one picture at a time, nothing kept.</summary>
    public static void Open()
    {
        NetVips.NetVips.BlockUntrusted = true;
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
    }

    /// <summary>Returns the picture; null: it is none that we show.</summary>
    public static Picture? Make(PictureRequest request)
    {
        if (PictureFormat.Of(request.Source) is not { } format) return null;
        using (var head = format.Load(request.Source))
        {
            // Only the header has been read.
            if (head.Width > MostSide || (long)head.Width * head.Height > request.Pixels || Frames(head) > MostFrames) return null;
        }

        var (original, small, large) = (In("original"), In("small"), In("large"));
        var (width, height) = SaveOriginal(request.Source, format, original);
        // From the original that we made: the bytes that came are decoded once.
        SaveSmaller(original, small, SmallSide, 75);
        SaveSmaller(original, large, LargeSide, 80);
        return new Picture(width, height, format.MediaType, Placeholder(small), original, small, large);

        string In(string name) => Path.Combine(request.Folder, name);
    }

    private static int Frames(Image image) => image.Contains("n-pages") ? Convert.ToInt32(image.Get("n-pages")) : 1;

    private static (int Width, int Height) SaveOriginal(string source, PictureFormat format, string path)
    {
        using var loaded = format.Load(source);
        var frameHeight = loaded.PageHeight;
        if (frameHeight < loaded.Height)
        {
            format.Save(loaded, path);      // animated: formats that are have no orientation
            return (loaded.Width, frameHeight);
        }

        using var upright = loaded.Autorot();
        using var plain = ToSrgb(upright);
        format.Save(plain, path);
        return (plain.Width, plain.Height);
    }

    /// <summary>Returns it in the colours that all screens show: a profile is personal data of a device, too.</summary>
    private static Image ToSrgb(Image image)
    {
        try
        {
            if (image.Contains("icc-profile-data")) return image.IccTransform("srgb", embedded: true);
        }
        catch (VipsException)
        {
            // A profile that is none.
        }

        return image.Interpretation is Enums.Interpretation.Cmyk or Enums.Interpretation.Rgb16 or Enums.Interpretation.Grey16
            ? image.Colourspace(Enums.Interpretation.Srgb)
            : image.Copy();
    }

    private static void SaveSmaller(string source, string path, int side, int quality)
    {
        using var smaller = Image.Thumbnail(source, side, height: side, size: Enums.Size.Down);
        smaller.Webpsave(path, q: quality, keep: Enums.ForeignKeep.None);
    }

    private static string Placeholder(string small)
    {
        using var tiny = Image.Thumbnail(small, TinySide, height: TinySide, size: Enums.Size.Down);
        var url = "";
        foreach (var quality in (int[])[30, 10, 1])
        {
            url = $"data:{Picture.SmallerMediaType};base64,"
                + Convert.ToBase64String(tiny.WebpsaveBuffer(q: quality, alphaQ: quality, keep: Enums.ForeignKeep.None));
            if (url.Length <= MostPlaceholder) break;
        }

        return url;
    }
}

/// <summary>A format of pictures that we show, by its first bytes alone: nothing else ever reaches the library.</summary>
internal sealed record PictureFormat(string MediaType, Func<string, Image> Load, Action<Image, string> Save)
{
    private const Enums.ForeignKeep Nothing = Enums.ForeignKeep.None;
    private const int AllFrames = -1;

    /// <summary>Returns the format of a file; null: it is none of them.</summary>
    public static PictureFormat? Of(string path)
    {
        var head = new byte[FileType.HeadBytes];
        using var file = File.OpenRead(path);
        var type = FileType.Of(head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)));
        return type.MediaType switch
        {
            "image/jpeg" => new(
                type.MediaType, source => Image.Jpegload(source),
                (image, to) => image.Jpegsave(to, q: 90, optimizeCoding: true, keep: Nothing)),
            "image/png" => new(type.MediaType, source => Image.Pngload(source), (image, to) => image.Pngsave(to, keep: Nothing)),
            "image/webp" => new(
                type.MediaType, source => Image.Webpload(source, n: AllFrames),
                (image, to) => image.Webpsave(to, q: 90, keep: Nothing)),
            "image/gif" => new(
                type.MediaType, source => Image.Gifload(source, n: AllFrames), (image, to) => image.Gifsave(to, effort: 3, keep: Nothing)),
            _ => null,
        };
    }
}
