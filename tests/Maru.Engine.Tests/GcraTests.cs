namespace Maru.Engine.Tests;

public sealed class GcraTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_burst_is_there_at_once_and_comes_back_with_time()
    {
        var rate = Make();
        Take(rate, 7).ShouldBe(10);
        rate.Take(7).ShouldBe(new RateQuota(false, 0, TimeSpan.FromSeconds(0.5)));
        Take(rate, 8).ShouldBe(10);
        _time.Advance(0.5);
        Take(rate, 7).ShouldBe(1);
        _time.Advance(60);
        Take(rate, 7).ShouldBe(10);
    }

    [Fact]
    public void What_is_left_is_told_with_each_unit()
    {
        var rate = Make();
        rate.Burst.ShouldBe(10);
        rate.Window.ShouldBe(TimeSpan.FromSeconds(5));
        rate.Take(7).ShouldBe(new RateQuota(true, 9, TimeSpan.FromSeconds(0.5)));
        rate.Take(7).ShouldBe(new RateQuota(true, 8, TimeSpan.FromSeconds(0.5)));
        _time.Advance(0.75);
        rate.Take(7).ShouldBe(new RateQuota(true, 8, TimeSpan.FromSeconds(0.25)));
    }

    [Fact]
    public void A_held_unit_counts_only_when_it_is_settled_so()
    {
        var rate = Make();
        for (var i = 0; i < 10; i++) rate.Hold(7).IsTaken.ShouldBeTrue();
        rate.Hold(7).IsTaken.ShouldBeFalse();
        Told(rate).ShouldBeEmpty();
        for (var i = 0; i < 4; i++) rate.Release(7);
        for (var i = 0; i < 6; i++) rate.Count(7);
        Told(rate).ShouldBe([(7, 6)]);
        Take(rate, 7).ShouldBe(4);
    }

    [Fact]
    public void A_flood_of_keys_shares_a_few_limits_and_takes_no_more_memory()
    {
        var rate = Make();
        for (var key = 0L; key < Gcra.MaxKeys; key++) rate.TryTake(key);
        rate.Sweep();
        // Known keys keep what they have; new ones meet in a few thousand shared limits of 10 each.
        Take(rate, 0).ShouldBe(9);
        var taken = 0;
        for (var key = 0L; key < 100_000; key++)
        {
            if (rate.TryTake(Gcra.MaxKeys + key)) taken++;
        }

        taken.ShouldBeInRange(40_000, 50_000);
        _time.Advance(60);
        rate.Sweep();
        Take(rate, Gcra.MaxKeys + 1).ShouldBe(10);
    }

    [Fact]
    public void What_two_nodes_let_through_is_one_allowance_in_the_long_run()
    {
        var nodes = new[] { Make(), Make() };
        var taken = 0;
        for (var step = 0; step < 400; step++)
        {
            taken += nodes.Sum(x => Take(x, 7));
            var told = nodes.Select(Told).ToArray();
            for (var i = 0; i < 2; i++) told[i].ForEach(x => nodes[1 - i].Owe(x.Key, x.Count));
            _time.Advance(0.25);
        }

        // 100 s at 2 a second, and a burst at each before they heard of each other.
        taken.ShouldBeInRange(195, 225);
    }

    [Fact]
    public void What_others_tell_keeps_nobody_waiting_for_more_than_some_bursts()
    {
        var rate = Make();
        for (var i = 0; i < 10; i++) rate.Owe(7, int.MaxValue);
        _time.Advance(8 * 5);
        Take(rate, 7).ShouldBe(10);
    }

    [Fact]
    public void What_was_taken_is_told_once_and_who_has_paid_is_forgotten()
    {
        var rate = Make();
        for (var key = 1; key <= 5; key++) Take(rate, key);
        List<(long Key, int Count)> told = [];
        rate.Sweep(told, 3);
        told.Count.ShouldBe(3);
        told.AddRange(Told(rate));
        told.Select(x => x.Key).Order().ShouldBe([1L, 2, 3, 4, 5]);
        told.ShouldAllBe(x => x.Count == 10);
        Told(rate).ShouldBeEmpty();
        _time.Advance(60);
        rate.Sweep();
        Take(rate, 1).ShouldBe(10);
    }

    [Fact]
    public void Without_a_rate_there_is_no_limit()
    {
        var rate = new Gcra(1, 0, TimeSpan.FromSeconds(1), _time);
        for (var i = 0; i < 1000; i++) rate.TryTake(7).ShouldBeTrue();
        rate.Owe(7, 5);
        Told(rate).ShouldBeEmpty();
    }

    [Fact]
    public async Task Under_a_sweep_nobody_gets_more_than_is_his()
    {
        var rate = Make();
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var mine = 0;
            for (var i = 0; i < 20_000; i++)
            {
                if (rate.TryTake(7)) mine++;
                if (i % 16 == 0) rate.Sweep();
            }

            return mine;
        })));
        taken.Sum().ShouldBe(10);
    }

    private Gcra Make() => new(10, 2, TimeSpan.FromSeconds(1), _time);

    private static int Take(Gcra rate, long key)
    {
        var taken = 0;
        while (rate.TryTake(key)) taken++;
        return taken;
    }

    private static List<(long Key, int Count)> Told(Gcra rate)
    {
        List<(long Key, int Count)> told = [];
        rate.Sweep(told, 100);
        return told;
    }
}
