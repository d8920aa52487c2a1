using System.Net;

namespace Maru.Server.Features.LinkPreviews.Fetching;

/// <summary>What a page says of itself, as plain text.</summary>
/// <param name="Picture">where its picture is; null: it has none</param>
internal sealed record FetchedPage(string Title, string? Description, string? SiteName, Uri? Picture);

/// <summary>
/// Reads the head of a page of HTML: its title and its <c>meta</c> elements (https://ogp.me, and what Twitter calls the same). It is no
/// parser of HTML: it goes over tags once, to the end of the head, and what it takes is text that is shown as text. Any thread.
/// </summary>
internal static class PageHead
{
    private const int LongestValue = 16 * 1024;     // characters, before entities
    private const int MostAttributes = 32;          // of an element

    private static readonly string[] Titles = ["og:title", "twitter:title"];
    private static readonly string[] Descriptions = ["og:description", "twitter:description", "description"];
    private static readonly string[] Sites = ["og:site_name", "application-name"];

    private static readonly string[] Pictures =
        ["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"];

    /// <summary>Returns null when it has no title.</summary>
    /// <param name="at">where it was</param>
    public static FetchedPage? Read(string html, Uri at)
    {
        var (title, metas) = Walk(html);
        var named = Text(Titles, PlainText.Title) ?? PlainText.Title.Of(Decode(title));
        return named.Length == 0
            ? null
            : new FetchedPage(named, Text(Descriptions, PlainText.Description), Text(Sites, PlainText.Site), Picture(metas, at));

        string? Text(string[] names, PlainText form) => names
            .Select(name => metas.TryGetValue(name, out var value) ? form.Of(Decode(value)) : "").FirstOrDefault(text => text.Length > 0);
    }

    private static Uri? Picture(Dictionary<string, string> metas, Uri at)
    {
        foreach (var name in Pictures)
        {
            if (metas.TryGetValue(name, out var value) && Uri.TryCreate(at, Decode(value).Trim(), out var picture)
                && (picture.Scheme == Uri.UriSchemeHttp || picture.Scheme == Uri.UriSchemeHttps))
                return picture;
        }

        return null;
    }

    private static string Decode(string value) => WebUtility.HtmlDecode(value);

    /// <summary>Returns the title and the <c>content</c> of each <c>meta</c> by its name: the first of each, with their entities.</summary>
    private static (string Title, Dictionary<string, string> Metas) Walk(string html)
    {
        string? title = null;
        Dictionary<string, string> metas = new(StringComparer.OrdinalIgnoreCase);
        for (var at = html.IndexOf('<'); at >= 0 && at + 1 < html.Length; at = at < html.Length ? html.IndexOf('<', at) : -1)
        {
            var rest = html.AsSpan(at + 1);
            if (rest.StartsWith("!--"))
            {
                at = After(html, at + 4, "-->");
                continue;
            }

            var isEnd = rest[0] == '/';
            var name = NameOf(isEnd ? rest[1..] : rest);
            if (name.Length == 0)
            {
                at = rest[0] is '!' or '?' or '/' ? After(html, at, ">") : at + 1;
                continue;
            }

            if (Is(name, "body") || (isEnd && Is(name, "head"))) break;
            at += 1 + (isEnd ? 1 : 0) + name.Length;
            var attributes = isEnd || !Is(name, "meta") ? null : new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            at = SkipAttributes(html, at, attributes);
            if (attributes is not null) Add(metas, attributes);
            if (isEnd) continue;
            if (Is(name, "title"))
            {
                var end = Math.Min(EndOf(html, at, "</title"), html.Length);
                title ??= Cut(html.AsSpan(at, end - at));
                at = end;
            }
            else if (Is(name, "script") || Is(name, "style") || Is(name, "noscript") || Is(name, "template"))
            {
                at = EndOf(html, at, $"</{name}");
            }
        }

        return (title ?? "", metas);
    }

    private static void Add(Dictionary<string, string> metas, Dictionary<string, string> attributes)
    {
        if (!attributes.TryGetValue("content", out var content) || content.Length == 0) return;
        if (attributes.TryGetValue("property", out var name) && IsAsked(name)) metas.TryAdd(name, content);
        if (attributes.TryGetValue("name", out name) && IsAsked(name)) metas.TryAdd(name, content);
    }

    private static bool IsAsked(string name) => new[] { Titles, Descriptions, Sites, Pictures }
        .Any(names => names.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>Returns the place behind the tag, and its attributes, the first of each name, where they are asked for.</summary>
    private static int SkipAttributes(string html, int at, Dictionary<string, string>? into)
    {
        while (at < html.Length)
        {
            while (at < html.Length && (char.IsWhiteSpace(html[at]) || html[at] == '/')) at++;
            if (at == html.Length) break;
            if (html[at] == '>') return at + 1;
            var nameStart = at++;       // one that begins with = has it as part of its name
            while (at < html.Length && !char.IsWhiteSpace(html[at]) && html[at] is not ('/' or '>' or '=')) at++;
            var name = html.AsSpan(nameStart, at - nameStart);
            while (at < html.Length && char.IsWhiteSpace(html[at])) at++;
            if (at == html.Length || html[at] != '=') continue;
            at++;
            while (at < html.Length && char.IsWhiteSpace(html[at])) at++;
            var (start, end) = Value(html, ref at);
            if (into is { Count: < MostAttributes }) into.TryAdd(name.ToString(), Cut(html.AsSpan(start, end - start)));
        }

        return html.Length;
    }

    /// <summary>Returns where the value at this place is, and goes behind it.</summary>
    private static (int Start, int End) Value(string html, ref int at)
    {
        var start = at;
        if (at < html.Length && html[at] is '"' or '\'')
        {
            var end = html.IndexOf(html[at], at + 1);
            if (end < 0) end = html.Length;
            at = Math.Min(end + 1, html.Length);
            return (start + 1, end);
        }

        while (at < html.Length && !char.IsWhiteSpace(html[at]) && html[at] != '>') at++;
        return (start, at);
    }

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> tag)
    {
        if (tag.IsEmpty || !char.IsAsciiLetter(tag[0])) return default;
        var length = 1;
        while (length < tag.Length && !char.IsWhiteSpace(tag[length]) && tag[length] is not ('/' or '>')) length++;
        return tag[..length];
    }

    private static bool Is(ReadOnlySpan<char> name, string tag) => name.Equals(tag, StringComparison.OrdinalIgnoreCase);

    private static int After(string html, int from, string mark) =>
        from < html.Length && html.IndexOf(mark, from, StringComparison.Ordinal) is >= 0 and var at ? at + mark.Length : html.Length;

    private static int EndOf(string html, int from, string tag) =>
        html.IndexOf(tag, Math.Min(from, html.Length), StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? at : html.Length;

    private static string Cut(ReadOnlySpan<char> value) => value[..Math.Min(value.Length, LongestValue)].ToString();
}
