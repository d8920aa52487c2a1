using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Codecs;

public sealed class WebSocketReaderTests
{
    [Theory]
    [MemberData(nameof(WebSocketSamples.All), MemberType = typeof(WebSocketSamples))]
    public void Every_sample_reads_the_same_however_it_is_cut(WebSocketSample sample)
    {
        foreach (var pieces in Splits.Of(Convert.FromHexString(sample.Hex)))
        {
            // Bytes in front of the invalid one come out as they arrive: only cut before a frame's payload they are the same.
            var events = Read(sample.Masked, pieces);
            if (sample.Events[^1] == nameof(WebSocketEvent.InvalidText)) events[^1].ShouldBe(sample.Events[^1], customMessage: $"the first piece has {pieces[0].Length}");
            else string.Join(" ", events).ShouldBe(string.Join(" ", sample.Events), customMessage: $"cut in {pieces.Length}, the first {pieces[0].Length}");
        }
    }

    [Fact]
    public void A_long_message_comes_out_of_any_cut_as_it_went_in()
    {
        var random = new Random(5);
        foreach (var length in new[] { 125, 126, 127, 65_535, 65_536, 70_000 })
        {
            var payload = new byte[length];
            random.NextBytes(payload);
            var frame = new byte[length + WebSocketFrames.LongestHeader];
            var header = WebSocketFrames.WriteMaskedHeader(frame, WebSocketOpcode.Binary, length, 0x12345678);
            payload.CopyTo(frame, header);
            WebSocketFrames.ApplyMask(frame.AsSpan(header, length), 0x12345678, 0);
            var events = Read(true, Splits.AtRandom(frame[..(header + length)], random, 5000));
            events.ShouldBe([$"Payload:{Convert.ToHexString(payload)}"]);
        }
    }

    [Fact]
    public void Text_is_checked_across_every_cut_of_every_kind_of_character()
    {
        var text = System.Text.Encoding.UTF8.GetBytes("a\u00e4\uacf0\ud83d\ude00z\u07ff\u0800\uffff\ud800\udc00\udbff\udfff");
        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++)
            {
                var check = default(Utf8Check);
                check.Append(text.AsSpan(0, first), false).ShouldBeTrue();
                check.Append(text.AsSpan(first, second - first), false).ShouldBeTrue();
                check.Append(text.AsSpan(second), true).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void Random_bytes_are_text_exactly_when_they_are_as_a_whole()
    {
        var random = new Random(6);
        byte[] alphabet = [0x41, 0x80, 0xBF, 0xC2, 0xC0, 0xE0, 0xA0, 0xED, 0x9F, 0xEF, 0xF0, 0x90, 0xF4, 0x8F, 0xF5, 0xFF];
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(1, 7)];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = alphabet[random.Next(alphabet.Length)];
            var check = default(Utf8Check);
            var pieces = Splits.AtRandom(bytes, random, 4);
            var valid = true;
            for (var i = 0; i < pieces.Length && valid; i++) valid = check.Append(pieces[i], i == pieces.Length - 1);
            valid.ShouldBe(System.Text.Unicode.Utf8.IsValid(bytes), customMessage: Convert.ToHexString(bytes));
        }
    }

    private static List<string> Read(bool masked, byte[][] pieces)
    {
        var reader = new WebSocketReader(masked);
        List<string> events = [];
        byte[] held = [];
        var frameLeft = 0L;
        foreach (var piece in pieces)
        {
            held = [.. held, .. piece];
            while (true)
            {
                var copy = held.ToArray();
                var status = reader.Read(copy, out var consumed, out var payload);
                if (status == WebSocketEvent.NeedMore) break;
                if (status is WebSocketEvent.ProtocolError or WebSocketEvent.InvalidText)
                {
                    events.Add(status.ToString());
                    return events;
                }

                if (status == WebSocketEvent.Payload && frameLeft > 0) events[^1] += Convert.ToHexString(payload);
                else events.Add($"{status}:{Convert.ToHexString(payload)}");
                if (status == WebSocketEvent.Payload) frameLeft = frameLeft > 0 ? frameLeft - payload.Length : Announced(held) - payload.Length;
                held = held[consumed..];
            }
        }

        return events;
    }

    /// <summary>What the header says, read the naive way.</summary>
    private static long Announced(byte[] frame) => (frame[1] & 127) switch
    {
        126 => (frame[2] << 8) | frame[3],
        127 => System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(frame.AsSpan(2)),
        var length => length,
    };
}
