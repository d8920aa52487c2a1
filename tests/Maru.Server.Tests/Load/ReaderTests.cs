using Maru.Load.Measuring;
using Maru.Load.Readers;
using Maru.Load.Reporting;
using Maru.Load.Reporting.Html;
using Maru.Load.Runs;
using Maru.Load.Scenarios;
using Maru.Load.Verification;
using Maru.Server.Commands;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Load;

/// <summary>People who read while others send, beside a real server; and wrong counts, which are found.</summary>
[Trait("Category", "Load")]
public sealed class ReaderTests
{
    private const long Ms = Ticks.PerMillisecond;

    [Fact]
    public async Task Unread_counts_of_tabs_that_come_and_go_are_what_a_recount_gives()
    {
        var result = await RunAsync(
            "unread",
            "clients=12", "rooms=6", "roomsEach=3", "readers=10", "rate=60", "tabEvery=1", "readEvery=0.3",
            "thresholds=[\"unacknowledged == 0\"]");

        Runs.Broken(result).ShouldBeEmpty(ResultText.Of(result));
        result.Passed.ShouldBeTrue(ResultText.Of(result));
        var readers = result.Readers.ShouldNotBeNull();
        readers.People.ShouldBe(12);
        readers.Open.ShouldBe(20);
        readers.Tabs.ShouldBeGreaterThan(20);
        readers.Moves.ShouldBeGreaterThan(0);
        readers.Events.ShouldBeGreaterThan(0);
        HtmlReport.Of(result).ShouldContain("tabs and streams open at the end");
    }

    [Fact]
    public async Task Streams_of_own_events_and_of_rooms_get_everything_in_order()
    {
        var result = await RunAsync(
            "sse", "clients=6", "rooms=6", "readers=40", "roomStreams=12", "rate=60",
            "thresholds=[\"listeners == 52\", \"listenersLost == 0\", \"unreadBackwards == 0\"]");

        Runs.Broken(result).ShouldBeEmpty(ResultText.Of(result));
        result.Passed.ShouldBeTrue(ResultText.Of(result));
        result.Readers!.StreamEvents.ShouldBe(2 * result.Counts["acknowledged"]);
        result.Readers.StreamDelays.Count.ShouldBe(result.Readers.StreamEvents);
    }

    [Fact]
    public async Task Counts_that_the_store_has_wrong_are_found()
    {
        var result = await RunAsync(
            "unread",
            async server =>
            {
                const string sent = "SELECT count(*) FROM messages WHERE type = 0";
                await Deadline.Until(
                    async () => await server.Service<Database>().FirstAsync<long>(sent, null, TestContext.Current.CancellationToken) > 20,
                    "some messages");
                await TestStore.ExecuteAsync(server.Store, "UPDATE members SET own = own - 1000 WHERE user_id % 5 = 0");
            },
            "clients=10", "rooms=5", "readers=10", "tabs=1", "tabEvery=0", "readEvery=0", "rate=60", "thresholds=[]");

        Runs.Broken(result).ShouldContain("unreadOverRest");
        result.Readers!.Examples.ShouldContain(x => x.Contains("over REST, right is"));
    }

    [Theory]
    [InlineData(2, 3, 100, "")]
    [InlineData(1, 2, 100, "")]                                 // behind, and true at its seq
    [InlineData(3, 3, 100, "unreadWrong unreadAtEnd")]
    [InlineData(1, 3, 100, "unreadWrong unreadAtEnd")]
    [InlineData(2, 3, 5000, "")]
    public void A_wrong_count_is_told_from_a_right_one(long unread, long lastSeq, long at, string broken)
    {
        var found = Judge(new Told(at * Ms, unread, 0, lastSeq), behind: lastSeq < 3);
        Broken(found).ShouldBe(broken);
    }

    [Fact]
    public void Mentions_of_nobody_are_wrong() => Broken(Judge(new Told(100 * Ms, 2, 1, 3))).ShouldBe("unreadWrong");

    [Fact]
    public void A_count_that_comes_late_was_wrong_for_as_long()
    {
        // Three messages are there from 30 ms on; one is the person's own. Nothing was told before.
        Judge(new Told(130 * Ms, 2, 0, 3)).WrongFor.MaxMs.ShouldBe(120, 0.01);     // 0 was shown, and has not been true since 10 ms
        Judge(new Told(5000 * Ms, 2, 0, 3)).WrongFor.MaxMs.ShouldBe(4990, 0.01);
        Judge(new Told(35 * Ms, 2, 0, 3)).Delays.MaxMs.ShouldBe(25, 0.01);
    }

