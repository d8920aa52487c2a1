using System.Net.Sockets;

namespace Maru.Server.Tests.Realtime;

/// <summary>
/// The frames that a client sends on a new WebSocket and every byte that it gets, after the cases of the Autobahn test suite.
/// </summary>
/// <param name="Name">what it shows</param>
/// <param name="Client">frames in hex; the mask of each is zero</param>
/// <param name="Server">frames in hex</param>
public sealed record WebSocketTranscript(string Name, string Client, string Server)
{
    public override string ToString() => Name;
}

public sealed class WebSocketTranscriptTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string Mask = "00000000";
    private const string Close = $"8882{Mask}03E8";
    private const string Closed = "880203E8";

    // 1002 and 1007, with their reasons.
    private const string Broken = "880E03EA62726F6B656E206672616D65";
    private const string NoText = "881303EF74657874206973206E6F74205554462D38";

    private static readonly string Bytes125 = Repeat("FE", 125);

    public static TheoryData<WebSocketTranscript> Transcripts => [.. Rows];

    private static WebSocketTranscript[] Rows =>
    [
        // 2: pings and pongs
        new("2.1 a ping", $"8980{Mask}{Close}", $"8A00{Closed}"),
        new("2.3 a ping of bytes that are no text", $"8985{Mask}00FFFEFDFC{Close}", $"8A0500FFFEFDFC{Closed}"),
        new("2.4 a ping of 125 bytes", $"89FD{Mask}{Bytes125}{Close}", $"8A7D{Bytes125}{Closed}"),
        new("2.5 a ping of 126 bytes", $"89FE007E{Mask}{Bytes125}FE", Broken),
        new("2.7 a pong that nobody asked for", $"8A80{Mask}{Close}", Closed),
        new("2.9 a pong that nobody asked for, then a ping", $"8A81{Mask}41{$"8981{Mask}42"}{Close}", $"8A0142{Closed}"),
        new("2.10 ten pings", Repeat($"8981{Mask}", ["30", "31", "32", "33", "34", "35", "36", "37", "38", "39"]) + Close,
            Repeat("8A01", ["30", "31", "32", "33", "34", "35", "36", "37", "38", "39"]) + Closed),

        // 3: reserved bits
        new("3.1 a reserved bit in a text", $"C181{Mask}0A", Broken),
        new("3.4 a reserved bit in a ping, after a text", $"8181{Mask}0AA980{Mask}", Broken),
        new("3.7 a reserved bit in a close", $"9880{Mask}", Broken),

        // 4: opcodes
        new("4.1 a data opcode that nobody defined", $"8380{Mask}", Broken),
        new("4.2 a control opcode that nobody defined", $"8B80{Mask}8980{Mask}", Broken),

        // 5: fragments
        new("5.1 a ping in two fragments", $"0980{Mask}8080{Mask}", Broken),
        new("5.2 a pong in two fragments", $"0A80{Mask}8080{Mask}", Broken),
        new("5.6 a ping between two fragments", $"0181{Mask}0A8981{Mask}418081{Mask}0A{Close}", $"8A0141{Closed}"),
        new("5.9 a continuation of nothing", $"8081{Mask}0A", Broken),
        new("5.12 an unfinished continuation of nothing", $"0081{Mask}0A", Broken),
        new("5.15 a continuation after the last one", $"0181{Mask}0A8081{Mask}0A0081{Mask}0A", Broken),
        new("5.18 a text inside a text", $"0181{Mask}0A8181{Mask}0A", Broken),
        new("5.18 a binary message inside a text", $"0181{Mask}0A8281{Mask}0A", Broken),

        // 6: UTF-8
        new("6.2 a character in two fragments", $"0184{Mask}0A0A0AC38082{Mask}A90A{Close}", Closed),
        new("6.3 bytes that are no text", $"8182{Mask}C328", NoText),
        new("6.4.1 bytes that are no text, in a fragment that is not the last", $"0184{Mask}F4908080", NoText),
        new("6.4.2 F4 and 90, in two fragments that are not the last", $"0181{Mask}F40081{Mask}90", NoText),
        new("6.4.3 F4 and 90, of a frame that is still under way", $"0188{Mask}F490", NoText),
        new("6.6 a text that ends inside a character", $"8181{Mask}CE", NoText),

        // 7: the close
        new("7.1.2 two closes", Close + Close, Closed),
        new("7.1.3 a ping after the close", $"{Close}8980{Mask}", Closed),
        new("7.1.4 a text after the close", $"{Close}8181{Mask}0A", Closed),
        new("7.1.5 a close between fragments", $"0181{Mask}0A{Close}8081{Mask}0A", Closed),
        new("7.3.1 a close without a code", $"8880{Mask}", Closed),
        new("7.3.2 a close of one byte", $"8881{Mask}03", Broken),
        new("7.3.5 a close of 125 bytes", $"88FD{Mask}03E8{Repeat("41", 123)}", Closed),
        new("7.3.6 a close of 126 bytes", $"88FE007E{Mask}03E8{Repeat("41", 124)}", Broken),
        new("7.5.1 a close whose reason ends inside a character", $"8883{Mask}03E8CE", NoText),
        new("7.5.1 a close whose reason is no text", $"8884{Mask}03E8FF41", NoText),
        .. new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 }
            .Select(code => new WebSocketTranscript($"7.7 a close with {code}", $"8882{Mask}{code:X4}", $"8802{code:X4}")),
        .. new[] { 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535 }
            .Select(code => new WebSocketTranscript($"7.9 a close with {code}", $"8882{Mask}{code:X4}", Broken)),

        // RFC 6455, 5.1
        new("a frame without a mask", "810141", Broken),
        new("a ping without a mask", "8900", Broken),
        new("a close without a mask", "880203E8", Broken),
    ];

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task Both_ways_say_the_same(WebSocketTranscript transcript)
    {
        foreach (var path in (string[])["/ws", "/ws?x=1"])
        {
            var (socket, _, left) = await Upgrade.RequestAsync(server.Address, Upgrade.Request(server.Address, path, null));
            using var _ = socket;
            await socket.SendAsync(Convert.FromHexString(transcript.Client));
            List<byte> got = [.. left];
            var buffer = new byte[1024];
            while (await socket.ReceiveAsync(buffer).Within("the last words and the end") is > 0 and var count)
            {
                got.AddRange(buffer[..count]);
                // After a broken frame the server waits for the end of TCP. Not sooner: the framework then drops what is not yet written.
                if (got.Count >= transcript.Server.Length / 2) socket.Shutdown(SocketShutdown.Send);
            }

            Convert.ToHexString([.. got]).ShouldBe(transcript.Server, path);
        }
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Repeat(string header, string[] payloads) => string.Concat(payloads.Select(payload => header + payload));
}
