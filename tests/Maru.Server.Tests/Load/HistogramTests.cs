using Maru.Load.Measuring;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class HistogramTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1000)]
    [InlineData(65_535)]
    [InlineData(1_000_000)]
    [InlineData(3_600_000_000)]
    public void A_value_is_found_again_within_one_percent(long microseconds)
    {
        var histogram = new Histogram();
        histogram.Record(microseconds * 1000);
        histogram.Record(long.MaxValue / 1000); // a larger one, so that the maximum does not hide the bucket's width

        var found = histogram.PercentileMs(0.5) * 1000;

        found.ShouldBeGreaterThanOrEqualTo(microseconds);
        found.ShouldBeLessThanOrEqualTo((microseconds * 1.01) + 1);
    }

    [Fact]
    public void Percentiles_mean_and_maximum_of_a_known_series()
    {
        var histogram = new Histogram();
        for (var ms = 1; ms <= 1000; ms++) histogram.Record(ms * Ticks.PerMillisecond);

        histogram.Count.ShouldBe(1000);
        histogram.MeanMs.ShouldBe(500.5, 1e-9);
        histogram.MaxMs.ShouldBe(1000);
        histogram.PercentileMs(0.5).ShouldBe(500, 5);
        histogram.PercentileMs(0.99).ShouldBe(990, 10);
        histogram.PercentileMs(1).ShouldBe(1000);
    }

    [Fact]
    public void An_empty_one_is_all_zero()
    {
        var histogram = new Histogram();

        histogram.PercentileMs(0.99).ShouldBe(0);
        histogram.MeanMs.ShouldBe(0);
    }

    [Fact]
    public void Sum_and_difference_hold_what_they_say()
    {
        var (first, second, both) = (new Histogram(), new Histogram(), new Histogram());
        first.Record(5 * Ticks.PerMillisecond);
        second.Record(50 * Ticks.PerMillisecond);
        both.Add(first);
        both.Add(second);

        both.Count.ShouldBe(2);
        both.MaxMs.ShouldBe(50);
        var since = both.Since(first);
        since.Count.ShouldBe(1);
        since.PercentileMs(0).ShouldBe(50, 0.5);
        since.MeanMs.ShouldBe(50, 0.5);
    }
}
