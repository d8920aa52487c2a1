using Maru.Load.Faults;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class FaultTests
{
    [Fact]
    public void A_schedule_is_ordered_repeats_and_ends_with_the_sending()
    {
        var scenario = Parse("""{ "at": "2s", "every": "1500ms", "run": "a" }, { "at": 4, "run": "b" }""");

        FaultPlan.Of(scenario, ["a", "b"], 1)
            .ShouldBe([new(2, "a"), new(3.5, "a"), new(4, "b"), new(5, "a"), new(6.5, "a"), new(8, "a"), new(9.5, "a")]);
    }

    [Fact]
    public void The_same_seed_draws_the_same_faults()
    {
        var scenario = Parse("""{ "at": 0, "every": 0.1, "oneOf": ["a", "b"] }""");

        var first = FaultPlan.Of(scenario, ["c", "b", "a"], 7);

        first.ShouldBe(FaultPlan.Of(scenario, ["a", "b", "c"], 7));
        first.Select(fault => fault.Name).Distinct().Order().ShouldBe(["a", "b"]);
        first.ShouldNotBe(FaultPlan.Of(scenario, ["a", "b"], 8));
        // one of all
        FaultPlan.Of(Parse("""{ "every": "100ms" }"""), ["c", "d"], 1).Select(fault => fault.Name).Distinct().Order().ShouldBe(["c", "d"]);
    }

    [Theory]
    [InlineData("""{ "run": "other" }""", "--fault other=")]
    [InlineData("""{ "oneOf": ["a", "other"] }""", "--fault other=")]
    [InlineData("""{ "run": "a", "oneOf": ["a"] }""", "exclude each other")]
    [InlineData("""{ "run": "a", "every": "0.01s" }""", "every")]
    [InlineData("""{ "run": "a", "at": "20" }""", "20s")]
    [InlineData("""{ "run": "a", "when": 5 }""", "when")]
    public void A_mistake_in_the_schedule_is_named(string fault, string named)
        => Should.Throw<ScenarioException>(() => FaultPlan.Of(Parse(fault), ["a"], 1)).Message.ShouldContain(named);

    [Fact]
    public void Commands_are_given_by_name()
    {
        FaultCommands.Parse(["a=kill -9 1", "b=X=1 sh -c 'true'"])
            .ShouldBe(new Dictionary<string, string> { ["a"] = "kill -9 1", ["b"] = "X=1 sh -c 'true'" });
        Should.Throw<ScenarioException>(() => FaultCommands.Parse(["a"])).Message.ShouldContain("name=\"command\"");
        Should.Throw<ScenarioException>(() => FaultCommands.Parse(["a=1", "a=2"])).Message.ShouldContain("twice");
        Should.Throw<ScenarioException>(() => FaultPlan.Of(Parse("{}"), [], 1)).Message.ShouldContain("--fault");
    }

    [Fact]
    public async Task Each_command_is_run_with_its_exit_code_and_its_output_kept()
    {
        var log = Path.Combine(Directory.CreateTempSubdirectory().FullName, "faults.log");
        var commands = new FaultCommands(FaultCommands.Parse(["good=echo one", "bad=echo two >&2; exit 3"]), log);
        var shown = new List<FaultExecution>();
        using var deadline = new CancellationTokenSource(Deadline.Time);

        await commands.RunAsync(
            [new(0, "good"), new(0.2, "bad")], Ticks.Now, Ticks.Now, fault => { lock (shown) shown.Add(fault); }, deadline.Token);

        commands.Executions.Select(fault => (fault.Name, fault.ExitCode)).ShouldBe([("good", 0), ("bad", 3)]);
        commands.Executions[1].At.ShouldBeGreaterThanOrEqualTo(0.19);
        shown.Select(fault => (fault.Name, fault.ExitCode))
            .ShouldBe([("good", null), ("good", 0), ("bad", null), ("bad", 3)], ignoreOrder: true);
        (await File.ReadAllLinesAsync(log, deadline.Token)).ShouldBe(["one", "two"], ignoreOrder: true);
    }

    private static Scenario Parse(string faults) =>
        ScenarioFile.Parse($$"""{ "clients": 2, "duration": 10, "faults": [{{faults}}] }""", "test", []);
}
