namespace Maru.Server.Tests.Realtime;

/// <summary>A request's head for <c>/ws</c> and the response to it.</summary>
/// <param name="Name">what it shows</param>
/// <param name="Text">each character is a byte</param>
/// <param name="Status">the status of the response</param>
/// <param name="Lines">lines that the response has, among others</param>
public sealed record HandshakeHead(string Name, string Text, int Status, string[] Lines)
{
    public override string ToString() => $"{Status} {Name}";
}

/// <summary>RFC 9112 (the message), RFC 9110 (its fields), RFC 6455, 4.2.1 (the handshake): what they take and what they refuse.</summary>
internal static class HandshakeHeads
{
    // RFC 6455, 1.3, and the answer to it.
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private const string Start = "GET /ws HTTP/1.1";
    private const string Host = "Host: x";
    private const string Upgrade = "Upgrade: websocket";
    private const string Connection = "Connection: Upgrade";
    private const string Version = "Sec-WebSocket-Version: 13";

    public static TheoryData<HandshakeHead> All =>
    [
        .. Taken.Select(x => new HandshakeHead(x.Name, Lines(x.Lines), 101, [Accept])),
        .. Subprotocols.Select(x => new HandshakeHead(x.Offered, Lines([.. Good, x.Offered]), 101, x.Chosen)),
        .. NoUpgrade.Select(x => new HandshakeHead(x.Name, Lines(x.Lines), 426, ["Upgrade: websocket", "Connection: Upgrade, close"])),
        .. OtherMethods.Select(x => new HandshakeHead(x, Lines(With(0, x)), 405, ["Allow: GET, HEAD"])),
        .. BadHandshake.Select(x => new HandshakeHead(x.Name, Lines(x.Lines), 400, ["Sec-WebSocket-Version: 13"])),
        .. Broken.Select(x => new HandshakeHead(x.Name, x.Text, x.Status, [])),
    ];

    private static string[] Good => [Start, Host, Upgrade, Connection, Version, Key];

    private static (string Name, string[] Lines)[] Taken =>
    [
        ("an ordinary request", Good),
        ("names and words in lower case", Case(text => text.ToLowerInvariant())),
        ("names and words in upper case", Case(text => text.ToUpperInvariant())),
        ("blanks and tabs around values",
            [Start, "Host:x", "Upgrade:  websocket ", "Connection:\tUpgrade\t", "Sec-WebSocket-Version: \t13", $"{Key}  "]),
        ("Connection is a list", With(3, "Connection: keep-alive, Upgrade")),
        ("Connection in two lines", With(3, "Connection: keep-alive", Connection)),
        ("Upgrade is a list, ours first", With(2, "Upgrade: websocket, foo")),
        ("Upgrade is a list, ours last", With(2, "Upgrade: h2c,WebSocket")),
        ("Upgrade is a list with empty elements", With(2, "Upgrade: , ,websocket,")),
        ("Upgrade in two lines", With(2, "Upgrade: foo/2", Upgrade)),
        ("a host with a port", With(1, "Host: chat.example.org:8080")),
        ("an IPv6 host", With(1, "Host: [::1]:8080")),
        ("an empty host", With(1, "Host:")),
        ("an empty field", [.. Good, "X-Empty:"]),
        ("an empty Origin", [.. Good, "Origin:"]),
        ("an empty Upgrade before ours", With(2, "Upgrade:", Upgrade)),
        ("an empty Connection before ours", With(3, "Connection: ", Connection)),
        ("a browser's fields",
            [.. Good, "Origin: http://x", "Sec-WebSocket-Extensions: permessage-deflate", "User-Agent: M/5 (X11)", "Cookie: a=\"b\""]),
        ("fields that mean something elsewhere",
            [.. Good, "Expect: 100-continue", "Authorization: Bearer none", "Content-Type: text/plain", "Range: bytes=0-1"]),
        ("UTF-8 in a value", [.. Good, "User-Agent: \u00C3\u00A9"]),
        ("no body, said so", [.. Good, "Content-Length: 0"]),
        ("a path as others spell it", With(0, "GET /%77s HTTP/1.1")),
        // RFC 9112, 2.2 and 3, RFC 9110, 5.5: a server may take these, and the framework does.
        ("a bare LF in the middle", [.. Good, "X: a\nY: b"]),
        ("a control character in a value", [.. Good, "X: a\u0001b\u007F"]),
        ("a name with brackets", [.. Good, "X(Y): a"]),
        ("two blanks after the target", With(0, "GET /ws  HTTP/1.1")),
        ("64 fields", [.. Good, .. Enumerable.Range(0, 59).Select(x => $"X-{x}: {x}")]),
        ("65 fields", [.. Good, .. Enumerable.Range(0, 60).Select(x => $"X-{x}: {x}")]),
        ("100 fields", [.. Good, .. Enumerable.Range(0, 95).Select(x => $"X-{x}: {x}")]),
        ("8 kB", [.. Good, $"X-Long: {new string('x', 8000)}"]),
        ("16 kB", [.. Good, $"X-Long: {new string('x', 16_000)}"]),
    ];

