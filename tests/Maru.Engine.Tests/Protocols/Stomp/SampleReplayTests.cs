using Maru.Engine.Codecs;
using Maru.Engine.Protocols;
using Maru.Engine.Protocols.Stomp;
using Maru.Engine.Tests.Codecs;

namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class SampleReplayTests
{
    [Theory]
    [MemberData(nameof(StompSample.All), MemberType = typeof(StompSample))]
    public async Task Every_sample_is_answered_the_same_however_its_websocket_stream_is_cut(StompSample sample)
    {
        var limits = StompSample.Limits;
        using var rig = new EngineRig(x =>
            (x.MaxHeaders, x.MaxHeaderBytes, x.MaxBodyBytes) = (limits.MaxHeaders, limits.MaxHeaderBytes, limits.MaxBodyBytes));
        var frames = Frame(sample.Bytes);
        var whole = "";
        foreach (var pieces in Splits.Of(frames))
        {
            var answer = await AnswerAsync(rig, sample.Version, pieces);
            if (whole.Length == 0) whole = answer;
            answer.ShouldBe(whole, customMessage: $"cut in {pieces.Length}, the first {pieces[0].Length}");
        }

        // A frame that is read is at most refused; a broken one ends the connection with the reason's name.
        if (sample.Ends == StompReadStatus.NeedMore) return;
        var slug = sample.Ends is StompReadStatus.TooManyHeaders or StompReadStatus.HeadersTooLarge or StompReadStatus.BodyTooLarge
            ? "too-large"
            : "bad-frame";
        whole.ShouldContain($"ERROR {{message={slug}}}");
        whole.ShouldEndWith("closed");
    }

    /// <summary>The sample in two WebSocket messages: a STOMP frame may lie across them.</summary>
    private static byte[] Frame(byte[] bytes)
    {
        List<byte> stream = [];
        Span<byte> header = stackalloc byte[WebSocketFrames.LongestHeader];
        foreach (var part in new[] { bytes[..(bytes.Length / 2)], bytes[(bytes.Length / 2)..] })
        {
            var size = WebSocketFrames.WriteMaskedHeader(header, WebSocketOpcode.Binary, part.Length, 0x0A0B0C0D);
            WebSocketFrames.ApplyMask(part, 0x0A0B0C0D, 0);
            stream.AddRange(header[..size]);
            stream.AddRange(part);
        }

        return [.. stream];
    }

    private static async Task<string> AnswerAsync(EngineRig rig, StompVersion version, byte[][] pieces)
    {
        var sink = new MemorySink();
        var session = new StompSession(sink, rig.Engine.Clients, Framing.WebSocket);
        rig.Engine.Connections.TryOpen(session.Connection).ShouldBeTrue();
        var number = System.Text.Encoding.ASCII.GetString(StompVersions.Text(version));
        await session.ReceiveAsync(System.Text.Encoding.ASCII.GetBytes(
            $"CONNECT\naccept-version:{number}\npasscode:7\n\n\0SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n\0"));
        var edge = new WebSocketFeed(session);
        foreach (var piece in pieces)
        {
            if (!await edge.FeedAsync(piece)) break;
        }

        var stream = new ServerStream();
        stream.Add(sink.Read());
        session.Closed();
        return string.Join("\n", stream.Frames.Skip(1)) + (stream.CloseCode is null ? " open" : " closed");
    }
}
