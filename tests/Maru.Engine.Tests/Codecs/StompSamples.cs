using static Maru.Engine.Codecs.StompReadStatus;
using static Maru.Engine.Codecs.StompVersion;
using static Maru.Engine.Tests.Codecs.StompSample;

namespace Maru.Engine.Tests.Codecs;

/// <summary>
/// The streams that every reader of STOMP is tried with: whole, split at every byte, a byte at a time, alone and under a session.
/// </summary>
internal static class StompSamples
{
    public static readonly StompSample[] Whole =
    [
        Of(V12, "plain SEND", "SEND\ndestination:/queue/a\n\nhello\0", "SEND {destination=/queue/a} hello"),
        Of(V12, "no headers, no body", "DISCONNECT\n\n\0", "DISCONNECT  "),
        Of(V12, "an empty body by length", "SEND\ndestination:/a\ncontent-length:0\n\n\0", "SEND {destination=/a}{content-length=0} "),
        Of(
            V12, "NUL in a body with content-length",
            "SEND\ndestination:/a\ncontent-length:5\n\na\0b\0c\0",
            "SEND {destination=/a}{content-length=5} a\0b\0c"),
        Of(
            V12, "a body that looks like a frame",
            "SEND\ndestination:/a\ncontent-length:8\n\nSEND\n\n\0x\0",
            "SEND {destination=/a}{content-length=8} SEND\n\n\0x"),
        Of(
            V12, "spaces around content-length's number",
            "SEND\ndestination:/a\ncontent-length: 1 \n\nx\0",
            "SEND {destination=/a}{content-length= 1 } x"),
        Of(
            V12, "the first of two content-lengths counts",
            "SEND\ndestination:/a\ncontent-length:3\ncontent-length:1\n\nabc\0",
            "SEND {destination=/a}{content-length=3}{content-length=1} abc"),
        Of(
            V12, "several frames in a row",
            "SEND\ndestination:/a\n\n1\0SEND\ndestination:/b\n\n2\0ABORT\ntransaction:t\n\n\0",
            "SEND {destination=/a} 1",
            "SEND {destination=/b} 2",
            "ABORT {transaction=t} "),
        Of(
            V12, "line ends between frames",
            "\n\n\r\nSEND\ndestination:/a\n\n1\0\r\n\n\n\r\nSEND\ndestination:/a\n\n2\0\n\r\n",
            "SEND {destination=/a} 1",
            "SEND {destination=/a} 2"),
        Of(V12, "CR LF everywhere", "SEND\r\ndestination:/a\r\nreceipt:r\r\n\r\nx\r\n\0", "SEND {destination=/a}{receipt=r} x\r\n"),
        Of(
            V12, "all escapes of 1.2, in name and value",
            "SEND\ndestination:/a\nn\\ca\\nm\\\\e:v\\ra\\\\l\\c\\n\n\n\0",
            "SEND {destination=/a}{n:a\nm\\e=v\ra\\l:\n} "),
        Of(V12, "a colon in a value as it is", "SEND\ndestination:/a\nurl:http://x:1\n\n\0", "SEND {destination=/a}{url=http://x:1} "),
        Of(V12, "an empty value", "SEND\ndestination:/a\nempty:\n\n\0", "SEND {destination=/a}{empty=} "),
        Of(V12, "spaces belong to the value in 1.2", "SEND\ndestination:/a\nk:  v \n\n\0", "SEND {destination=/a}{k=  v } "),
        Of(V12, "repeated headers stay in order", "SEND\ndestination:/a\nk:1\nk:2\nk:3\n\n\0", "SEND {destination=/a}{k=1}{k=2}{k=3} "),
        Of(
            V12, "UTF-8 in headers and body",
            "SEND\ndestination:/a\nname:\u00c3\u00a4\n\n\u00ed\u0095\u009c\0",
            "SEND {destination=/a}{name=\u00c3\u00a4} \u00ed\u0095\u009c"),
        Of(
            V12, "bytes that are no text in a body",
            "SEND\ndestination:/a\n\n\u00ff\u00fe\u0080\0",
            "SEND {destination=/a} \u00ff\u00fe\u0080"),
        Of(
            V12, "as many headers as may be",
            "SEND\ndestination:/a\n1:1\n2:2\n3:3\n4:4\n5:5\n6:6\n7:7\n\n\0",
            "SEND {destination=/a}{1=1}{2=2}{3=3}{4=4}{5=5}{6=6}{7=7} "),
        Of(
            V12, "as large a body as may be",
            "SEND\ndestination:/a\n\n" + new string('b', 64) + "\0",
            "SEND {destination=/a} " + new string('b', 64)),
        Of(
            V12, "as large a body as may be, by length",
            "SEND\ndestination:/a\ncontent-length:64\n\n" + new string('b', 64) + "\0",
            "SEND {destination=/a}{content-length=64} " + new string('b', 64)),
        Of(V12, "as large headers as may be", $"SEND\nk:{new string('v', 192)}\n\n\0", $"SEND {{k={new string('v', 192)}}} "),
        Of(V12, "the longest command with CR LF", "UNSUBSCRIBE\r\nid:1\r\n\r\n\0", "UNSUBSCRIBE {id=1} "),
        Of(V12, "a frame that has only begun", "SEND\ndestination:/a\n\nbo"),
        Of(V12, "a command that has only begun", "SEN"),
        Of(V12, "a CR that may become a line end", "\n\r"),
        Of(V12, "a NUL-less frame by length", "SEND\ncontent-length:3\n\nabc"),
        Of(V11, "escapes of 1.1", "SEND\ndestination:/a\nk\\c:\\n\\\\\\c\n\n\0", "SEND {destination=/a}{k:=\n\\:} "),
        Of(V11, "a CR is no line end in 1.1", "SEND\ndestination:/a\nk:v\r\n\n\0", "SEND {destination=/a}{k=v\r} "),
        Of(V11, "NACK", "NACK\nsubscription:0\nmessage-id:1\n\n\0", "NACK {subscription=0}{message-id=1} "),
        Of(V11, "spaces belong to the value in 1.1", "SEND\ndestination:/a\nk: v\n\n\0", "SEND {destination=/a}{k= v} "),
        Of(V10, "no escapes in 1.0", "SEND\ndestination:/a\nk:\\x\\n\\\n\n\0", "SEND {destination=/a}{k=\\x\\n\\} "),
        Of(V10, "spaces around a value in 1.0", "SEND\ndestination: /a \n\n\0", "SEND {destination=/a} "),
        Of(V10, "CR LF before any agreement", "SEND\r\ndestination:/a\r\n\r\n\0", "SEND {destination=/a} "),
        Of(V10, "a colon in a value of 1.0", "SEND\ndestination:/a\nk:a:b\n\n\0", "SEND {destination=/a}{k=a:b} "),
    ];