    private static (string Offered, string[] Chosen)[] Subprotocols =>
    [
        ("Sec-WebSocket-Protocol: v12.stomp, v11.stomp", ["Sec-WebSocket-Protocol: v12.stomp"]),
        ("Sec-WebSocket-Protocol: v10.stomp , v12.stomp", ["Sec-WebSocket-Protocol: v12.stomp"]),
        ("Sec-WebSocket-Protocol: mqtt,v10.stomp", ["Sec-WebSocket-Protocol: v10.stomp"]),
        ("Sec-WebSocket-Protocol: v10.stomp\r\nSec-WebSocket-Protocol: v11.stomp", ["Sec-WebSocket-Protocol: v11.stomp"]),
        ("Sec-WebSocket-Protocol: V12.STOMP", []),
        ("Sec-WebSocket-Protocol: mqtt", []),
    ];

    private static (string Name, string[] Lines)[] NoUpgrade =>
    [
        ("no Upgrade", Without(2)),
        ("no Connection", Without(3)),
        ("another protocol", With(2, "Upgrade: h2c")),
        ("another version of the protocol", With(2, "Upgrade: websocket/14")),
        ("a protocol that begins like ours", With(2, "Upgrade: websocket2")),
        ("Connection names other fields", With(3, "Connection: keep-alive, X-Upgrade")),
        ("an HTTP that has no Upgrade", With(0, "GET /ws HTTP/1.0")),
        ("HEAD", With(0, "HEAD /ws HTTP/1.1")),
        ("a GET as a browser's address bar makes it", [Start, Host, "Accept: text/html", "Connection: keep-alive"]),
    ];

    private static string[] OtherMethods =>
    [
        "POST /ws HTTP/1.1", "PUT /ws HTTP/1.1", "DELETE /ws HTTP/1.1", "OPTIONS /ws HTTP/1.1", "CHAT /ws HTTP/1.1", "get /ws HTTP/1.1",
        "Get /ws HTTP/1.1", "head /ws HTTP/1.1",
    ];

