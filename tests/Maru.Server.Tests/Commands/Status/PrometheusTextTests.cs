using Maru.Server.Commands.Status;

namespace Maru.Server.Tests.Commands.Status;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Series_are_read_with_their_labels()
    {
        var text = PrometheusText.Parse(
            """
            # HELP rooms Rooms.
            rooms 3
            sent_total{way="a,b",name="x\"y\\z\n{}"} 1.5 1700000000000
            sent_total{way="c"} 2
            huge +Inf
            # EOF
            """);
        text.Sum("rooms").ShouldBe(3);
        text.Sum("sent_total").ShouldBe(3.5);
        text.Label("sent_total", "way").ShouldBe("a,b");
        text.Label("sent_total", "name").ShouldBe("x\"y\\z\n{}");
        text.Sum("huge").ShouldBe(double.PositiveInfinity);
        text.Sum("nothing").ShouldBeNull();
        text.Label("nothing", "way").ShouldBeNull();
    }

    [Theory]
    [InlineData("a")]
    [InlineData("{")]
    [InlineData("a{")]
    [InlineData("a{b")]
    [InlineData("a{b=")]
    [InlineData("a{b=\"")]
    [InlineData("a{b=\"\\")]
    [InlineData("a{b=\"c\"")]
    [InlineData("a{b=\"c\"}")]
    [InlineData("a{b=\"c\"} many")]
    [InlineData("<html>a b</html>")]
    public void What_is_no_series_is_left_out(string line) => PrometheusText.Parse(line).Sum("a").ShouldBeNull();

    [Fact]
    public void A_histogram_is_summed_over_its_labels_and_its_quantiles_lie_within_buckets()
    {
        const string Before =
            """
            t_bucket{le="1"} 10
            t_bucket{le="2"} 10
            t_bucket{le="+Inf"} 10
            """;
        const string Now =
            """
            t_bucket{way="a",le="1"} 10
            t_bucket{way="a",le="2"} 60
            t_bucket{way="a",le="+Inf"} 60
            t_bucket{way="b",le="1"} 0
            t_bucket{way="b",le="2"} 50
            t_bucket{way="b",le="+Inf"} 50
            """;
        var (before, now) = (PrometheusText.Parse(Before).Histogram("t"), PrometheusText.Parse(Now).Histogram("t"));
        now.Count.ShouldBe(110);
        now.Since(before).Count.ShouldBe(100);
        now.Since(before).At(0.5).ShouldBe(1.5);
        now.Since(before).At(0.99)!.Value.ShouldBe(1.99, 1e-9);
        before.Since(now).Count.ShouldBe(10, "the server started anew");
        now.Since(now).At(0.5).ShouldBeNull();
        PrometheusText.Parse("").Histogram("t").At(0.5).ShouldBeNull();
        PrometheusText.Parse("t_bucket{le=\"2\"} 0\nt_bucket{le=\"+Inf\"} 4").Histogram("t").At(0.5).ShouldBe(2, "nothing is known above");
    }
}
