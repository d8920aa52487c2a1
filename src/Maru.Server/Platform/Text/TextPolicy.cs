using System.Globalization;
using System.Text;
using Maru.Engine.Log;

namespace Maru.Server.Platform.Text;

/// <summary>
/// The one policy for what people type: which form of it is kept, and what it may be. docs/protocols/rest.md tells it to clients. Messages
/// are not here: they stay as typed, and <see cref="Invisible"/> judges whether there is something in them. Any thread.
/// </summary>
internal static class TextPolicy
{
    public const int MaxPassword = 256;     // characters: beyond it nobody types, and each costs hashing

    private const int MaxSignInName = 1000; // UTF-16 units: no handle or address is as long

    /// <summary>
    /// A name of a person or a room: PRECIS Nickname (RFC 8266) and UTS 39 "highly restrictive". What it is: visible, of one line, of
    /// letters that go together.
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
    /// The form of a name that is kept (RFC 8266 section 2.3). White space of any kind, which nobody can tell apart, is one space, and none
    /// at the ends.
    /// </summary>
    public static string Nickname(string name) => OneLine(Normalizer.Nfkc(OneLine(name)));

    /// <summary>What a name is found by: two that differ only in spelling or case are the same. RFC 8266 section 2.4.</summary>
    public static string NameKey(string? name) => Storable(Nickname(name ?? "")).ToLowerInvariant();

    /// <summary>A line about something, as typed but in one spelling; empty when nothing of it can be seen.</summary>
    public static TextVerdict Line(string? value, int characters) => Free(OneLine(value ?? ""), characters);

    /// <summary>As <see cref="Line"/>, with line breaks.</summary>
    public static TextVerdict Lines(string? value, int characters) => Free((value ?? "").Trim(), characters, "\r\n\t");

    /// <summary>A name that software gave; what is too long is cut, null when there is nothing to keep.</summary>
    public static string? Label(string? value, int characters)
    {
        var (label, error) = Line(new TextBound(0, characters).Cut(OneLine(value ?? "")), characters);
        return error is null && label.Length > 0 ? label : null;
    }

    /// <summary>A new password, in the form that is hashed.</summary>
    public static TextVerdict Password(string? value, int least)
    {
        var bound = new TextBound(least, MaxPassword);
        if (value is null || bound.RulesOut(value)) return new TextVerdict("", $"{bound}.");
        var password = OpaqueString(value);
        if (!bound.Holds(password)) return new TextVerdict(password, $"{bound}.");
        return new TextVerdict(password, Freeform.Forbidden(password) is { } rune ? NotAllowed(rune) : null);
    }

    /// <summary>
    /// What a right password may have been hashed as, the likeliest first: as <see cref="Password"/> makes it, and, by versions before this
    /// policy, as it is typed. One form for most people, and nothing but the typed text says how many.
    /// </summary>
    public static string[] PasswordForms(string typed)
    {
        if (new TextBound(0, MaxPassword).RulesOut(typed)) return [typed];
        var password = OpaqueString(typed);
        return password == typed ? [typed] : [password, typed];
    }

    /// <summary>PRECIS OpaqueString (RFC 8265 section 4.2): one spelling, one space, and otherwise as typed.</summary>
    private static string OpaqueString(string password) =>
        Normalizer.Nfc(string.Concat(password.Select(c => char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c)));

    /// <summary>
    /// What someone signs in with, in the form of what they signed up with: PRECIS UsernameCaseMapped (RFC 8265 section 3.3), so that
    /// <c>Ann</c> and fullwidth letters find <c>ann</c>. For addresses too: no provider of today tells Ann@ from ann@, and two accounts for
    /// one mailbox would be a trap.
    /// </summary>
    public static string SignInName(string? value)
    {
        var typed = Storable((value ?? "").Trim());
        if (typed.Length > MaxSignInName) return typed;
        var name = string.Concat(typed.Select(c => c is >= '\uFF01' and <= '\uFFEE' ? Normalizer.Nfkc(c.ToString()) : c.ToString()));
        return Normalizer.Nfc(name.ToLowerInvariant());
    }

    /// <summary>An address of some kind: every character of it can be seen.</summary>
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
    /// Controls, and what turns the direction of the text after it: a status must not rewrite the page that it stands on. Noncharacters
    /// too, which no text has.
    /// </summary>
    private static bool Rewrites(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069 or 0xFFFD
        || Invisible.IsNoncharacter(rune);

    /// <summary>Can be seen, and not only upon another character.</summary>
    private static bool StandsAlone(Rune rune) => !Invisible.Contains(rune) && Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark);

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>PostgreSQL cannot take U+0000, not even to compare with: what has it is not found.</summary>
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    private static string NotAllowed(Rune rune) => $"The character U+{rune.Value:X4} is not allowed here.";
}

/// <param name="Text">the form to keep</param>
/// <param name="Error">what it should be instead; null: nothing is wrong</param>
internal readonly record struct TextVerdict(string Text, string? Error);
