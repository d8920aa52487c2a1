namespace Maru.Engine.Codecs;

/// <summary>The version that two peers agreed on at CONNECT. Versions differ in escapes, line ends and heart-beats.</summary>
public enum StompVersion : byte
{
    /// <summary>No escapes, no heart-beats. Also the rule for CONNECT and CONNECTED themselves, in every version.</summary>
    V10,

    /// <summary>Escapes <c>\n \c \\</c>; heart-beats.</summary>
    V11,

    /// <summary>Escapes also <c>\r</c>; lines may end in CR LF.</summary>
    V12,
}

internal static class StompVersions
{
    public static ReadOnlySpan<byte> Text(StompVersion version) => version switch
    {
        StompVersion.V12 => "1.2"u8,
        StompVersion.V11 => "1.1"u8,
        _ => "1.0"u8,
    };

    /// <summary>The list of all versions up to that one, as in the header <c>version</c> of ERROR.</summary>
    public static ReadOnlySpan<byte> UpTo(StompVersion newest) => "1.0,1.1,1.2"u8[..((4 * (int)newest) + 3)];

    /// <summary>The version of a WebSocket subprotocol such as <c>v12.stomp</c>; null: the newest.</summary>
    public static StompVersion OfSubprotocol(string? subprotocol) => subprotocol switch
    {
        "v10.stomp" => StompVersion.V10,
        "v11.stomp" => StompVersion.V11,
        _ => StompVersion.V12,
    };

    /// <summary>
    /// The newest version in an <c>accept-version</c> list such as <c>1.0,1.1,1.2</c>; an absent list means 1.0 (STOMP 1.2, "Protocol
    /// Negotiation").
    /// </summary>
    /// <param name="newest">the newest that may be chosen</param>
    public static bool TryNegotiate(ReadOnlySpan<byte> acceptVersion, StompVersion newest, out StompVersion version)
    {
        version = StompVersion.V10;
        var found = false;
        foreach (var part in acceptVersion.Split((byte)','))
        {
            var item = acceptVersion[part].Trim((byte)' ');
            var candidate =
                item.SequenceEqual("1.2"u8) ? StompVersion.V12 : item.SequenceEqual("1.1"u8) ? StompVersion.V11 : StompVersion.V10;
            if (candidate == StompVersion.V10 && !item.SequenceEqual("1.0"u8)) continue;
            if (candidate > newest) continue;
            if (!found || candidate > version) version = candidate;
            found = true;
        }

        return found;
    }
}
