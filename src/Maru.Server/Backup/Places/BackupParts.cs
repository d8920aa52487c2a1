using System.Globalization;
using Maru.Server.Features.Files;

namespace Maru.Server.Backup.Places;

/// <summary>The names of a backup and of its parts.</summary>
internal static class BackupParts
{
    public const string Manifest = "manifest.json";
    public const string Sums = "SHA256SUMS";

    private const string Files = "files/";
    private const string Keys = "keys/";
    private const string Time = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Returns the name of a backup by its time.</summary>
    public static string NameAt(DateTimeOffset time) => time.ToString(Time, CultureInfo.InvariantCulture);

    /// <summary>Returns whether it is the name of a backup: other things in its place are nobody's business.</summary>
    public static bool IsName(string name) =>
        DateTime.TryParseExact(name, Time, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>
    /// Returns the part of a content. It has the time of its row: a store that was restored gives the numbers of lost files again, to other
    /// contents, and they must not be taken for those of an earlier backup.
    /// </summary>
    public static string Of(Content content) => string.Create(CultureInfo.InvariantCulture, $"{Files}{content.Key}.{content.MadeAt}");

    /// <summary>Returns the part of a key of tokens.</summary>
    /// <param name="name">its place in the folder of keys</param>
    public static string OfKey(string name) => Keys + name.Replace('\\', '/');

    public static bool IsContent(string part) => part.StartsWith(Files, StringComparison.Ordinal);

    public static bool IsKey(string part) => part.StartsWith(Keys, StringComparison.Ordinal);

    /// <summary>Returns the key of a content in the file store.</summary>
    public static string KeyOf(string part) => part[Files.Length..part.LastIndexOf('.')];

    /// <summary>Returns whether a name leads out of the backup, or is none.</summary>
    public static bool IsOutside(string part) =>
        Path.IsPathRooted(part) || part.Split('/').Any(word => word is "" or "." or "..")
        || (IsContent(part) && part.LastIndexOf('.') <= part.LastIndexOf('/'));
}