    [Fact]
    public void A_count_that_was_so_before_a_move_is_wrong_only_while_it_is_shown()
    {
        // The count of the old position at a head that came after the move: at no time was it true.
        var found = Judge(new Told(100 * Ms, 2, 0, 3), move: new Move(1, 6 * Ms, 7 * Ms));
        found.Wrong.ShouldBe(0);
        found.WrongFor.MaxMs.ShouldBe(10_000 - 100, 0.01);
    }

    [Fact]
    public void A_move_that_is_not_told_makes_the_count_wrong_from_its_response_on()
    {
        var found = Judge(new Told(35 * Ms, 2, 0, 3), move: new Move(3, 200 * Ms, 210 * Ms));
        Broken(found).ShouldBe("unreadAtEnd");
        found.WrongFor.MaxMs.ShouldBe(10_000 - 210, 0.01);
        // A position that may have been either for a moment is neither's fault.
        Judge(new Told(205 * Ms, 0, 0, 3), move: new Move(3, 200 * Ms, 210 * Ms)).Wrong.ShouldBe(0);
    }

    /// <summary>
    /// One person in one room with three messages, the second their own: due at 5, 15 and 25 ms, seen at 10, 20 and 30 ms. They have one
    /// tab, ready at 1 ms, which is told once; the run ends after ten seconds.
    /// </summary>
    private static ReaderFindings Judge(Told told, Move? move = null, bool behind = false)
    {
        var truth = new RoomTruth();
        for (var i = 1; i <= 3; i++)
        {
            truth.Found(i, new MessageText(i == 2 ? 7 : 1, i, ((10 * i) - 5) * Ms));
            truth.Seen(i, 10 * i * Ms);
        }

        var person = new Maru.Load.Readers.Person(7, "", [0]);
        person.Begin([0]);
        if (move is { } moved) person.Moved(0, moved);
        var tab = person.NewTab();
        tab.ReadyAt = Ms;
        tab.Tell(42, told);
        if (behind) tab.Tell(42, new Told(told.At + (10 * Ms), 2, 0, 3));
        var judge = new UnreadJudge([42], [0], [truth], 10_000 * Ms);
        judge.Judge(person);
        return judge.Found();
    }

    private static string Broken(ReaderFindings found) => string.Join(
        ' ', Verdict.Guarantees(new Counters(), 0, 0, null, found).Where(check => !check.Holds).Select(check => check.Name));

    private static Task<RunResult> RunAsync(string scenario, params string[] changes) =>
        RunAsync(scenario, _ => Task.CompletedTask, changes);

    /// <summary>Runs a ready scenario, made small, against a server of its own.</summary>
    /// <param name="scenario">its name</param>
    /// <param name="break">done to the server once it is ready</param>
    /// <param name="changes">of the scenario</param>
    private static async Task<RunResult> RunAsync(string scenario, Func<MaruServer, Task> @break, params string[] changes)
    {
        await using var server = await MaruServer.StartAsync("--Maru:RateLimits:Enabled=false");
        var small = ScenarioFile.Load(scenario, ["warmup=0", "duration=4", "ramp=0.2", .. changes]);
        var seeder = new Seeder(
            server.Service<Database>(), server.Service<Passwords>(), server.Service<AccessTokens>(), server.Service<JwtOptions>(),
            TimeProvider.System);
        var seeded = await seeder.RunAsync(
            new SeedPlan(small.People, small.Rooms, 0), (_, _) => { }, TestContext.Current.CancellationToken);
        using var folder = new Folder();
        var (tokens, rooms) = (Path.Combine(folder.Path, "tokens.txt"), Path.Combine(folder.Path, "rooms.txt"));
        await File.WriteAllLinesAsync(tokens, seeded.Tokens);
        await File.WriteAllLinesAsync(rooms, seeded.Rooms.Select(room => $"{room}"));
        var url = new UriBuilder(server.Address) { Scheme = "ws", Path = "/ws" }.Uri;
        var run = new LoadRun(small, new RunOptions([url], tokens, rooms, []), new PlainScreen(TextWriter.Null));
        using var deadline = new CancellationTokenSource(Deadline.Time);
        var running = run.RunAsync(deadline.Token);
        await @break(server);
        return await running;
    }
}
