using System.Text;
using System.Text.Unicode;

namespace Maru.Server.Files;

/// <summary>
/// What a file is by its first bytes, whatever its name or its sender say. Types that browsers show or play without running anything have
/// a kind of their own; everything else is a document, which is downloaded. Any thread.
/// </summary>
internal readonly record struct FileType(FileKind Kind, string MediaType)
{
    /// <summary>Bytes of the beginning that decide.</summary>
    public const int HeadBytes = 8192;

    public const string Unknown = "application/octet-stream";

    private const string Text = "text/plain";

    /// <summary>Formats whose beginning names them, the longest first where two begin alike.</summary>
    private static readonly (byte[] Start, FileType Type)[] Signatures =
    [
        ([0xFF, 0xD8, 0xFF], Image("image/jpeg")),
        ([0x89, .. "PNG\r\n\u001a\n"u8], Image("image/png")),
        ([.. "GIF87a"u8], Image("image/gif")),
        ([.. "GIF89a"u8], Image("image/gif")),
        ([.. "ID3"u8], Audio("audio/mpeg")),
        ([0xFF, 0xFB], Audio("audio/mpeg")),
        ([0xFF, 0xF3], Audio("audio/mpeg")),
        ([0xFF, 0xF2], Audio("audio/mpeg")),
        ([0xFF, 0xF1], Audio("audio/aac")),
        ([0xFF, 0xF9], Audio("audio/aac")),
        ([.. "fLaC"u8], Audio("audio/flac")),
        ([.. "#!AMR"u8], Audio("audio/amr")),
        ([.. "%PDF-"u8], Document("application/pdf")),
        ([0x50, 0x4B, 0x05, 0x06], Document("application/zip")),
        ([0x50, 0x4B, 0x07, 0x08], Document("application/zip")),
        ([0x1F, 0x8B], Document("application/gzip")),
        ([.. "BZh"u8], Document("application/x-bzip2")),
        ([0xFD, .. "7zXZ"u8, 0], Document("application/x-xz")),
        ([0x28, 0xB5, 0x2F, 0xFD], Document("application/zstd")),
        ([.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], Document("application/x-7z-compressed")),
        ([.. "Rar!"u8, 0x1A, 0x07], Document("application/vnd.rar")),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], Document("application/x-ole-storage")),
        ([.. "{\\rtf"u8], Document("application/rtf")),
        ([.. "SQLite format 3\0"u8], Document("application/vnd.sqlite3")),
    ];

    /// <summary>Packages that are ZIP files, by the name of an entry near the beginning.</summary>
    private static readonly (byte[] Entry, string MediaType)[] Packages =
    [
        ([.. "mimetypeapplication/vnd.oasis.opendocument.text"u8], "application/vnd.oasis.opendocument.text"),
        ([.. "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"u8], "application/vnd.oasis.opendocument.spreadsheet"),
        ([.. "mimetypeapplication/vnd.oasis.opendocument.presentation"u8], "application/vnd.oasis.opendocument.presentation"),
        ([.. "mimetypeapplication/epub+zip"u8], "application/epub+zip"),
        ([.. "mimetypeapplication/hwp+zip"u8], "application/hwp+zip"),
        ([.. "word/"u8], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ([.. "xl/"u8], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ([.. "ppt/"u8], "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ];

    /// <param name="head">the first <see cref="HeadBytes"/> of the file, or all of a shorter one</param>
    public static FileType Of(ReadOnlySpan<byte> head)
    {
        foreach (var (start, type) in Signatures)
        {
            if (head.StartsWith(start)) return type;
        }

        if (head.StartsWith("RIFF"u8) && head.Length >= 12) return OfRiff(head[8..12]);
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])) return OfMatroska(head);
        if (head.StartsWith("OggS"u8)) return head.IndexOf("theora"u8) >= 0 ? Video("video/ogg") : Audio("audio/ogg");
        if (head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8)) return OfIsoMedia(head);
        if (head.StartsWith((ReadOnlySpan<byte>)[0x50, 0x4B, 0x03, 0x04])) return OfZip(head);
        return Document(IsText(head) ? Text : Unknown);
    }

    private static FileType OfRiff(ReadOnlySpan<byte> form)
    {
        if (form.SequenceEqual("WEBP"u8)) return Image("image/webp");
        if (form.SequenceEqual("WAVE"u8)) return Audio("audio/wav");
        return form.SequenceEqual("AVI "u8) ? Document("video/x-msvideo") : Document(Unknown);
    }

    /// <summary>A browser's recording of a voice has no track with a picture.</summary>
    private static FileType OfMatroska(ReadOnlySpan<byte> head)
    {
        var hasVideo = head.IndexOf("V_"u8) >= 0 || head.IndexOf("A_"u8) < 0;
        if (head.IndexOf("webm"u8) < 0) return Document("video/x-matroska");
        return hasVideo ? Video("video/webm") : Audio("audio/webm");
    }

    private static FileType OfIsoMedia(ReadOnlySpan<byte> head)
    {
        var brand = Encoding.ASCII.GetString(head[8..12]);
        if (brand is "avif" or "avis") return Document("image/avif");
        if (brand is "heic" or "heix" or "hevc" or "mif1" or "msf1") return Document("image/heic");
        if (brand.StartsWith("qt", StringComparison.Ordinal)) return Video("video/quicktime");
        var isAudio = brand is "M4A " or "M4B " || (head.IndexOf("soun"u8) >= 0 && head.IndexOf("vide"u8) < 0);
        return isAudio ? Audio("audio/mp4") : Video("video/mp4");
    }

    private static FileType OfZip(ReadOnlySpan<byte> head)
    {
        foreach (var (entry, mediaType) in Packages)
        {
            if (head.IndexOf(entry) >= 0) return Document(mediaType);
        }

        return Document("application/zip");
    }

    /// <summary>Returns whether it is UTF-8 without control characters; the end may be in the middle of one.</summary>
    private static bool IsText(ReadOnlySpan<byte> head)
    {
        if (head.IndexOfAnyInRange((byte)0, (byte)8) >= 0) return false;
        for (var cut = 0; cut < 4 && cut <= head.Length; cut++)
        {
            if (Utf8.IsValid(head[..^cut])) return true;
            if (head.Length < HeadBytes) return false;
        }

        return false;
    }

    private static FileType Image(string mediaType) => new(FileKind.Image, mediaType);

    private static FileType Video(string mediaType) => new(FileKind.Video, mediaType);

    private static FileType Audio(string mediaType) => new(FileKind.Audio, mediaType);

    private static FileType Document(string mediaType) => new(FileKind.Document, mediaType);
}
