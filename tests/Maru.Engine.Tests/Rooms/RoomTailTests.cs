using Maru.Engine.Log;
using Maru.Engine.Rooms;

namespace Maru.Engine.Tests.Rooms;

public sealed class RoomTailTests
{
    [Fact]
    public void Whatever_the_order_and_however_often_each_entry_is_released_once_and_in_order()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var tail = Tail(1 << 20);
            var head = random.Next(0, 20);
            var seqs = Enumerable.Range(1, 60).Concat(Enumerable.Range(random.Next(1, 30), 30)).OrderBy(_ => random.Next()).ToArray();
            List<Entry> released = [];
            var started = random.Next(seqs.Length);
            for (var i = 0; i < seqs.Length; i++)
            {
                if (i == started) tail.Start(head, released);
                if (i < started) tail.Hold(Make(seqs[i]));
                else tail.Offer(Make(seqs[i]), released);
            }

            released.Select(x => x.Seq).ShouldBe(Enumerable.Range(head + 1, 60 - head).Select(x => (long)x), $"seed {seed}");
            tail.HasGap.ShouldBeFalse();
            tail.Next.ShouldBe(61);
        }
    }

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
        new(new EngineOptions { TailMinBytes = bytes, TailMaxBytes = bytes }, new EngineClock(new ManualTime()));

    private static Entry Make(int seq) => new(new RoomId(1), seq, EntryKind.MessageCreated, new byte[100]);
}
