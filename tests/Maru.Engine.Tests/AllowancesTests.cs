namespace Maru.Engine.Tests;

public sealed class AllowancesTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_burst_is_there_at_once_and_comes_back_with_time()
    {
        var allowances = Make();
        Take(allowances, 7).ShouldBe(10);
        allowances.TrySpend(7, out var wait).ShouldBeFalse();
        wait.ShouldBe(TimeSpan.FromSeconds(0.5));
        Take(allowances, 8).ShouldBe(10);
        _time.Advance(0.5);
        Take(allowances, 7).ShouldBe(1);
        _time.Advance(60);
        Take(allowances, 7).ShouldBe(10);
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
        var allowances = Make();
        for (var i = 0; i < 10; i++) allowances.Owe(7, int.MaxValue);
        _time.Advance(8 * 5);
        Take(allowances, 7).ShouldBe(10);
    }

    [Fact]
    public void What_was_taken_is_told_once_and_who_has_paid_is_forgotten()
    {
        var allowances = Make();
        for (var key = 1; key <= 5; key++) Take(allowances, key);
        List<(long Key, int Count)> told = [];
        allowances.Sweep(told, 3);
        told.Count.ShouldBe(3);
        told.AddRange(Told(allowances));
        told.Select(x => x.Key).Order().ShouldBe([1L, 2, 3, 4, 5]);
        told.ShouldAllBe(x => x.Count == 10);
        Told(allowances).ShouldBeEmpty();
        _time.Advance(60);
        allowances.Sweep();
        Take(allowances, 1).ShouldBe(10);
    }

    [Fact]
    public void Without_a_rate_there_is_no_limit()
    {
        var allowances = new Allowances(1, 0, TimeSpan.FromSeconds(1), _time);
        for (var i = 0; i < 1000; i++) allowances.TrySpend(7).ShouldBeTrue();
        allowances.Owe(7, 5);
        Told(allowances).ShouldBeEmpty();
    }

    [Fact]
    public async Task Under_a_sweep_nobody_gets_more_than_is_his()
    {
        var allowances = Make();
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var mine = 0;
            for (var i = 0; i < 20_000; i++)
            {
                if (allowances.TrySpend(7)) mine++;
                if (i % 16 == 0) allowances.Sweep();
            }

            return mine;
        })));
        taken.Sum().ShouldBe(10);
    }

    private Allowances Make() => new(10, 2, TimeSpan.FromSeconds(1), _time);

    private static int Take(Allowances allowances, long key)
    {
        var taken = 0;
        while (allowances.TrySpend(key)) taken++;
        return taken;
    }

    private static List<(long Key, int Count)> Told(Allowances allowances)
    {
        List<(long Key, int Count)> told = [];
        allowances.Sweep(told, 100);
        return told;
    }
}
