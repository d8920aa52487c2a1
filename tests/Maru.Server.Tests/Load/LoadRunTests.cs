using Maru.Load.Reporting;
using Maru.Load.Scenarios;
using static Maru.Server.Tests.Load.Runs;

namespace Maru.Server.Tests.Load;

/// <summary>Whole runs over real sockets, against a server that keeps every promise but one.</summary>
[Trait("Category", "Load")]
public sealed class LoadRunTests
{
    [Fact]
    public async Task An_honest_server_passes_with_members_that_drop_and_members_that_are_slow()
    {
        var result = await RunAsync("none", ["reconnectShare=0.5", "reconnectEvery=0.2", "slowShare=0.2", "slowBytesPerSecond=2000"]);

        Broken(result).ShouldBeEmpty();
        result.Passed.ShouldBeTrue();
        result.History!.Found.ShouldBe(result.Counts["acknowledged"]);
        result.Counts["deliveries"].ShouldBe(10 * result.Counts["acknowledged"]);
        result.Counts["resumes"].ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("loss", "lost gaps")]
    [InlineData("duplicate", "duplicates")]
    [InlineData("disorder", "outOfOrder gaps")]
    [InlineData("foreign", "foreign")]
    [InlineData("altered", "altered")]
    [InlineData("wrong-receipt", "ackConflicts")]
    [InlineData("missing", "acknowledgedButMissing historyGaps")]
    [InlineData("rewritten", "historyAltered")]
    [InlineData("doubled", "storedTwice")]
    public async Task A_broken_promise_is_found(string fault, string broken)
    {
        var result = await RunAsync(fault, []);

        Broken(result).ShouldBe(broken.Split(' '));
        result.Passed.ShouldBeFalse();
    }

    [Fact]
    public async Task Connections_that_break_are_resumed_and_what_was_not_acknowledged_is_sent_again_with_its_key()
    {
        var result = await RunAsync("hang-up", []);

        Broken(result).ShouldBeEmpty();
        result.Counts["disconnects"].ShouldBeGreaterThan(0);
        result.Counts["retries"].ShouldBeGreaterThan(0);
        result.Measures["unacknowledged"].ShouldBe(0);
        result.Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task Clients_that_lose_their_node_go_on_at_the_next_one()
    {
        var result = await RunAsync("node", []);

        Broken(result).ShouldBeEmpty();
        result.Counts["resumes"].ShouldBe(5);
        result.CatchUp.Count.ShouldBe(5);
        result.Measures["catchUpMaxMs"].ShouldBeGreaterThanOrEqualTo(result.Measures["resumeMaxMs"]);
        result.Measures["longestSilenceMs"].ShouldBeGreaterThanOrEqualTo(25); // the shortest pause before they come back
        result.Counts["disconnects"].ShouldBe(5); // half of the clients were at the node that is gone
        result.Counts["retries"].ShouldBeGreaterThan(0);
        result.History!.Found.ShouldBe(result.Counts["acknowledged"]);
        result.Counts["deliveries"].ShouldBe(10 * result.Counts["acknowledged"]);
        result.Passed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("node, then loss", "lost gaps")]
    [InlineData("node, then duplicate", "duplicates")]
    [InlineData("node, then disorder", "outOfOrder gaps")]
    [InlineData("node, then doubled", "storedTwice")]
    public async Task A_promise_broken_on_the_way_to_another_node_is_found(string fault, string broken)
    {
        var result = await RunAsync(fault, []);

        Broken(result).ShouldBe(broken.Split(' '));
        result.Passed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("node, by ERROR", "shutting-down")]
    [InlineData("node, by close", "close-1012")]
    public async Task A_server_that_goes_down_says_when_to_come_back(string fault, string reason)
    {
        using var server = new FaultyServer(fault);
        var result = await RunAsync(server.Urls, []);

        result.Errors[reason].ShouldBe(5);
        server.StayedAway!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(300));
        result.Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_whose_heart_beat_stops_is_left_for_the_next_one()
    {
        var result = await RunAsync("node, stopped", ["heartBeat=3"]);

        result.Errors["no-heart-beat"].ShouldBeGreaterThanOrEqualTo(5);
        Broken(result).ShouldBeEmpty();
        result.Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task What_the_server_cannot_take_now_is_sent_again_under_its_own_key()
    {
        var result = await RunAsync("unavailable", []);

        result.Errors["unavailable"].ShouldBe(3);
        result.Counts["unavailable"].ShouldBe(3);
        result.Counts["acknowledged"].ShouldBe(result.Counts["sent"]);
        Broken(result).ShouldBeEmpty();
        result.Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task What_the_server_does_not_want_is_a_broken_guarantee()
    {
        var result = await RunAsync("forbidden", []);

        result.Counts["refused"].ShouldBe(3);
        Broken(result).ShouldBe(["refused"]);
    }

    [Fact]
    public async Task A_client_that_gets_nothing_any_more_is_stuck()
    {
        var result = await RunAsync("deaf", ["drainTimeout=1"]);

        Broken(result).ShouldBe(["lost", "stuck"]);
        result.Guarantees.Single(check => check.Name == "stuck").Found.ShouldBe(1);
        result.Measures["longestSilenceMs"].ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task Faults_run_on_schedule_and_are_in_the_result()
    {
        using var server = new FaultyServer("none");
        var faults = new Dictionary<string, string> { ["ok"] = "true", ["not"] = "exit 7" };
        var result = await RunAsync(
            server.Urls,
            [
                """faults=[{"at": "100ms", "every": "200ms", "run": "ok"}, {"at": 0.2, "run": "not"}]""",
                """thresholds=["faultsFailed == 0"]""",
            ],
            faults);

        result.Faults.Select(fault => (fault.Name, fault.ExitCode)).ShouldBe([("ok", 0), ("not", 7), ("ok", 0)]);
        result.Measures["faults"].ShouldBe(3);
        Broken(result).ShouldBeEmpty();
        result.Passed.ShouldBeFalse(); // the threshold
        ResultText.Of(result).ShouldContain($"--set seed={result.Scenario.Seed}");
    }

    [Fact]
    public async Task A_closed_loop_keeps_its_window_and_several_threads_share_the_clients()
    {
        var result = await RunAsync("none", ["rate=0", "window=2", "duration=0.2", "threads=2"]);

        Broken(result).ShouldBeEmpty();
        result.Counts["acknowledged"].ShouldBeGreaterThan(20);
        result.Counts["acknowledged"].ShouldBe(result.Counts["sent"]);
    }

    [Fact]
    public async Task Without_a_server_it_says_so()
    {
        IReadOnlyList<Uri> urls;
        using (var server = new FaultyServer("none")) urls = server.Urls;

        var failure = await Should.ThrowAsync<ScenarioException>(() => RunAsync(urls, ["history=false"]));

        failure.Message.ShouldContain("Is the server running");
    }
}
