using System.Text.RegularExpressions;
using Maru.Load.Faults;
using Maru.Load.Measuring;
using Maru.Load.Reporting;
using Maru.Load.Reporting.Html;
using Maru.Load.Scenarios;
using Maru.Load.Verification;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed partial class ReportTests
{
    [Fact]
    public void A_result_survives_its_file()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "result.json");
        ResultFile.Write(path, Result(passed: false));

        HtmlReport.Of(ResultFile.Read(path)).ShouldBe(HtmlReport.Of(Result(passed: false)));
        Should.Throw<ScenarioException>(() => ResultFile.Read(path + "x")).Message.ShouldContain("--out");
        File.WriteAllText(path, "{}");
        Should.Throw<ScenarioException>(() => ResultFile.Read(path)).Message.ShouldContain("not a result");
    }

    [Fact]
    public void The_report_needs_nothing_from_outside_and_escapes_what_it_is_given()
    {
        var html = HtmlReport.Of(Result(passed: true));

        OutsideReference().IsMatch(html).ShouldBeFalse();
        html.ShouldContain("&lt;script&gt;");
        html.ShouldNotContain("<script");
        html.ShouldContain("PASSED");
        html.ShouldContain("<svg");
        html.ShouldNotContain("NaN\"");
    }

    [Fact]
    public void Faults_are_listed_and_marked_in_the_charts()
    {
        var html = HtmlReport.Of(
            Result(passed: true) with { Faults = [new FaultExecution(1.5, "kill <a>", 2, 137), new FaultExecution(1.8, "b", 0, null)] });

        html.ShouldContain("<title>kill &lt;a&gt; at 1.5 s</title>");
        html.ShouldContain("137");
        html.ShouldContain("not ended");
    }

    [Theory]
    [InlineData(0, 0.001)]
    [InlineData(0, 7)]
    [InlineData(3, 61)]
    [InlineData(0, 4_000_000)]
    public void Axes_have_a_few_round_marks_that_hold_all_values(double low, double high)
    {
        var marks = Scale.Round(low, high, 5);

        marks[0].ShouldBeLessThanOrEqualTo(low);
        marks[^1].ShouldBeGreaterThanOrEqualTo(high * 0.999999);
        marks.Count.ShouldBeInRange(3, 8);
    }

    private static RunResult Result(bool passed)
    {
        var histogram = new Histogram();
        for (var i = 1; i < 100; i++) histogram.Record(i * Ticks.PerMillisecond);
        return new RunResult
        {
            Passed = passed,
            Conditions = new Conditions("now", "machine", 2, "4 GB", "Linux", ".NET", "<script>", "ws://127.0.0.1/", "maru-load"),
            Scenario = new Scenario { Name = "x", Clients = 3, Rate = 5 },
            Guarantees = [new Check("lost", "every member got every entry", 0, true)],
            Thresholds = [new Check("serverMb", "< 5", double.NaN, passed)],
            Measures = new Dictionary<string, double>
            {
                ["messagesPerSecond"] = 5,
                ["deliveriesPerSecond"] = 15,
                ["unacknowledged"] = 0,
                ["longestSilenceMs"] = 7,
            },
            Latencies = new Latencies(histogram, new Histogram(), histogram, histogram),
            Counts = new Counters { Acknowledged = 5 }.ByName(),
            Errors = new Dictionary<string, long> { ["<b>"] = 1 },
            History = new HistoryFindings { Read = 5 },
            Timeline =
                [new SecondSample { At = 1, Phase = "measure" }, new SecondSample { At = 2, Phase = "measure", DeliveriesPerSecond = 15 }],
        };
    }

    [GeneratedRegex("(src|href)=|url\\(|@import|https?://")]
    private static partial Regex OutsideReference();
}
