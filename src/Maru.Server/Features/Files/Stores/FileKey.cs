using System.Buffers;

namespace Maru.Server.Features.Files.Stores;

/// <summary>The name of a file in a store: words of letters, digits, hyphens, underscores and dots, with slashes between.</summary>
internal static class FileKey
{
    private const int MostChars = 500;      // S3 takes 1,024 bytes, of which a prefix needs some

    private static readonly SearchValues<char> Word =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    public static bool IsOne(string key) =>
        key.Length <= MostChars && !key.Split('/').Any(word => word is "" or ['.', ..] || word.AsSpan().ContainsAnyExcept(Word));

    /// <summary>Refuses what could lead out of a folder; the server makes no such key, so it is a bug.</summary>
    /// <exception cref="ArgumentException">It is no key.</exception>
    public static void Check(string key)
    {
        if (!IsOne(key)) throw new ArgumentException("This is no key of a file.", nameof(key));
    }
}
