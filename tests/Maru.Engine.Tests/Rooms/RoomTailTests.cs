using FsCheck;
using FsCheck.Fluent;
using Maru.Engine.Log;
using Maru.Engine.Queues;
using Maru.Engine.Rooms;

namespace Maru.Engine.Tests.Rooms;

public sealed class RoomTailTests
{
    /// <summary>
    /// Few seqs and many arrivals, so that most come twice and late. A failure is shrunk to the fewest arrivals that show it.
    /// </summary>
    [Fact]
    public void Whatever_the_order_and_however_often_each_entry_is_released_once_and_in_order() => Prop.ForAll(
        (byte[] arrivals, byte start, byte behind) =>
    {
        var seqs = Array.ConvertAll(arrivals, x => 1 + (x % 24));
        var (started, head) = (start % (seqs.Length + 1), behind % 12);
        var tail = Tail(1 << 20);
        List<Entry> released = [];
        foreach (var seq in seqs[..started]) tail.Hold(Make(seq));
        tail.Start(head, released);
        foreach (var seq in seqs[started..]) tail.Offer(Make(seq), released);

        var end = head + 1;
        while (seqs.Contains(end)) end++;
        released.Select(x => x.Seq).ShouldBe(Enumerable.Range(head + 1, end - head - 1).Select(x => (long)x));
        (tail.Next, tail.HasGap).ShouldBe((end, seqs.Any(seq => seq > end)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void A_gap_holds_back_what_is_behind_it()
    {
        var tail = Tail(1 << 20);
        List<Entry> released = [];
        foreach (var seq in new[] { 1, 2, 5, 6 }) tail.Offer(Make(seq), released);
        (released.Count, tail.HasGap, tail.Next).ShouldBe((2, true, 3));
        tail.Offer(Make(4), released);
        tail.Offer(Make(3), released);
        (released.Count, tail.HasGap, tail.Next).ShouldBe((6, false, 7));
    }

    [Fact]
    public void What_is_told_of_leaves_a_gap_until_it_is_here()
    {
        var tail = Tail(1 << 20);
        tail.Know(2);
        tail.HasGap.ShouldBeTrue();
        List<Entry> released = [];
        tail.Start(1, released);
        tail.HasGap.ShouldBeTrue();
        tail.Offer(Make(2), released);
        tail.HasGap.ShouldBeFalse();
    }

    [Fact]
    public void Early_entries_are_bounded_and_what_was_not_kept_is_a_gap()
    {
        var tail = Tail(1000);
        List<Entry> released = [];
        for (var seq = 2; seq <= 100; seq++) tail.Offer(Make(seq), released);
        tail.Offer(Make(1), released);
        (released.Count, tail.HasGap).ShouldBe((12, true));
        for (var seq = 13; seq <= 100; seq++) tail.Offer(Make(seq), released);
        (released.Count, tail.HasGap).ShouldBe((100, false));
    }

    [Fact]
    public void Old_entries_go_when_there_are_too_many_bytes_and_the_rest_can_be_copied_from_any_point()
    {
        var tail = Tail(1000);
        List<Entry> released = [];
        for (var seq = 1; seq <= 100; seq++) tail.Offer(Make(seq), released);
        tail.First.ShouldBe(91);
        tail.TryCopy(89, []).ShouldBeFalse();
        for (var after = 90; after <= 100; after++)
        {
            List<Entry> page = [];
            tail.TryCopy(after, page).ShouldBeTrue();
            page.Select(x => x.Seq).ShouldBe(Enumerable.Range(after + 1, 100 - after).Select(x => (long)x));
        }
    }

    private static RoomTail Tail(int bytes) =>
        new(
            new EngineOptions { TailMinBytes = bytes, TailMaxBytes = bytes }, new EngineClock(new ManualTime()),
            new MemoryBudget(long.MaxValue));

    private static Entry Make(int seq) => new(new RoomId(1), seq, EntryKind.MessageCreated, new byte[100]);
}
