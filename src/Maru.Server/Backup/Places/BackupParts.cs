using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Maru.Server.Features.Files;

namespace Maru.Server.Backup.Places;

/// <summary>The names of a backup and of its parts.</summary>
internal static partial class BackupParts
{
    /// <summary>Comes first, and is empty: who finds it without a manifest knows a backup that was cut off.</summary>
    public const string Begun = "begun";

    public const string Manifest = "manifest.json";
    public const string Sums = "SHA256SUMS";

    private const string Files = "files/";
    private const string Keys = "keys/";
    private const string Time = "yyyyMMdd'T'HHmmss'Z'";
    private const int TimeChars = 16;

    /// <summary>
    /// Returns the name of a new backup: its time, and what no other program gives at the same time. It comes behind the newest one, also
    /// where a clock was wrong: the order of the names is that in which the backups were made.
    /// </summary>
    /// <param name="time">now</param>
    /// <param name="newest">the name of the newest backup; null: there is none</param>
    public static string NewName(DateTimeOffset time, string? newest)
    {
        if (newest is not null && TryTime(newest, out var last) && time < last.AddSeconds(1)) time = last.AddSeconds(1);
        return $"{time.ToString(Time, CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
    }

    /// <summary>Returns whether it is the name of a backup: other things in its place are nobody's business.</summary>
    public static bool IsName(string name) => NameForm().IsMatch(name) && TryTime(name, out _);

    /// <summary>
    /// Returns the part of a content. It has the time of its row: a store that was restored gives the numbers of lost files again, to other
    /// contents, and they must not be taken for those of an earlier backup.
    /// </summary>
    public static string Of(Content content) => string.Create(CultureInfo.InvariantCulture, $"{Files}{content.Key}.{content.MadeAt}");

    /// <summary>Returns the part of a key of tokens.</summary>
    /// <param name="name">its place in the folder of keys</param>
    public static string OfKey(string name) => Keys + name.Replace('\\', '/');

    /// <summary>Returns whether a name is one that contents get: other things beside them are nobody's business.</summary>
    public static bool IsSharedContent(string part) => ContentForm().IsMatch(part);

    public static bool IsContent(string part) => part.StartsWith(Files, StringComparison.Ordinal);

    public static bool IsKey(string part) => part.StartsWith(Keys, StringComparison.Ordinal);

    /// <summary>Returns the key of a content in the file store.</summary>
    public static string KeyOf(string part) => part[Files.Length..part.LastIndexOf('.')];

    /// <summary>Returns whether a name leads out of the backup, or is none.</summary>
    public static bool IsOutside(string part) =>
        Path.IsPathRooted(part) || part.AsSpan().ContainsAny('\\', ':') || part.Split('/').Any(word => word is "" or "." or "..")
        || (IsContent(part) && part.LastIndexOf('.') <= part.LastIndexOf('/'));

    private static bool TryTime(string name, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        name.AsSpan(0, Math.Min(name.Length, TimeChars)), Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    [GeneratedRegex(@"^[0-9]{8}T[0-9]{6}Z(-[0-9a-f]{8})?\z")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"^files/(files|previews)/[0-9]+/[a-z]+\.[0-9]+\z")]
    private static partial Regex ContentForm();
}
