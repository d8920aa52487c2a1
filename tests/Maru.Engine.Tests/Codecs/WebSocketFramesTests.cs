using System.Buffers.Binary;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Codecs;

public sealed class WebSocketFramesTests
{
    [Fact]
    public void A_mask_does_at_every_offset_and_length_what_the_naive_loop_does()
    {
        var random = new Random(3);
        var key = new byte[4];
        for (var length = 0; length <= 100; length++)
        {
            for (var offset = 0; offset < 9; offset++)
            {
                // Away from the start of the array: nothing may rely on alignment.
                var lead = random.Next(0, 9);
                var bytes = new byte[lead + length + 3];
                random.NextBytes(bytes);
                random.NextBytes(key);
                var expected = bytes.ToArray();
                for (var i = 0; i < length; i++) expected[lead + i] ^= key[(offset + i) & 3];

                WebSocketFrames.ApplyMask(bytes.AsSpan(lead, length), BitConverter.ToUInt32(key), offset);
                bytes.ShouldBe(expected, $"length {length}, offset {offset}");
            }
        }
    }

    [Theory]
    [InlineData(0, "8200")]
    [InlineData(125, "827D")]
    [InlineData(126, "827E007E")]
    [InlineData(65_535, "827EFFFF")]
    [InlineData(65_536, "827F0000000000010000")]
    public void A_header_is_as_short_as_the_length_allows(int length, string hex)
    {
        var frame = WebSocketFrames.Message(WebSocketOpcode.Binary, new byte[length]);
        Convert.ToHexString(frame[..(frame.Length - length)]).ShouldBe(hex);
        WebSocketFrames.HeaderSize(length).ShouldBe(hex.Length / 2);
    }

    [Fact]
    public void A_close_frame_has_its_code_and_never_more_than_125_bytes()
    {
        var frame = WebSocketFrames.Close(1013, new byte[500]);
        (frame[0], frame[1], frame.Length).ShouldBe(((byte)0x88, (byte)125, 127));
        BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2)).ShouldBe((ushort)1013);
    }
}
