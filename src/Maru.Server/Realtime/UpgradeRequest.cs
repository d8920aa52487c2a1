using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace Maru.Server.Realtime;

/// <summary>
/// The head of a request for one of <see cref="SocketRoutes"/>, read below HTTP. It is taken only if every byte is beyond doubt (RFC 9112).
/// Any other head, valid or not, is left to the HTTP server.
/// </summary>
/// <param name="Route">the address that it asks for</param>
/// <param name="Headers">all fields, to be checked as those of any other request</param>
/// <param name="Length">bytes of the head; the first frame begins behind it</param>
internal sealed partial record UpgradeRequest(SocketRoute Route, IHeaderDictionary Headers, int Length)
{
    /// <summary>Bytes of the longest head; a longer one is left to the HTTP server, which has its own limit.</summary>
    public const int LongestHead = 8 * 1024;

    private const int MostFields = 64;

    // RFC 9110, 5.6.2: token = 1*tchar
    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // RFC 9110, 5.5: VCHAR, SP, HTAB; a field may have obs-text too, but not here.
    private static readonly SearchValues<byte> Text = SearchValues.Create([0x09, .. Enumerable.Range(0x20, 0x5F).Select(x => (byte)x)]);

    /// <summary>Reads the head off the first bytes of a connection.</summary>
    /// <param name="input">the bytes so far</param>
    /// <param name="routes">the addresses that may be asked for</param>
    /// <param name="needMore">true when it may become an upgrade request: read on</param>
    /// <returns>the request; null: it is another one, or not complete</returns>
    public static UpgradeRequest? TryRead(ReadOnlySpan<byte> input, SocketRoutes routes, out bool needMore)
    {
        needMore = false;
        SocketRoute? route = null;
        IHeaderDictionary headers = new HeaderDictionary();
        var rest = input[..Math.Min(input.Length, LongestHead)];
        for (var line = 0; line <= MostFields + 1; line++)
        {
            var end = rest.IndexOf("\r\n"u8);
            var text = end < 0 ? rest.TrimEnd((byte)'\r') : rest[..end];
            if (text.ContainsAnyExcept(Text)) return null;
            needMore = end < 0 && input.Length < LongestHead;
            if (end < 0) return null;

            rest = rest[(end + 2)..];
            if (route is null) route = Find(text, routes);
            else if (text.IsEmpty) return IsPlain(headers) ? new UpgradeRequest(route, headers, input.Length - rest.Length) : null;
            else if (!TryAdd(text, headers)) return null;
            if (route is null) return null;
        }

        return null;
    }

    /// <summary>RFC 9112, 3: <c>method SP request-target SP HTTP-version</c>.</summary>
    private static SocketRoute? Find(ReadOnlySpan<byte> line, SocketRoutes routes)
    {
        if (!line.StartsWith("GET /"u8) || !line.EndsWith(" HTTP/1.1"u8)) return null;
        return routes.Find(Encoding.ASCII.GetString(line["GET ".Length..^" HTTP/1.1".Length]));
    }

    /// <summary>
    /// RFC 9112, 5: <c>field-name ":" OWS field-value OWS</c>. A field without a value is left to the HTTP server: the dictionary would
    /// not keep it.
    /// </summary>
    private static bool TryAdd(ReadOnlySpan<byte> line, IHeaderDictionary headers)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(Token)) return false;
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (value.IsEmpty) return false;
        headers.Append(Encoding.ASCII.GetString(line[..colon]), Encoding.ASCII.GetString(value));
        return true;
    }

    /// <summary>Returns whether the request has one plain host and no body.</summary>
    private static bool IsPlain(IHeaderDictionary headers) =>
        headers.Host is [{ } host] && PlainHost.IsMatch(host)
        && !headers.ContainsKey(HeaderNames.ContentLength) && !headers.ContainsKey(HeaderNames.TransferEncoding);

    [GeneratedRegex(@"^[A-Za-z0-9.-]+(:[0-9]{1,5})?\z")]
    private static partial Regex PlainHost { get; }
}
