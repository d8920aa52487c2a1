using System.Globalization;
using System.Text;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.Files;

/// <summary>
/// Makes the name of a file one that every system can save, and that says what it is: no folders, no characters that turn the text around
/// or cannot be seen, no name that a system keeps for itself. It is for people alone: nothing of ours is found by it. Any thread.
/// </summary>
internal static class FileNames
{
    private const int MostBytes = 200;
    private const int MostOfEnding = 20;
    private const string Nameless = "file";
    private const string NotAllowed = "\"*/:<>?\\|";

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CLOCK$"];

    /// <param name="name">as the client says; null: it says none</param>
    public static string Safe(string? name)
    {
        var last = (name ?? "").Split('/', '\\')[^1];
        var kept = new StringBuilder(last.Length);
        foreach (var rune in Normalizer.Nfc(last).EnumerateRunes())
        {
            if (IsHidden(rune)) continue;
            kept.Append(NotAllowed.Contains(rune.ToString(), StringComparison.Ordinal) ? "_" : rune.ToString());
        }

        var safe = Cut(kept.ToString().Trim().TrimEnd('.', ' ').TrimStart('.'));
        if (safe.Length == 0) return Nameless;
        return IsDevice(safe) ? $"_{safe}" : safe;
    }

    private static bool IsHidden(Rune rune) => rune.Value == 0xFFFD || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;

    /// <summary>Cuts a long name before its ending.</summary>
    private static string Cut(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MostBytes) return name;
        var ending = Path.GetExtension(name);
        if (Encoding.UTF8.GetByteCount(ending) > MostOfEnding) ending = "";
        var kept = new StringBuilder();
        var bytes = Encoding.UTF8.GetByteCount(ending);
        foreach (var rune in name[..^ending.Length].EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MostBytes) break;
            kept.Append(rune.ToString());
        }

        return kept.Append(ending).ToString();
    }

    private static bool IsDevice(string name)
    {
        var stem = name.Split('.')[0].Trim().ToUpperInvariant();
        return Devices.Contains(stem)
            || (stem.Length == 4 && (stem.StartsWith("COM", StringComparison.Ordinal) || stem.StartsWith("LPT", StringComparison.Ordinal))
                && char.IsAsciiDigit(stem[3]));
    }
}
