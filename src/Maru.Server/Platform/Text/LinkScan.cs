namespace Maru.Server.Platform.Text;

/// <summary>
/// Finds the links of a message, as the client shows them: <c>http://…</c> and <c>https://…</c>, also in Markdown's brackets, but not in
/// code. What ends a sentence does not belong to one, nor a bracket that was opened before it. One pass. Any thread.
/// </summary>
internal static class LinkScan
{
    public const int Most = 3;

    private const int Longest = 2048;
    private const int FenceLength = 3;
    private const string Ends = "<>\"`";
    private const string SentenceEnds = "?!.,:;*_~'\u3002\uFF0C\u3001\uFF01\uFF1F";

    /// <summary>Returns the first addresses, normalised, none twice.</summary>
    public static IReadOnlyList<Uri> Find(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal)) return [];
        List<Uri> found = [];
        HashSet<int> unclosed = [];     // lengths of runs of ` that have no end in the rest of the text
        for (var at = 0; at < text.Length && found.Count < Most;)
        {
            if (IsLineStart(text, at) && Fence(text, at) is > 0 and var behind)
            {
                at = behind;
            }
            else if (text[at] == '`')
            {
                at = SkipCode(text, at, unclosed);
            }
            else if (SchemeAt(text, at) is > 0 and var scheme && (at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1])))
            {
                var end = EndOf(text, at, at + scheme);
                if (!IsLabel(text, end)) Add(found, text[at..end]);
                at = Math.Max(end, at + scheme);
            }
            else
            {
                at++;
            }
        }

        return found;
    }

    /// <summary>Returns the address without the part that only a browser uses: links that differ in it lead to one page.</summary>
    public static string PageOf(Uri link) => link.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped);

    private static void Add(List<Uri> found, string link)
    {
        if (link.Length > Longest || !Uri.TryCreate(link, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0) return;
        if (uri.AbsoluteUri.Length > Longest || found.Exists(other => PageOf(other) == PageOf(uri))) return;
        found.Add(uri);
    }

    /// <summary>Returns the length of the scheme that begins here, with its slashes; 0: none.</summary>
    private static int SchemeAt(string text, int at)
    {
        if (text[at] is not ('h' or 'H')) return 0;
        var rest = text.AsSpan(at);
        var length = rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
            : rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : 0;
        return length > 0 && length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] == '[') ? length : 0;
    }

    private static int EndOf(string text, int start, int host)
    {
        var isTarget = start >= 2 && text[start - 1] == '(' && text[start - 2] == ']';
        var (end, round, square) = (host, 0, 0);
        for (; end < text.Length; end++)
        {
            var c = text[end];
            if (char.IsWhiteSpace(c) || char.IsControl(c) || Ends.Contains(c)) break;
            // What follows a host without a space, as Korean particles do, is no part of it.
            if (c > '\u02FF' && !text.AsSpan(host, end - host).ContainsAny("/?#")) break;
            round += c == '(' ? 1 : c == ')' ? -1 : 0;
            square += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (square < 0 || (round < 0 && isTarget)) break;
        }

        return Trim(text, host, end);
    }

    /// <summary>Takes away what ends a sentence, and brackets that were opened before the link.</summary>
    private static int Trim(string text, int host, int end)
    {
        var link = text.AsSpan(host, end - host);
        var open = link.Count('(') - link.Count(')');
        while (end > host)
        {
            var last = text[end - 1];
            if (last == ')' && open < 0) open++;
            else if (!SentenceEnds.Contains(last)) break;
            end--;
        }

        return end;
    }

    /// <summary>Returns whether it is what stands in the brackets of a link to elsewhere: <c>[here](there)</c>.</summary>
    private static bool IsLabel(string text, int end) => text.AsSpan(end).StartsWith("](");

    private static bool IsLineStart(string text, int at) => at == 0 || text[at - 1] == '\n';

    /// <summary>Returns the place behind the block of code that begins with this line; 0: none does.</summary>
    private static int Fence(string text, int at)
    {
        var start = at;
        while (start < text.Length && start - at < FenceLength && text[start] == ' ') start++;
        if (start == text.Length || text[start] is not ('`' or '~')) return 0;
        var mark = text[start];
        var length = RunOf(text, start);
        var info = LineEnd(text, start);
        if (length < FenceLength || (mark == '`' && text.AsSpan(start + length, info - start - length).Contains('`'))) return 0;
        for (var line = info + 1; line < text.Length; line = LineEnd(text, line) + 1)
        {
            var closing = text.AsSpan(line, LineEnd(text, line) - line).Trim();
            if (closing.Length >= length && !closing.ContainsAnyExcept(mark)) return Math.Min(LineEnd(text, line) + 1, text.Length);
        }

        return text.Length;
    }

    private static int LineEnd(string text, int from) => text.IndexOf('\n', from) is >= 0 and var end ? end : text.Length;

    private static int RunOf(string text, int at)
    {
        var end = at;
        while (end < text.Length && text[end] == text[at]) end++;
        return end - at;
    }

    /// <summary>Returns the place behind the code that begins here, or behind the signs alone, where no such run ends it.</summary>
    private static int SkipCode(string text, int at, HashSet<int> unclosed)
    {
        var length = RunOf(text, at);
        if (!unclosed.Contains(length))
        {
            for (var next = text.IndexOf('`', at + length); next >= 0; next = text.IndexOf('`', next))
            {
                var run = RunOf(text, next);
                next += run;
                if (run == length) return next;
                if (next == text.Length) break;
            }

            unclosed.Add(length);
        }

        return at + length;
    }
}
