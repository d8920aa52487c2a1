using Maru.Engine.Problems;

namespace Maru.Engine.Codecs;

/// <summary>
/// The rules for a message's text, wherever one is written: sent, edited, scheduled, kept as a draft, asked in a poll. Any thread.
/// </summary>
internal static class TextRules
{
    /// <summary>Returns why the text cannot be a message's; null: it can.</summary>
    /// <param name="text">in UTF-8</param>
    /// <param name="field">the field that has it</param>
    public static Refusal? Refuse(ReadOnlySpan<byte> text, string field) =>
        RefuseUnfinished(text, field)
        ?? (Invisible.Covers(text) ? new Refusal(Problem.Invalid, $"{field} must have something visible in it.", field) : null);

    /// <summary>As <see cref="Refuse"/>, of a text that may have nothing visible in it yet.</summary>
    public static Refusal? RefuseUnfinished(ReadOnlySpan<byte> text, string field) =>
        text.Contains((byte)0) ? new Refusal(Problem.Invalid, $"{field} must not contain the character U+0000.", field) : null;

    /// <param name="bytes">those of the text</param>
    /// <param name="field">the field that has it</param>
    /// <param name="most">bytes that it may have</param>
    public static Refusal? RefuseSize(int bytes, string field, int most) =>
        bytes > most ? new Refusal(Problem.TooLarge, $"{field} may be {most} bytes of UTF-8.") : null;
}
