using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Server.Bus;
using Maru.Server.Platform.Limits;

namespace Maru.Server.Tests.Bus;

public sealed class BackplaneFramesTests
{
    private static readonly Guid Node = Guid.NewGuid();
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
        var frame = BackplaneFrames.Run(Node, run, 10_000);
        BackplaneFrames.TryReadHeader(frame, out var node, out var kind).ShouldBeTrue();
        (node, kind).ShouldBe((Node, BackplaneKind.Run));
        var read = BackplaneFrames.ReadRun(frame, Room);
        read.Select(x => (x.Room, x.Seq, x.Kind, x.Number, x.Member, x.Target))
            .ShouldBe(run.Select(x => (x.Room, x.Seq, x.Kind, x.Number, x.Member, x.Target)));
        for (var i = 0; i < run.Length; i++) read[i].Body.ShouldBe(run[i].Body);
    }

    [Fact]
    public void Of_a_run_that_is_too_large_only_its_end_is_told()
    {
        var frame = BackplaneFrames.Run(Node, [Entry(5, EntryKind.MessageCreated, new string('x', 1000))], 1000);
        BackplaneFrames.TryReadHeader(frame, out _, out var kind).ShouldBeTrue();
        kind.ShouldBe(BackplaneKind.Head);
        BackplaneFrames.ReadHead(frame).ShouldBe(5);
    }

    [Fact]
    public void A_signal_is_read_as_it_was_written()
    {
        byte[][] headers = [.. Enumerable.Range(0, 600).Select(x => new[] { (byte)x })];
        var frame = BackplaneFrames.Signal(Node, new SignalFrame("커서", new UserId(3), headers, [0, 255, 1], false));
        var read = BackplaneFrames.ReadSignal(frame);
        (read.Name, read.Sender, read.IsText).ShouldBe(("커서", new UserId(3), false));
        read.Headers.ShouldBe(headers);
        read.Body.ShouldBe([0, 255, 1]);
    }

    [Fact]
    public void A_frame_that_ends_early_or_is_none_is_refused_and_nothing_else_happens()
    {
        byte[][] frames =
        [
            BackplaneFrames.Run(Node, [Entry(5, EntryKind.MessageCreated, "one"), Entry(6, EntryKind.MemberLeft, "two", 3)], 10_000),
            BackplaneFrames.Head(Node, 1L << 40),
            BackplaneFrames.Signal(Node, new SignalFrame("cursor", new UserId(3), [[1], [2]], [1, 2, 3], true)),
            BackplaneFrames.Spent(Node, Limit.Users, [(-1, 3), (long.MaxValue, 1 << 20)]),
        ];
        foreach (var frame in frames)
        {
            for (var length = 0; length < frame.Length; length++) IsRead(frame[..length]).ShouldBeFalse();
            IsRead(frame).ShouldBeTrue();
            var random = new Random(1);
            for (var i = 0; i < 20_000; i++)
            {
                var broken = frame.ToArray();
                for (var j = random.Next(1, 4); j > 0; j--) broken[random.Next(2, broken.Length)] = (byte)random.Next(256);
                _ = IsRead(broken);
            }
        }
    }

    [Fact]
    public void Entries_out_of_order_are_no_run()
    {
        IsRead(BackplaneFrames.Run(Node, [Entry(5, EntryKind.MessageCreated, ""), Entry(7, EntryKind.MessageCreated, "")], 1000)).ShouldBeFalse();
        IsRead(BackplaneFrames.Run(Node, [Entry(0, EntryKind.MessageCreated, "")], 1000)).ShouldBeFalse();
    }

    [Fact]
    public void A_newer_node_s_kind_is_read_and_its_event_passes_unchanged()
    {
        Entry[] sent = [Entry(1, new EntryKind(99, "message.pinned"), "{\"type\":\"message.pinned\"}"), Entry(2, EntryKind.MessageCreated, "")];
        var run = BackplaneFrames.ReadRun(BackplaneFrames.Run(Node, sent, 1000), Room);
        run.Select(x => (x.Seq, x.Kind.Number, x.Kind.IsKnown)).ShouldBe([(1, 99, false), (2, 0, true)]);
        run[0].Body.ShouldBe(sent[0].Body);
    }

    private static bool IsRead(byte[] frame)
    {
        try
        {
            if (!BackplaneFrames.TryReadHeader(frame, out _, out var kind)) return false;
            switch (kind)
            {
                case BackplaneKind.Run:
                    BackplaneFrames.ReadRun(frame, Room);
                    break;
                case BackplaneKind.Head:
                    BackplaneFrames.ReadHead(frame);
                    break;
                case BackplaneKind.Signal:
                    BackplaneFrames.ReadSignal(frame);
                    break;
                case BackplaneKind.Spent:
                    BackplaneFrames.ReadSpent(frame);
                    break;
            }

            return true;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return false;
        }
    }

    private static Entry Entry(long seq, EntryKind kind, string body, long member = 0) =>
        new(Room, seq, kind, System.Text.Encoding.UTF8.GetBytes(body)) { Member = member == 0 ? null : new UserId(member) };
}