    public static readonly StompSample[] Broken =
    [
        Bad(V12, UnknownCommand, "an unknown command", "FLY\n\n\0"),
        Bad(V12, UnknownCommand, "an unknown command with headers", "FLY\nreceipt:r\nto:moon\n\nbody\0"),
        Bad(V12, UnknownCommand, "an unknown command with a broken header", "FLY\nmoon\n\n\0"),
        Bad(V12, UnknownCommand, "a command in small letters", "send\ndestination:/a\n\n\0"),
        Bad(V12, UnknownCommand, "a command that never ends", "SENDSENDSENDSEND"),
        Bad(V12, UnknownCommand, "a space before the command", " SEND\n\n\0"),
        Bad(V12, UnknownCommand, "a CR before the command", "\rSEND\ndestination:/a\n\n\0"),
        Bad(V12, UnknownCommand, "a frame behind a good one", "SEND\ndestination:/a\n\n1\0GO\n\n\0", "SEND {destination=/a} 1"),
        Bad(V11, UnknownCommand, "CR LF in 1.1", "SEND\r\ndestination:/a\r\n\r\n\0"),
        Bad(V12, MalformedHeader, "no colon", "SEND\ndestination\n\n\0"),
        Bad(V12, MalformedHeader, "no name", "SEND\n:value\n\n\0"),
        Bad(V12, MalformedHeader, "NUL in a header", "SEND\nk:a\0b\n\n\0"),
        Bad(V12, MalformedHeader, "no empty line", "SEND\ndestination:/a\0SEND\n\n\0"),
        Bad(V12, MalformedHeader, "a CR inside a line of 1.2", "SEND\ndestination:/a\nk:a\rb\n\n\0"),
        Bad(V12, MalformedHeader, "two CRs before the line end", "SEND\ndestination:/a\r\r\n\n\0"),
        Bad(V12, HeaderNotText, "a header that is not UTF-8", "SEND\ndestination:/a\nk:\u00ff\n\n\0"),
        Bad(V11, HeaderNotText, "a name that is not UTF-8", "SEND\ndestination:/a\n\u00c3:v\n\n\0"),
        Bad(V10, HeaderNotText, "a header that is not UTF-8 in 1.0", "SEND\ndestination:/\u00e4\n\n\0"),
        Bad(V12, UndefinedEscape, "an undefined escape", "SEND\nk:\\t\n\n\0"),
        Bad(V12, UndefinedEscape, "an undefined escape in a name", "SEND\n\\k:v\n\n\0"),
        Bad(V12, UndefinedEscape, "an escape that ends too soon", "SEND\nk:v\\\n\n\0"),
        Bad(V11, UndefinedEscape, "1.2's escape in 1.1", "SEND\nk:\\r\n\n\0"),
        Bad(V12, TooManyHeaders, "one header too many", "SEND\n1:1\n2:2\n3:3\n4:4\n5:5\n6:6\n7:7\n8:8\n9:9\n\n\0"),
        Bad(V12, HeadersTooLarge, "one byte of headers too many", $"SEND\nk:{new string('v', 193)}\n\n\0"),
        Bad(V12, HeadersTooLarge, "a header that never ends", $"SEND\nk:{new string('v', 300)}"),
        Bad(V12, BadContentLength, "a content-length that is no number", "SEND\ncontent-length:x\n\n\0"),
        Bad(V12, BadContentLength, "an empty content-length", "SEND\ncontent-length:\n\n\0"),
        Bad(V12, BadContentLength, "a negative content-length", "SEND\ncontent-length:-1\n\n\0"),
        Bad(V12, BadContentLength, "a signed content-length", "SEND\ncontent-length:+1\n\nx\0"),
        Bad(V12, BadContentLength, "a content-length of minus nothing", "SEND\ncontent-length:-0\n\n\0"),
        Bad(V12, BadContentLength, "a content-length with more behind it", "SEND\ncontent-length:1x\n\nx\0"),
        Bad(V12, BadContentLength, "a content-length beyond any integer", "SEND\ncontent-length:99999999999\n\n\0"),
        Bad(V12, BodyTooLarge, "a content-length over the limit", "SEND\ncontent-length:65\n\n"),
        Bad(V12, BodyTooLarge, "a content-length near the largest integer", "SEND\ncontent-length:2147483647\n\n"),
        Bad(V12, BodyTooLarge, "a body over the limit", "SEND\n\n" + new string('b', 65) + "\0"),
        Bad(V12, BodyTooLarge, "a body that never ends", "SEND\n\n" + new string('b', 99)),
        Bad(V12, BodyNotTerminated, "no NUL where the length says", "SEND\ncontent-length:2\n\nabc\0"),
        Bad(V12, BodyNotAllowed, "a body on SUBSCRIBE", "SUBSCRIBE\nid:1\ndestination:/a\n\nbody\0"),
        Bad(V12, BodyNotAllowed, "a body on DISCONNECT by length", "DISCONNECT\ncontent-length:1\n\nx\0"),
    ];
}
