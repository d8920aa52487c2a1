using System.Globalization;
using System.Text;

namespace Maru.Server.Platform.Text;

/// <summary>
/// The length that a text may have: in characters as people see them (grapheme clusters, UAX 29), and in bytes, since a character may have
/// any number of marks. Eight bytes a character are enough for every script; a family of emoji takes up to 41.
/// </summary>
/// <param name="Least">characters</param>
/// <param name="Most">characters</param>
internal readonly record struct TextBound(int Least, int Most)
{
    public int Bytes => Most * 8;

    public bool Holds(string text) =>
        Encoding.UTF8.GetByteCount(text) <= Bytes && Count(text) is var count && Least <= count && count <= Most;

    /// <summary>Returns whether the text is too long in every form, so that normalizing it is a waste.</summary>
    public bool RulesOut(string text) => text.Length > Bytes * 4;

    /// <summary>Returns the beginning of the text that the bound allows.</summary>
    public string Cut(string text)
    {
        var (length, bytes, count) = (0, 0, 0);
        while (length < text.Length && count++ < Most)
        {
            var element = text.AsSpan(length, StringInfo.GetNextTextElementLength(text, length));
            bytes += Encoding.UTF8.GetByteCount(element);
            if (bytes > Bytes) break;
            length += element.Length;
        }

        return text[..length];
    }

    public override string ToString() =>
        Least > 0 ? $"{Least} to {Most} characters and at most {Bytes} bytes" : $"At most {Most} characters and {Bytes} bytes";

    private static int Count(string text)
    {
        var count = 0;
        for (var at = 0; at < text.Length; at += StringInfo.GetNextTextElementLength(text, at)) count++;
        return count;
    }
}
