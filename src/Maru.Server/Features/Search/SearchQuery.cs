using System.Globalization;
using Maru.Server.Platform;

namespace Maru.Server.Features.Search;

/// <summary>
/// What somebody searches for, read off what they typed: words, "phrases", -without, and filters such as <c>from:@ann</c>. Nothing of it
/// reaches a store but tokens and numbers.
/// </summary>
internal sealed class SearchQuery
{
    private const int MostCharacters = 500;
    private const int MostTerms = 32;

    private const string Inside = "in:";
    private const string Rule = "At most 500 characters and 32 words.";

    /// <summary>What a message must have.</summary>
    public List<SearchTerm> Terms { get; } = [];

    /// <summary>What it must not have.</summary>
    public List<SearchTerm> Without { get; } = [];

    /// <summary>The handle of its sender; <c>me</c>: oneself; null: anybody.</summary>
    public string? From { get; private set; }

    /// <summary>The id or the name of the room; null: any.</summary>
    public string? In { get; private set; }

    /// <summary>Unix milliseconds; it is older than that.</summary>
    public long? Before { get; private set; }

    /// <summary>Unix milliseconds; it is no older than that.</summary>
    public long? After { get; private set; }

    public bool HasFile { get; private set; }

    public bool HasLink { get; private set; }

    public bool MentionsMe { get; private set; }

    /// <summary>True where nothing can be found by it: there is no word and no filter.</summary>
    public bool IsEmpty =>
        Terms.Count == 0 && From is null && !HasFile && !HasLink && !MentionsMe;

    public static SearchQuery Read(string typed, FieldErrors errors)
    {
        var query = new SearchQuery();
        if (typed.Length > MostCharacters)
        {
            errors.Add("q", Rule);
            return query;
        }

        foreach (var (word, isPhrase, isWithout) in Words(typed)) query.Add(word, isPhrase, isWithout, errors);
        if (query.Terms.Count + query.Without.Count > MostTerms) errors.Add("q", Rule);
        else if (query.IsEmpty && !errors.Any) errors.Add("q", "At least one word or one filter.");
        return query;
    }

    /// <summary>
    /// Returns the words, and what stands in quotes as one, also behind <c>in:</c>; a quote that does not end goes to the end.
    /// </summary>
    private static IEnumerable<(string Word, bool IsPhrase, bool IsWithout)> Words(string typed)
    {
        for (var from = 0; from < typed.Length;)
        {
            if (char.IsWhiteSpace(typed[from]))
            {
                from++;
                continue;
            }

            var sign = typed[from] == '-' && from + 1 < typed.Length ? 1 : 0;
            var named = typed.AsSpan(from).StartsWith(Inside, StringComparison.OrdinalIgnoreCase) ? Inside.Length : 0;
            var quote = from + sign + named;
            if (quote < typed.Length && typed[quote] is '"' or '“' or '”')
            {
                var start = quote + 1;
                var end = typed.AsSpan(start).IndexOfAny('"', '“', '”') is >= 0 and var at ? start + at : typed.Length;
                yield return (typed[from..(from + named)] + typed[start..end], named == 0, sign > 0);
                from = end + 1;
                continue;
            }

            var to = from;
            while (to < typed.Length && !char.IsWhiteSpace(typed[to])) to++;
            yield return (typed[(from + sign)..to], false, sign > 0);
            from = to;
        }
    }

    private void Add(string word, bool isPhrase, bool isWithout, FieldErrors errors)
    {
        var colon = isPhrase || isWithout ? -1 : word.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && TryFilter(word[..colon], word[(colon + 1)..], errors)) return;
        foreach (var term in SearchTerm.Of(word, isPhrase)) (isWithout ? Without : Terms).Add(term);
    }

    /// <summary>Returns whether it is a filter, good or bad.</summary>
    private bool TryFilter(string name, string value, FieldErrors errors)
    {
        switch (name.ToLowerInvariant())
        {
            case "from" when value.Length > 0:
                From = value.TrimStart('@').ToLowerInvariant();
                return true;
            case "in":
                if (!string.IsNullOrWhiteSpace(value)) In = value;
                else errors.Add("q", "in: takes the name of a room, or its id.");
                return true;
            case "before":
                Before = ReadDay(value, "before:", errors);
                return true;
            case "after":
                After = ReadDay(value, "after:", errors);
                return true;
            case "has":
                if (value is "file") HasFile = true;
                else if (value is "link") HasLink = true;
                else errors.Add("q", "has: takes file or link.");
                return true;
            case "mentions":
                if (value is "me") MentionsMe = true;
                else errors.Add("q", "mentions: takes me.");
                return true;
            default:
                return false;
        }
    }

    private static long? ReadDay(string value, string filter, FieldErrors errors)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, Utc, out var day))
            return day.ToUnixTimeMilliseconds();
        errors.Add("q", $"{filter} takes a day: 2026-11-20, in UTC.");
        return null;
    }
}

/// <summary>One thing that a message must have, or not: a word, or a part of a text.</summary>
/// <param name="Text">folded</param>
/// <param name="IsInitials">it is first consonants of Korean syllables</param>
internal sealed record SearchTerm(string Text, bool IsInitials)
{
    /// <summary>The tokens without which a message cannot have it.</summary>
    public IReadOnlyCollection<string> Tokens { get; } = TokensOf(Text, IsInitials);

    /// <summary>Returns the terms of a typed word: what stands between characters that are none stands together.</summary>
    public static IEnumerable<SearchTerm> Of(string typed, bool isPhrase)
    {
        var folded = FoldedText.Of(typed).Text;
        if (isPhrase)
        {
            var phrase = string.Join(' ', folded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return TokensOf(phrase, isInitials: false).Count == 0 ? [] : [new SearchTerm(phrase, IsInitials: false)];
        }

        var isInitials = Tokenizer.IsInitials(folded);
        var term = new SearchTerm(folded, isInitials);
        return term.Tokens.Count == 0 ? [] : [term];
    }

    /// <summary>Finds it in a text, from a place on; returns false where it is not.</summary>
    /// <param name="initials">those of the text, made where they are first asked for</param>
    public bool TryFind(FoldedText text, ref string? initials, int from, out int at)
    {
        var where = IsInitials ? initials ??= Tokenizer.InitialsOf(text.Text) : text.Text;
        while (from <= where.Length - Text.Length)
        {
            at = where.IndexOf(Text, from, StringComparison.Ordinal);
            if (at < 0) return false;
            if (Tokenizer.IsBoundary(text.Text, at) && Tokenizer.IsBoundary(text.Text, at + Text.Length)) return true;
            from = at + 1;
        }

        at = -1;
        return false;
    }

    private static HashSet<string> TokensOf(string text, bool isInitials)
    {
        HashSet<string> tokens = [];
        Tokenizer.Add(text, tokens);
        // A word of several characters is found by pairs: single ones would be looked up for nothing.
        if (isInitials) tokens.RemoveWhere(token => token[0] != Tokenizer.Initials || (text.Length > 1 && token.Length < 3));
        else tokens.RemoveWhere(token => token[0] == Tokenizer.Initials || IsPartOfPair(token, tokens));
        return tokens;
    }

    private static bool IsPartOfPair(string token, HashSet<string> tokens) =>
        new StringInfo(token).LengthInTextElements == 1 && token.Length <= 2
        && tokens.Any(pair => pair != token && pair[0] != Tokenizer.Initials && pair.Contains(token, StringComparison.Ordinal));
}
