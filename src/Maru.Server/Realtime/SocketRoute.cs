using System.Buffers;
using Maru.Engine.Output;
using Maru.Engine.Protocols;

namespace Maru.Server.Realtime;

/// <summary>An address that speaks WebSocket.</summary>
/// <param name="Path">in the form of the framework's routes; <c>{name}</c> stands for a whole segment</param>
/// <param name="Subprotocols">its subprotocols, the preferred one first</param>
/// <param name="Open">makes the session of a new socket; the subprotocol is the chosen one, if there is one</param>
internal sealed record SocketRoute(string Path, string[] Subprotocols, Func<ByteSink, string?, ProtocolSession> Open)
{
    // RFC 3986, 2.3: the characters that mean the same whether they are escaped or not.
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly string[] _segments = Path.Split('/');

    /// <summary>
    /// Returns whether a request's target is this address, letter by letter. Other spellings of it, and queries, are left to the framework.
    /// </summary>
    public bool Takes(ReadOnlySpan<char> target)
    {
        var at = 0;
        foreach (var segment in target.Split('/'))
        {
            if (at == _segments.Length || !Fits(_segments[at++], target[segment])) return false;
        }

        return at == _segments.Length;
    }

    private static bool Fits(string pattern, ReadOnlySpan<char> segment) =>
        pattern.StartsWith('{') ? !segment.IsEmpty && !segment.ContainsAnyExcept(Unreserved) : segment.SequenceEqual(pattern);
}