    private static (string Name, string[] Lines)[] BadHandshake =>
    [
        ("no version", Without(4)),
        ("another version", With(4, "Sec-WebSocket-Version: 12")),
        ("two versions in a line", With(4, "Sec-WebSocket-Version: 13, 8")),
        ("two versions in two lines", With(4, Version, "Sec-WebSocket-Version: 8")),
        ("the version twice", With(4, Version, Version)),
        ("an empty version", With(4, "Sec-WebSocket-Version:")),
        ("an empty version before ours", With(4, "Sec-WebSocket-Version: ", Version)),
        ("an empty version after ours", With(4, Version, "Sec-WebSocket-Version: ")),
        ("no key", Without(5)),
        ("a short key", With(5, "Sec-WebSocket-Key: short")),
        ("a key of 17 bytes", With(5, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=")),
        ("a key that is no base64", With(5, "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==")),
        ("a key beyond ASCII", With(5, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ\u00C3\u00A9=")),
        ("the key twice", With(5, Key, Key)),
        ("an empty key", With(5, "Sec-WebSocket-Key:")),
        ("an empty key before the key", With(5, "Sec-WebSocket-Key: ", Key)),
        ("an empty key after the key", With(5, Key, "Sec-WebSocket-Key: ")),
    ];

    private static (string Name, string Text, int Status)[] Broken =>
    [
        ("no Host", Lines(Without(1)), 400),
        ("two Hosts", Lines(With(1, Host, "Host: y")), 400),
        ("the Host twice", Lines(With(1, Host, Host)), 400),
        ("an empty Host before the Host", Lines(With(1, "Host: ", Host)), 400),
        ("an empty Host after the Host", Lines(With(1, Host, "Host:")), 400),
        ("a Host with a blank", Lines(With(1, "Host: a b")), 400),
        ("a Host with a path", Lines(With(1, "Host: a/b")), 400),
        ("a Host with a user", Lines(With(1, "Host: a@b")), 400),
        ("a Host with a port that is none", Lines(With(1, "Host: a:b")), 400),
        ("a list of Hosts", Lines(With(1, "Host: a, b")), 400),
        ("NUL in a value", Lines([.. Good, "X: a\0b"]), 400),
        ("NUL in a name", Lines([.. Good, "X\0: a"]), 400),
        ("NUL in the key", Lines(With(5, Key + "\0")), 400),
        ("a bare CR in a value", Lines([.. Good, "X: a\rb"]), 400),
        ("a bare CR in a name", Lines([.. Good, "X\rY: a"]), 400),
        ("a bare CR at the end of a value", Lines([.. Good, "X: a\r"]), 400),
        ("a byte beyond ASCII in a name", Lines([.. Good, "X\u00E9: a"]), 400),
        ("a blank before the colon", Lines(With(2, "Upgrade : websocket")), 400),
        ("a tab before the colon", Lines(With(2, "Upgrade\t: websocket")), 400),
        ("a name with a blank", Lines([.. Good, "X Y: a"]), 400),
        ("an empty name", Lines([.. Good, ": a"]), 400),
        ("a line without a colon", Lines([.. Good, "X"]), 400),
        ("a folded line", Lines([.. Good, "X: a", " b"]), 400),
        ("a line that is folded at once", Lines([Start, " X: a", .. Good[1..]]), 400),
        ("a body", Lines([.. Good, "Content-Length: 1"]) + "x", 400),
        ("a length that is none", Lines([.. Good, "Content-Length: x"]), 400),
        ("an empty length", Lines([.. Good, "Content-Length:"]), 400),
        ("an empty coding", Lines([.. Good, "Transfer-Encoding: "]), 400),
        ("two lengths", Lines([.. Good, "Content-Length: 0", "Content-Length: 1"]), 400),
        ("a body in chunks", Lines([.. Good, "Transfer-Encoding: chunked"]) + "0\r\n\r\n", 400),
        ("two blanks after the method", Lines(With(0, "GET  /ws HTTP/1.1")), 400),
        ("a blank after the version", Lines(With(0, "GET /ws HTTP/1.1 ")), 400),
        ("no version at all", Lines(With(0, "GET /ws")), 400),
        ("a version in lower case", Lines(With(0, "GET /ws http/1.1")), 505),
        ("another protocol's version", Lines(With(0, "GET /ws HTTP/2.0")), 505),
        ("another address", Lines(With(0, "GET /wsx HTTP/1.1")), 404),
        ("101 fields", Lines([.. Good, .. Enumerable.Range(0, 96).Select(x => $"X-{x}: {x}")]), 431),
        ("one field 101 times", Lines([.. Good, .. Enumerable.Repeat("X: x", 96)]), 431),
        ("40 kB", Lines([.. Good, $"X-Long: {new string('x', 40_000)}"]), 431),
        ("a long target", Lines(With(0, $"GET /ws {new string('x', 9000)} HTTP/1.1")), 414),
    ];

    private static string[] Case(Func<string, string> change) =>
        [Start, .. Good[1..^1].Select(change), change("Sec-WebSocket-Key") + Key["Sec-WebSocket-Key".Length..]];

    private static string[] With(int at, params string[] lines) => [.. Good[..at], .. lines, .. Good[(at + 1)..]];

    private static string[] Without(int at) => With(at);

    private static string Lines(string[] lines) => string.Join("\r\n", lines) + "\r\n\r\n";
}
