using System.Text.Unicode;
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
            var cut = $"cut in {pieces.Length}, the first {pieces[0].Length}";
            if (sample.Events[^1] == nameof(WebSocketEvent.InvalidText)) events[^1].ShouldBe(sample.Events[^1], cut);
            else string.Join(" ", events).ShouldBe(string.Join(" ", sample.Events), cut);
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
    public void Random_bytes_are_text_exactly_when_they_are_as_a_whole_and_fail_at_the_first_byte_that_none_can_have()
    {
        var random = new Random(6);
        byte[] alphabet = [0x41, 0x80, 0xBF, 0xC2, 0xC0, 0xE0, 0xA0, 0xED, 0x9F, 0xEF, 0xF0, 0x90, 0xF4, 0x8F, 0xF5, 0xFF];
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(1, 7)];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = alphabet[random.Next(alphabet.Length)];
            var check = default(Utf8Check);
            var length = 0;
            foreach (var piece in Splits.AtRandom(bytes, random, 4))
            {
                length += piece.Length;
                var ended = check;      // a copy: the text might end here
                ended.Append(piece, true).ShouldBe(Utf8.IsValid(bytes.AsSpan(0, length)), Convert.ToHexString(bytes[..length]));
                var alive = check.Append(piece, false);
                alive.ShouldBe(CanBecomeText(bytes.AsSpan(0, length)), Convert.ToHexString(bytes[..length]));
                if (!alive) break;
            }
        }
    }

    /// <summary>Tried out: whether up to three more bytes make it text.</summary>
    private static bool CanBecomeText(ReadOnlySpan<byte> bytes, int more = 3)
    {
        if (Utf8.IsValid(bytes)) return true;
        if (more == 0) return false;
        foreach (var next in (byte[])[0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF])
        {
            if (CanBecomeText([.. bytes, next], more - 1)) return true;
        }

        return false;
    }

    [Fact]
    public void A_close_carries_one_of_the_codes_that_stand_in_frames_and_no_other()
    {
        // RFC 6455, 7.4, and the registry behind it: 1004 to 1006 and 1015 never stand in a frame, 1016 to 2999 are nobody's yet.
        foreach (var code in Enumerable.Range(0, 65_536))
        {
            var sent = code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999;
            Span<byte> frame = [0x88, 0x82, 0, 0, 0, 0, (byte)(code >> 8), (byte)code];
            var read = new WebSocketReader(true).Read(frame, out _, out _);
            read.ShouldBe(sent ? WebSocketEvent.Close : WebSocketEvent.ProtocolError, $"code {code}");
        }
    }

    [Fact]
    public void Any_reserved_bit_breaks_any_frame()
    {
        foreach (var bits in Enumerable.Range(1, 7))
        {
            foreach (var opcode in Enumerable.Range(0, 16))
            {
                Span<byte> frame = [(byte)(0x80 | (bits << 4) | opcode), 0x80, 0, 0, 0, 0];
                new WebSocketReader(true).Read(frame, out _, out _).ShouldBe(WebSocketEvent.ProtocolError, Convert.ToHexString(frame));
            }
        }
    }

    [Fact]
    public void Opcodes_that_nobody_defined_are_refused()
    {
        foreach (var opcode in (byte[])[3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
        {
            Span<byte> frame = [(byte)(0x80 | opcode), 0x80, 0, 0, 0, 0];
            new WebSocketReader(true).Read(frame, out _, out _).ShouldBe(WebSocketEvent.ProtocolError, Convert.ToHexString(frame));
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
                if (status == WebSocketEvent.Payload) frameLeft = (frameLeft > 0 ? frameLeft : Announced(held)) - payload.Length;
                held = held[consumed..];
            }
        }

        return events;
    }

    /// <summary>Returns the length that the header announces, read the naive way.</summary>
    private static long Announced(byte[] frame) => (frame[1] & 127) switch
    {
        126 => (frame[2] << 8) | frame[3],
        127 => System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(frame.AsSpan(2)),
        var length => length,
    };
}
