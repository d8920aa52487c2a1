using System.Buffers.Text;
using System.Text;
using Maru.Engine.Codecs;
using Maru.Load.Inbound;
using Maru.Load.Measuring;
using Maru.Load.Verification;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class ReceptionTests
{
    private static readonly byte[] Short =
    [
        .. ServerBytes.Web(ServerBytes.Message(1)),
        .. ServerBytes.Web(ServerBytes.Message(2)),
        .. ServerBytes.Web("\n"u8.ToArray()),                                                       // a heart-beat
        .. ServerBytes.Web(ServerBytes.Receipt(0, 2)),
        .. ServerBytes.Web(ServerBytes.Message(3), ServerBytes.Message(4), "\n"u8.ToArray()),       // several frames in one message
        .. ServerBytes.WebFragments(ServerBytes.Message(5), 100),                                   // one frame in two fragments
        // over two messages
        .. ServerBytes.Web(ServerBytes.Message(6)[..50]), .. ServerBytes.Web(ServerBytes.Message(6)[50..], ServerBytes.Message(7)),
        .. ServerBytes.Web(ServerBytes.MessageInOtherOrder(8)),
        .. WebSocketFrames.Message(WebSocketOpcode.Ping, "hello"u8),
        .. ServerBytes.Web(ServerBytes.Message(9)),
    ];

    private static readonly byte[] Stream =
    [
        .. Short,
        .. ServerBytes.Web(ServerBytes.Message(10, text: new string('y', 70_000))),                 // a 64-bit length
        .. ServerBytes.Web(ServerBytes.Message(11)),
    ];

    private static readonly string[] Expected = ["1", "2", "receipt", "3", "4", "5", "6", "7", "8", "ping hello", "9", "10", "11"];

    [Fact]
    public void The_general_way_reads_every_legal_form() => Member.Read(new KnownFrames(0, 64), keep: false, Stream).ShouldBe(Expected);

    [Fact]
    public void The_quick_way_equals_the_general_one_split_at_every_byte()
    {
        for (var at = 0; at <= Stream.Length; at += at > Short.Length + 500 && at < Stream.Length - 500 ? 997 : 1)
        {
            var known = new KnownFrames(1 << 20, 64);
            Member.Read(known, keep: true, Stream[..at], Stream[at..]).ShouldBe(Expected, $"first member, split at {at}");
            Member.Read(known, keep: true, Stream[..at], Stream[at..]).ShouldBe(Expected, $"second member, split at {at}");
        }
    }

    [Fact]
    public void A_byte_at_a_time_reads_the_same()
    {
        var known = new KnownFrames(1 << 20, 64);
        var bytes = Short.Select(b => new[] { b }).ToArray();

        Member.Read(known, keep: true, bytes).ShouldBe(Expected[..^2]);
        Member.Read(known, keep: true, bytes).ShouldBe(Expected[..^2]);
    }

    [Fact]
    public void A_second_member_is_read_by_comparison()
    {
        byte[] stream = [.. Enumerable.Range(1, 40).SelectMany(seq => ServerBytes.Web(ServerBytes.Message(seq)))];
        var known = new KnownFrames(1 << 20, 64);

        Member.ReadCounted(known, keep: true, stream).Compared.ShouldBe(0);
        Member.ReadCounted(known, keep: true, stream).Compared.ShouldBe(40);
    }

    [Fact]
    public void One_other_byte_is_not_taken_for_known()
    {
        var frame = ServerBytes.Web(ServerBytes.Message(1));
        for (var at = frame.Length - 70; at < frame.Length - 4; at++)
        {
            var known = new KnownFrames(1 << 20, 64);
            Member.Read(known, keep: true, frame);
            var other = frame.ToArray();
            other[at] ^= 1;

            Member.ReadCounted(known, keep: true, other).Compared.ShouldBe(0);
        }
    }

    [Fact]
    public void A_different_message_under_a_known_seq_contradicts()
    {
        var known = new KnownFrames(1 << 20, 64);
        known.Keep(5, ServerBytes.Web(ServerBytes.Message(5)), new MessageText(1, 2, 3));

        known.Contradicts(5, new MessageText(1, 2, 3)).ShouldBeFalse();
        known.Contradicts(5, new MessageText(1, 9, 3)).ShouldBeTrue();
        known.Contradicts(6, new MessageText(1, 9, 3)).ShouldBeFalse();
    }

    /// <summary>One member of the room, reading pieces as a socket would give them.</summary>
    private static class Member
    {
        public static string[] Read(KnownFrames known, bool keep, params byte[][] pieces) => ReadCounted(known, keep, pieces).Events;

        public static (string[] Events, int Compared) ReadCounted(KnownFrames known, bool keep, params byte[][] pieces)
        {
            var frames = new ServerFrames { Version = StompVersion.V12 };
            var seq = new SeqCheck(0);
            var silence = default(Silence);
            var events = new List<string>();
            byte[] rest = [];
            var compared = 0;
            foreach (var piece in pieces)
            {
                byte[] data = [.. rest, .. piece];
                var reception = new Reception(
                    ref frames, ref seq, ref silence, known, data, new LatencyWindow(new Histogram(), 0, long.MaxValue, 0, 0));
                while (true)
                {
                    var before = seq.Last;
                    var read = reception.Next(out var frame, out var payload);
                    for (var s = before + 1; s <= seq.Last; s++) events.Add($"{s}");
                    if (read == InboundEvent.NeedMore) break;
                    if (read == InboundEvent.Ping) events.Add("ping " + Encoding.ASCII.GetString(payload));
                    else if (frame.Command == StompCommand.Receipt) events.Add("receipt");
                    else events.Add(Accept(ref seq, frame, keep ? payload : default, known));
                }

                compared += reception.Compared;
                rest = data[reception.Taken..];
            }

            rest.Length.ShouldBe(0);
            return ([.. events], compared);
        }

        private static string Accept(ref SeqCheck seq, StompFrame frame, ReadOnlySpan<byte> alone, KnownFrames known)
        {
            frame.Command.ShouldBe(StompCommand.Message);
            frame.TryGetHeader("seq"u8, out var raw).ShouldBeTrue();
            Utf8Parser.TryParse(raw, out long number, out _).ShouldBeTrue();
            seq.Accept(number).ShouldBe(SeqVerdict.Next);
            MessageText.TryParse(MessageText.Find(frame.Body), ServerBytes.Payload, out var text);
            if (!alone.IsEmpty) known.Keep(number, alone, text);
            return $"{number}";
        }
    }
}
