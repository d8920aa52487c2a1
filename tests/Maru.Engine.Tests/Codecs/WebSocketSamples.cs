using static Maru.Engine.Codecs.WebSocketEvent;

namespace Maru.Engine.Tests.Codecs;

/// <summary>Bytes of a WebSocket stream and the events in it, as <c>Payload:hex</c>; payload pieces of one frame are joined.</summary>
/// <param name="Name">what it shows</param>
/// <param name="Masked">whether the reader wants masks, as a server does</param>
/// <param name="Hex">the stream</param>
/// <param name="Events">what comes out</param>
public sealed record WebSocketSample(string Name, bool Masked, string Hex, string[] Events)
{
    public override string ToString() => Name;
}

internal static class WebSocketSamples
{
    private static readonly string Kilo = Convert.ToHexString(new byte[256]);

    private static readonly WebSocketSample[] Samples =
    [
        // RFC 6455, section 5.7.
        new("5.7: a single-frame unmasked text message", false, "810548656c6c6f", ["Payload:48656C6C6F"]),
        new("5.7: a single-frame masked text message", true, "818537fa213d7f9f4d5158", ["Payload:48656C6C6F"]),
        new("5.7: a fragmented unmasked text message", false, "010348656c80026c6f", ["Payload:48656C", "Payload:6C6F"]),
        new("5.7: an unmasked ping", false, "890548656c6c6f", ["Ping:48656C6C6F"]),
        new("5.7: a masked pong", true, "8a8537fa213d7f9f4d5158", ["Pong:48656C6C6F"]),
        new("5.7: 256 bytes in one unmasked frame", false, "827e0100" + Kilo, [$"Payload:{Kilo}"]),

        new("an empty message", true, "818000000000", ["Payload:"]),
        new("an empty last fragment", true, "01810000000041808000000000", ["Payload:41", "Payload:"]),
        new("a ping between fragments", true, "028100000000418981000000005080810000000042", ["Payload:41", "Ping:50", "Payload:42"]),
        new("an empty close", true, "888000000000", ["Close:"]),
        new("a close with code and reason", true, "88840000000003e86f6b", ["Close:03E86F6B"]),
        new("a close with a code for applications", true, "8882000000000fa0", ["Close:0FA0"]),
        new("the mask changes with every frame", true, "8181ff000000be81810f0000004e", ["Payload:41", "Payload:41"]),
        new("a ping of 125 bytes", true, "89fd00000000" + new string('0', 250), ["Ping:" + new string('0', 250)]),
        new("a character split between two fragments", true, "018200000000ed958081000000009c", ["Payload:ED95", "Payload:9C"]),
        new("an unasked pong, and one with a payload", true, "8a80000000008a8200000000" + "0102", ["Pong:", "Pong:0102"]),
        new(
            "pings between all fragments of a binary message", true,
            "0281000000004189800000000000810000000042898000000000808100000000" + "43",
            ["Payload:41", "Ping:", "Payload:42", "Ping:", "Payload:43"]),
        new("a ping of bytes that are no text", true, "898300000000" + "00fffe", ["Ping:00FFFE"]),
        new("a close of 125 bytes", true, "88fd0000000003e8" + new string('4', 246), ["Close:03E8" + new string('4', 246)]),
        new("a close inside a fragmented message", true, "0181000000004188820000000003e8", ["Payload:41", "Close:03E8"]),
        new("empty fragments, and a text of nothing", true, "018000000000008000000000808000000000", ["Payload:", "Payload:", "Payload:"]),
        new("bytes that are no text, in a binary message", true, "828200000000fffe", ["Payload:FFFE"]),
        new("more than 65,535 bytes announced", true, "82ff000000000001000000000000414243", ["Payload:414243"]),
        new("the largest length that can be announced", true, "82ff7fffffffffffffff00000000414243", ["Payload:414243"]),

        new("no mask from a client", true, "810141", [nameof(ProtocolError)]),
        new("a mask from a server", false, "81810000000041", [nameof(ProtocolError)]),
        new("the first reserved bit", true, "c1810000000041", [nameof(ProtocolError)]),
        new("the second reserved bit", true, "a1810000000041", [nameof(ProtocolError)]),
        new("the third reserved bit", true, "91810000000041", [nameof(ProtocolError)]),
        new("a reserved data opcode", true, "83810000000041", [nameof(ProtocolError)]),
        new("a reserved control opcode", true, "8b8000000000", [nameof(ProtocolError)]),
        new("a continuation of nothing", true, "80810000000041", [nameof(ProtocolError)]),
        new("a new message inside a fragmented one", true, "0181000000004181810000000042", ["Payload:41", nameof(ProtocolError)]),
        new("a binary message inside a fragmented text", true, "0181000000004102810000000042", ["Payload:41", nameof(ProtocolError)]),
        new("an unfinished continuation of nothing", true, "00810000000041", [nameof(ProtocolError)]),
        new(
            "a continuation after the last one", true,
            "018100000000418081000000004280810000000043",
            ["Payload:41", "Payload:42", nameof(ProtocolError)]),
        new("no mask from a client, in a continuation", true, "01810000000041800142", ["Payload:41", nameof(ProtocolError)]),
        new("no mask from a client, in a ping", true, "8900", [nameof(ProtocolError)]),
        new("no mask from a client, in a close", true, "880203e8", [nameof(ProtocolError)]),
        new("a fragmented ping", true, "098000000000", [nameof(ProtocolError)]),
        new("a fragmented pong", true, "0a8000000000", [nameof(ProtocolError)]),
        new("a fragmented close", true, "088000000000", [nameof(ProtocolError)]),
        new("a fragmented ping and what should continue it", true, "09810000000041808100000000" + "42", [nameof(ProtocolError)]),
        new("a pong of 126 bytes", true, "8afe007e00000000" + new string('0', 252), [nameof(ProtocolError)]),
        new("a close of 126 bytes", true, "88fe007e0000000003e8" + new string('4', 248), [nameof(ProtocolError)]),
        new("a ping of 126 bytes", true, "89fe007e00000000" + new string('0', 252), [nameof(ProtocolError)]),
        new("16 bits for a length below 126", true, "81fe007d00000000", [nameof(ProtocolError)]),
        new("64 bits for a length below 65,536", true, "81ff000000000000ffff00000000", [nameof(ProtocolError)]),
        new("a length with the highest bit", true, "82ff800000000000000000000000", [nameof(ProtocolError)]),
        new("a close with one byte", true, "88810000000003", [nameof(ProtocolError)]),
        new("a close with the code 999", true, "88820000000003e7", [nameof(ProtocolError)]),
        new("a close with the code 1005, that no frame may carry", true, "88820000000003ed", [nameof(ProtocolError)]),
        new("a close with the code 1006, that no frame may carry", true, "88820000000003ee", [nameof(ProtocolError)]),
        new("a close with a code nobody defined", true, "88820000000007d0", [nameof(ProtocolError)]),
        new("a close whose reason is no text", true, "88830000000003e8ff", [nameof(InvalidText)]),
        new("a close whose reason ends inside a character", true, "88840000000003e8ed95", [nameof(InvalidText)]),
        new("text that is no UTF-8", true, "818100000000ff", [nameof(InvalidText)]),
        new("text that ends inside a character", true, "818200000000ed95", [nameof(InvalidText)]),
        new(
            "text that ends inside a character, in the last fragment", true,
            "018200000000ed95808000000000",
            ["Payload:ED95", nameof(InvalidText)]),
        new("F4 90 at the end of a fragment: beyond the last character", true, "018200000000f490", [nameof(InvalidText)]),
        new("F4 at the end of a fragment, then 90", true, "018100000000f4008100000000" + "90", ["Payload:F4", nameof(InvalidText)]),
        new("ED A0 at the end of a fragment: a surrogate", true, "018200000000eda0", [nameof(InvalidText)]),
        new("E0 9F at the end of a fragment: longer than it need be", true, "018200000000e09f", [nameof(InvalidText)]),
        new("F0 8F at the end of a fragment: longer than it need be", true, "018200000000f08f", [nameof(InvalidText)]),
        new("C0 at the end of a fragment: begins no character", true, "018100000000c0", [nameof(InvalidText)]),
        new("C1 at the end of a fragment: begins no character", true, "018100000000c1", [nameof(InvalidText)]),
        new("F5 at the end of a fragment: begins no character", true, "018100000000f5", [nameof(InvalidText)]),
        new("80 at the end of a fragment: continues no character", true, "018100000000" + "80", [nameof(InvalidText)]),
        new("F4 90 in the middle of a frame that is still under way", true, "018800000000cebaf490", [nameof(InvalidText)]),
        new("C0 in the middle of a frame that is still under way", true, "81880000000041c0", [nameof(InvalidText)]),
        new(
            "Autobahn 6.4.1: a text, then a bad fragment, of three", true,
            "018b00000000cebae1bdb9cf83cebcceb5008400000000f4908080",
            ["Payload:CEBAE1BDB9CF83CEBCCEB5", nameof(InvalidText)]),
        new(
            "Autobahn 6.4.2: a text and F4, then 90, of three fragments", true,
            "018c00000000cebae1bdb9cf83cebcceb5f4008100000000" + "90",
            ["Payload:CEBAE1BDB9CF83CEBCCEB5F4", nameof(InvalidText)]),
        new("a surrogate in text", true, "818300000000eda080", [nameof(InvalidText)]),
        new("an overlong character in text", true, "818200000000c0af", [nameof(InvalidText)]),
    ];

    public static TheoryData<WebSocketSample> All => [.. Samples];
}
