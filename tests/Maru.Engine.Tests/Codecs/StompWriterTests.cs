using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Codecs;

public sealed class StompWriterTests
{
    [Theory]
    [InlineData(StompVersion.V12, "a:b\\c\nd\re", "a\\cb\\\\c\\nd\\re")]
    [InlineData(StompVersion.V11, "a:b\\c\nd\re", "a\\cb\\\\c\\nd e")]
    [InlineData(StompVersion.V10, "a:b\\c\nd\re", "a:b\\c d e")]
    public void Each_version_has_its_own_escapes_and_no_line_end_gets_out(StompVersion version, string value, string written)
    {
        var bytes = Encoding.ASCII.GetBytes(value);
        var encoded = new byte[2 * bytes.Length];
        var length = StompEscapes.Encode(bytes, version, encoded);
        Encoding.ASCII.GetString(encoded, 0, length).ShouldBe(written);
        StompEscapes.EncodedLength(bytes, version).ShouldBe(length);
    }

    [Fact]
    public void A_header_name_cannot_smuggle_a_second_header_into_a_version_without_escapes()
    {
        // A 1.2 client may send the header name "sender\c9"; unescaped for a 1.0 receiver it would read as its "sender".
        var buffer = new byte[64];
        var writer = new StompWriter(buffer, StompVersion.V10);
        writer.Header("sender:9"u8, "x"u8);
        Encoding.ASCII.GetString(buffer, 0, writer.Position).ShouldBe("sender 9:x\n");
    }

    [Theory]
    [InlineData(StompVersion.V10)]
    [InlineData(StompVersion.V11)]
    [InlineData(StompVersion.V12)]
    public void What_the_writer_writes_the_reader_reads(StompVersion version)
    {
        var random = new Random(12 + (int)version);
        for (var round = 0; round < 500; round++)
        {
            var headers = new (byte[] Name, byte[] Value)[random.Next(0, 6)];
            for (var i = 0; i < headers.Length; i++) headers[i] = (RandomText(random, version, 1, 12), RandomText(random, version, 0, 20));
            var body = new byte[random.Next(0, 64)];
            random.NextBytes(body);

            var frame = Write(version, headers, body);
            foreach (var pieces in new[] { [frame], Splits.AtRandom(frame, random, 7) })
            {
                var read = ReadOne(version, pieces);
                read.Body.ShouldBe(body);
                read.Headers.Select(x => (x.Name, x.Value)).ShouldBe(
                    [
                        .. headers.Select(x => (Encoding.Latin1.GetString(x.Name), Encoding.Latin1.GetString(x.Value))),
                        ("content-length", $"{body.Length}"),
                    ]);
            }
        }
    }

    private static byte[] Write(StompVersion version, (byte[] Name, byte[] Value)[] headers, byte[] body)
    {
        var size = headers.Sum(x => StompEscapes.EncodedLength(x.Name, version) + StompEscapes.EncodedLength(x.Value, version) + 2)
            + body.Length + 64;
        var buffer = new byte[size];
        var writer = new StompWriter(buffer, version);
        writer.Command(StompCommand.Send);
        foreach (var (name, value) in headers) writer.Header(name, value);
        writer.Body(body);
        return buffer[..writer.Position];
    }

    private static ReceivedFrame ReadOne(StompVersion version, byte[][] pieces)
    {
        var reader = new StompReader(new StompLimits(10, 1000, 100)) { Version = version };
        byte[] held = [];
        foreach (var piece in pieces)
        {
            held = [.. held, .. piece];
            var status = reader.Read(held, out var consumed, out var frame);
            status.ShouldBeOneOf(StompReadStatus.Frame, StompReadStatus.NeedMore);
            if (status == StompReadStatus.Frame) return ReceivedFrame.From(frame);
            held = held[consumed..];
        }

        throw new InvalidOperationException("no frame came");
    }

    /// <summary>
    /// Any bytes that the version can carry: 1.0 has no escapes, so no colon in a name, no line end, no space around a value;
    /// NUL ends a header nowhere.
    /// </summary>
    private static byte[] RandomText(Random random, StompVersion version, int least, int most)
    {
        var text = new char[random.Next(least, most + 1)];
        for (var i = 0; i < text.Length; i++)
        {
            var special = random.Next(3) == 0;
            do text[i] = special ? ":\\\n\r c"[random.Next(6)] : (char)random.Next(1, 0xD800);
            while (version != StompVersion.V12 && text[i] is '\r' || version == StompVersion.V10 && text[i] is '\n' or ':' or ' ');
        }

        return Encoding.UTF8.GetBytes(text);
    }
}
