using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Codecs;

public sealed class StompReaderTests
{
    [Theory]
    [MemberData(nameof(StompSample.All), MemberType = typeof(StompSample))]
    public void Every_sample_reads_the_same_however_it_is_cut(StompSample sample)
    {
        foreach (var pieces in Splits.Of(sample.Bytes))
        {
            var (frames, status) = Read(sample.Version, pieces);
            frames.ShouldBe(Array.ConvertAll(sample.Frames, x => x.TrimEnd(' ')), $"cut in {pieces.Length}, the first {pieces[0].Length}");
            status.ShouldBe(sample.Ends, $"cut in {pieces.Length}, the first {pieces[0].Length}");
        }
    }

    [Fact]
    public void A_frame_that_comes_a_byte_at_a_time_is_looked_at_once()
    {
        // Quadratic work would look at 4 GB here; the test would not end in its time.
        var limits = new StompLimits(10, 1000, 100_000);
        var bytes = Encoding.ASCII.GetBytes("SEND\ndestination:/a\n\n" + new string('b', 90_000) + "\0");
        var reader = new StompReader(limits);
        for (var i = 1; i < bytes.Length; i++) reader.Read(bytes.AsSpan(0, i), out _, out _).ShouldBeOneOf(StompReadStatus.NeedMore);
        reader.Read(bytes, out var consumed, out var frame).ShouldBe(StompReadStatus.Frame);
        (consumed, frame.Body.Length).ShouldBe((bytes.Length, 90_000));
    }

    [Fact]
    public void The_first_of_repeated_headers_is_the_one_that_counts()
    {
        var reader = new StompReader(StompSample.Limits) { Version = StompVersion.V12 };
        reader.Read("SEND\nk:first\nk:second\n\n\0"u8, out _, out var frame).ShouldBe(StompReadStatus.Frame);
        frame.TryGetHeader("k"u8, out var value).ShouldBeTrue();
        Encoding.ASCII.GetString(value).ShouldBe("first");
        frame.TryGetHeader("K"u8, out _).ShouldBeFalse("names are case-sensitive");
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("STOMP")]
    [InlineData("CONNECTED")]
    public void Connect_and_connected_have_no_escapes_in_any_version(string command)
    {
        var reader = new StompReader(StompSample.Limits) { Version = StompVersion.V12 };
        reader.Read(Encoding.ASCII.GetBytes(command + "\nlogin:a\\tb\\n\n\n\0"), out _, out var frame).ShouldBe(StompReadStatus.Frame);
        ReceivedFrame.From(frame)["login"].ShouldBe("a\\tb\\n");
    }

    [Fact]
    public void All_commands_are_known_by_their_names()
    {
        foreach (var command in Enum.GetValues<StompCommand>().Where(x => x != StompCommand.None))
            StompCommands.Parse(StompCommands.Name(command)).ShouldBe(command);
        StompCommands.Parse("NONE"u8).ShouldBe(StompCommand.None);
        Should.Throw<ArgumentOutOfRangeException>(() => StompCommands.Name(StompCommand.None).Length);
    }

    [Theory]
    [InlineData("1.2", true, StompVersion.V12)]
    [InlineData("1.0,1.1,1.2", true, StompVersion.V12)]
    [InlineData("1.2,1.1,1.0", true, StompVersion.V12)]
    [InlineData("1.1, 1.0", true, StompVersion.V11)]
    [InlineData("1.0", true, StompVersion.V10)]
    [InlineData("2.0,1.0", true, StompVersion.V10)]
    [InlineData("2.0", false, StompVersion.V10)]
    [InlineData("", false, StompVersion.V10)]
    [InlineData("1.20", false, StompVersion.V10)]
    [InlineData("1.2,1.1", true, StompVersion.V11, StompVersion.V11)]
    [InlineData("1.2", false, StompVersion.V10, StompVersion.V11)]
    [InlineData("1.2,1.1,1.0", true, StompVersion.V10, StompVersion.V10)]
    public void The_newest_version_that_both_know_is_chosen(
        string accept, bool found, StompVersion version, StompVersion newest = StompVersion.V12)
    {
        StompVersions.TryNegotiate(Encoding.ASCII.GetBytes(accept), newest, out var chosen).ShouldBe(found);
        chosen.ShouldBe(version);
    }

    private static (string[] Frames, StompReadStatus Status) Read(StompVersion version, byte[][] pieces)
    {
        var reader = new StompReader(StompSample.Limits) { Version = version };
        List<string> frames = [];
        byte[] held = [];
        var status = StompReadStatus.NeedMore;
        foreach (var piece in pieces)
        {
            held = [.. held, .. piece];
            do
            {
                status = reader.Read(held, out var consumed, out var frame);
                if (status == StompReadStatus.Frame) frames.Add(ReceivedFrame.From(frame).ToString().TrimEnd(' '));
                held = held[consumed..];
            }
            while (status == StompReadStatus.Frame);
            if (status > StompReadStatus.Frame) break;
        }

        return ([.. frames], status);
    }
}
