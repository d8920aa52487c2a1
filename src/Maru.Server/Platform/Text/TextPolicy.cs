using System.Globalization;
using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Server.Platform.Text;

/// <summary>
/// The one policy for typed text: the form in which it is kept, and the characters that it may have. docs/protocols/rest.md tells it to
/// clients. Messages are exempt: they stay as typed, and <see cref="Invisible"/> judges whether anything in them can be seen. Any thread.
/// </summary>
internal static class TextPolicy
{
    public const int MaxPassword = 256;     // characters: nobody types more, and each costs hashing

    private const int MaxSignInName = 1000; // UTF-16 units: no handle or address is as long

    /// <summary>
    /// Checks a name of a person or a room: PRECIS Nickname (RFC 8266) and UTS 39 "highly restrictive": visible, of one line, of letters
    /// that go together.
    /// </summary>
    public static TextVerdict Name(string? value, int characters)
    {
        var bound = new TextBound(1, characters);
        if (value is null || bound.RulesOut(value)) return new TextVerdict("", $"{bound}.");
        var name = Nickname(value);
        if (!bound.Holds(name)) return new TextVerdict(name, $"{bound}.");
        if (Freeform.Forbidden(name) is { } rune) return new TextVerdict(name, NotAllowed(rune));
        if (!name.EnumerateRunes().Any(StandsAlone)) return new TextVerdict(name, $"{bound}, one of them visible.");
        if (Scripts.Mixture(name) is not { } mixture) return new TextVerdict(name, null);
        return new TextVerdict(name, $"Letters of one script, or of Latin with Chinese, Japanese or Korean ones; these mix {mixture}.");
    }

    /// <summary>
    /// Returns the form of a name that is kept (RFC 8266 section 2.3). White space of any kind becomes one space, since readers cannot tell
    /// kinds apart, and none at the ends.
    /// </summary>
    public static string Nickname(string name) => OneLine(Normalizer.Nfkc(OneLine(name)));

    /// <summary>
    /// Returns the key by which a name is found: names that differ only in spelling or case have the same. RFC 8266 section 2.4.
    /// </summary>
    public static string NameKey(string? name) => Storable(Nickname(name ?? "")).ToLowerInvariant();

    /// <summary>Checks a line of free text, which stays as typed but in one spelling; empty when nothing of it can be seen.</summary>
    public static TextVerdict Line(string? value, int characters) => Free(OneLine(value ?? ""), characters);

    /// <summary>Checks as <see cref="Line"/> does, and allows line breaks.</summary>
    public static TextVerdict Lines(string? value, int characters) => Free((value ?? "").Trim(), characters, "\r\n\t");

    /// <summary>Returns a name that software gave; one that is too long is cut, null when there is nothing to keep.</summary>
    public static string? Label(string? value, int characters)
    {
        var (label, error) = Line(new TextBound(0, characters).Cut(OneLine(value ?? "")), characters);
        return error is null && label.Length > 0 ? label : null;
    }

    /// <summary>Checks a new password; the verdict has the form that is hashed.</summary>
    public static TextVerdict Password(string? value, int least)
    {
        var bound = new TextBound(least, MaxPassword);
        if (value is null || bound.RulesOut(value)) return new TextVerdict("", $"{bound}.");
        var password = OpaqueString(value);
        if (!bound.Holds(password)) return new TextVerdict(password, $"{bound}.");
        return new TextVerdict(password, Freeform.Forbidden(password) is { } rune ? NotAllowed(rune) : null);
    }

    /// <summary>
    /// Returns the forms in which a right password may have been hashed, the likeliest first: the form of <see cref="Password"/>, and the
    /// typed one, which versions before this policy hashed. Most passwords have one form, and the number depends on the typed text alone.
    /// </summary>
    public static string[] PasswordForms(string typed)
    {
        if (new TextBound(0, MaxPassword).RulesOut(typed)) return [typed];
        var password = OpaqueString(typed);
        return password == typed ? [typed] : [password, typed];
    }

    /// <summary>Returns PRECIS OpaqueString (RFC 8265 section 4.2): one spelling, one kind of space, and otherwise as typed.</summary>
    private static string OpaqueString(string password) =>
        Normalizer.Nfc(string.Concat(password.Select(c => char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c)));

    /// <summary>
    /// Returns the handle or e-mail address of a sign-in in the form of the sign-up: PRECIS UsernameCaseMapped (RFC 8265 section 3.3), so
    /// that <c>Ann</c> and fullwidth letters find <c>ann</c>. For addresses too: no provider of today tells Ann@ from ann@, and two
    /// accounts for one mailbox would be a trap.
    /// </summary>
    public static string SignInName(string? value)
    {
        var typed = Storable((value ?? "").Trim());
        if (typed.Length > MaxSignInName) return typed;
        var name = string.Concat(typed.Select(c => c is >= '\uFF01' and <= '\uFFEE' ? Normalizer.Nfkc(c.ToString()) : c.ToString()));
        return Normalizer.Nfc(name.ToLowerInvariant());
    }

    /// <summary>Returns whether every character of an address can be seen.</summary>
    public static bool IsVisible(string text, int bytes) => Encoding.UTF8.GetByteCount(text) <= bytes && Freeform.Forbidden(text) is null;

    private static TextVerdict Free(string text, int characters, string also = "")
    {
        var bound = new TextBound(0, characters);
        if (bound.RulesOut(text)) return new TextVerdict("", $"{bound}.");
        var kept = Normalizer.Nfc(text);
        if (!bound.Holds(kept)) return new TextVerdict(kept, $"{bound}.");
        foreach (var rune in kept.EnumerateRunes())
        {
            if (Rewrites(rune) && !also.Contains(rune.ToString(), StringComparison.Ordinal)) return new TextVerdict(kept, NotAllowed(rune));
        }

        return new TextVerdict(kept.EnumerateRunes().All(Invisible.Contains) ? "" : kept, null);
    }

    /// <summary>
    /// Returns whether it is a control, changes the direction of the text after it, or is a noncharacter: a status must not rewrite the
    /// page that it stands on.
    /// </summary>
    private static bool Rewrites(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069 or 0xFFFD
        || Invisible.IsNoncharacter(rune);

    /// <summary>Returns whether it can be seen, and not only upon another character.</summary>
    private static bool StandsAlone(Rune rune) => !Invisible.Contains(rune) && Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark);

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Replaces U+0000, which PostgreSQL cannot take, not even to compare with: a text that has it is not found.</summary>
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    private static string NotAllowed(Rune rune) => $"The character U+{rune.Value:X4} is not allowed here.";
}

/// <param name="Text">the form to keep</param>
/// <param name="Error">describes a good value; null: nothing is wrong</param>
internal readonly record struct TextVerdict(string Text, string? Error);
