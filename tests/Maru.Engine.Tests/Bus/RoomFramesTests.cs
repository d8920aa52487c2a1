using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Tests.Bus;

public sealed class RoomFramesTests
{
    private static readonly RoomId Room = new(7);

    [Fact]
    public void A_run_is_read_as_it_was_written()
    {
        Entry[] run =
        [
            new(Room, 5, EntryKind.MessageCreated, "one"u8.ToArray()) { Number = 1L << 40 },
            Entry(6, EntryKind.MemberLeft, "", 1L << 40),
            new(Room, 7, EntryKind.MessageEdited, "two"u8.ToArray()) { Target = 5 },
            Entry(8, EntryKind.RoomDeleted, new string('x', 1000)),
        ];
        var read = Run(RoomFrames.Write(run, 10_000));
        read.Select(x => (x.Room, x.Seq, x.Kind, x.Number, x.Member, x.Target))
            .ShouldBe(run.Select(x => (x.Room, x.Seq, x.Kind, x.Number, x.Member, x.Target)));
        for (var i = 0; i < run.Length; i++) read[i].Body.ShouldBe(run[i].Body);
    }

    [Fact]
    public void Of_a_run_that_is_too_large_only_its_end_is_told()
    {
        var reader = new FrameReader(RoomFrames.Write([Entry(5, EntryKind.MessageCreated, new string('x', 1000))], 1000));
        reader.Byte().ShouldBe(RoomFrames.Head);
        reader.Number().ShouldBe(5);
        reader.IsAtEnd.ShouldBeTrue();
    }

    [Fact]
    public void A_signal_is_read_as_it_was_written()
    {
        byte[][] headers = [.. Enumerable.Range(0, 600).Select(x => new[] { (byte)x })];
        var reader = new FrameReader(RoomFrames.Write(new Signal("커서", new UserId(3), headers, [0, 255, 1], false)));
        reader.Byte().ShouldBe(RoomFrames.Signal);
        var read = RoomFrames.ReadSignal(ref reader);
        (read.Name, read.Sender, read.IsText).ShouldBe(("커서", new UserId(3), false));
        read.Headers.ShouldBe(headers);
        read.Body.ShouldBe([0, 255, 1]);
    }

    [Fact]
    public void A_frame_that_ends_early_or_is_none_is_refused_and_nothing_else_happens()
    {
        byte[][] frames =
        [
            [.. RoomFrames.Write([Entry(5, EntryKind.MessageCreated, "one"), Entry(6, EntryKind.MemberLeft, "two", 3)], 10_000)],
            [.. RoomFrames.Write([Entry(1L << 40, EntryKind.MessageCreated, "one")], 10)],
            [.. RoomFrames.Write(new Signal("cursor", new UserId(3), [[1], [2]], [1, 2, 3], true))],
        ];
        foreach (var frame in frames)
        {
            for (var length = 0; length < frame.Length; length++) IsRead(frame.AsSpan(0, length)).ShouldBeFalse();
            IsRead(frame).ShouldBeTrue();
            var random = new Random(1);
            for (var i = 0; i < 20_000; i++)
            {
                var broken = frame.ToArray();
                for (var j = random.Next(1, 4); j > 0; j--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
                _ = IsRead(broken);
            }
        }
    }

    [Fact]
    public void Entries_out_of_order_are_no_run()
    {
        IsRead(RoomFrames.Write([Entry(5, EntryKind.MessageCreated, ""), Entry(7, EntryKind.MessageCreated, "")], 1000)).ShouldBeFalse();
        IsRead(RoomFrames.Write([Entry(0, EntryKind.MessageCreated, "")], 1000)).ShouldBeFalse();
    }

    [Fact]
    public void A_newer_node_s_kind_is_read_and_its_event_passes_unchanged()
    {
        var pinned = Entry(1, new EntryKind(999, "message.pinned"), "{\"type\":\"message.pinned\"}");
        Entry[] sent = [pinned, Entry(2, EntryKind.MessageCreated, "")];
        var run = Run(RoomFrames.Write(sent, 1000));
        run.Select(x => (x.Seq, x.Kind.Number, x.Kind.IsKnown)).ShouldBe([(1, 999, false), (2, 0, true)]);
        run[0].Body.ShouldBe(sent[0].Body);
    }

    private static List<Entry> Run(ReadOnlySpan<byte> frame)
    {
        var reader = new FrameReader(frame);
        reader.Byte().ShouldBe(RoomFrames.Run);
        var run = RoomFrames.ReadRun(ref reader, Room);
        reader.IsAtEnd.ShouldBeTrue();
        return run;
    }

    private static bool IsRead(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new FrameReader(frame);
            switch (reader.Byte())
            {
                case RoomFrames.Run:
                    RoomFrames.ReadRun(ref reader, Room);
                    break;
                case RoomFrames.Head:
                    reader.Number();
                    break;
                case RoomFrames.Signal:
                    RoomFrames.ReadSignal(ref reader);
                    break;
            }

            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static Entry Entry(long seq, EntryKind kind, string body, long member = 0) =>
        new(Room, seq, kind, System.Text.Encoding.UTF8.GetBytes(body)) { Member = member == 0 ? null : new UserId(member) };
}
