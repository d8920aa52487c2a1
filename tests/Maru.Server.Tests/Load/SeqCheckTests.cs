using Maru.Load.Verification;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class SeqCheckTests
{
    [Fact]
    public void A_dense_run_is_clean()
    {
        var check = new SeqCheck(10);
        for (var seq = 11; seq < 1000; seq++) check.Accept(seq).ShouldBe(SeqVerdict.Next);

        check.Missing.ShouldBe(0);
        check.Last.ShouldBe(999);
    }

    [Fact]
    public void A_lost_entry_is_a_gap_and_stays_missing()
    {
        var check = new SeqCheck(0);
        check.Accept(1);

        check.Accept(3).ShouldBe(SeqVerdict.Gap);

        for (var seq = 4; seq < 200; seq++) check.Accept(seq).ShouldBe(SeqVerdict.Next);
        check.Missing.ShouldBe(1);
    }

    [Fact]
    public void An_entry_that_comes_again_is_a_duplicate_near_and_far()
    {
        var check = new SeqCheck(0);
        for (var seq = 1; seq <= 500; seq++) check.Accept(seq);

        check.Accept(500).ShouldBe(SeqVerdict.Duplicate);
        check.Accept(499).ShouldBe(SeqVerdict.Duplicate);
        check.Accept(436).ShouldBe(SeqVerdict.Duplicate);
        check.Accept(1).ShouldBe(SeqVerdict.Duplicate);
        check.Accept(501).ShouldBe(SeqVerdict.Next);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void A_late_entry_is_out_of_order_once_and_then_a_duplicate(int ahead)
    {
        var check = new SeqCheck(0);
        check.Accept(ahead).ShouldBe(SeqVerdict.Gap);
        check.Missing.ShouldBe(ahead - 1);

        for (var late = 1; late < ahead; late++) check.Accept(late).ShouldBe(SeqVerdict.OutOfOrder);

        check.Missing.ShouldBe(0);
        check.Accept(1).ShouldBe(SeqVerdict.Duplicate);
        check.Accept(ahead + 1).ShouldBe(SeqVerdict.Next);
    }

    [Fact]
    public void What_is_too_late_to_be_remembered_stays_missing()
    {
        var check = new SeqCheck(0);
        check.Accept(2);
        for (var seq = 3; seq < 100; seq++) check.Accept(seq);

        check.Accept(1).ShouldBe(SeqVerdict.Duplicate);
        check.Missing.ShouldBe(1);
    }

    [Fact]
    public void Without_a_known_start_the_first_entry_is_the_start()
    {
        var check = new SeqCheck(-1);

        check.Accept(17).ShouldBe(SeqVerdict.Next);
        check.First.ShouldBe(17);
        check.Accept(18).ShouldBe(SeqVerdict.Next);
    }

    [Fact]
    public void Any_shuffled_stream_is_judged_as_a_set_of_all_seen_would_judge_it()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var check = new SeqCheck(0);
            var seen = new HashSet<long>();
            long last = 0;
            for (var i = 0; i < 300; i++)
            {
                var seq = Math.Max(1, last + random.Next(-20, 4)); // late by at most 20: within what is remembered
                var expected = seq == last + 1 ? SeqVerdict.Next
                    : seq > last ? SeqVerdict.Gap
                    : seen.Contains(seq) ? SeqVerdict.Duplicate
                    : SeqVerdict.OutOfOrder;
                check.Accept(seq).ShouldBe(expected);
                seen.Add(seq);
                last = Math.Max(last, seq);
            }

            check.Missing.ShouldBe(last - seen.Count);
        }
    }
}
