using Maru.Load.Reporting;
using Maru.Load.Runs;
using Maru.Load.Scenarios;
using static Maru.Server.Tests.Load.Runs;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class MergeTests
{
    [Fact]
    public async Task Two_processes_that_share_a_room_make_one_result()
    {
        using var server = new FaultyServer("none");
        var parts = await PartsAsync(server, ["""thresholds=["messagesPerSecond > 110", "deliveryP99Ms < 60000"]"""]);
        parts.ShouldAllBe(part => part.Passed && part.Measures["messagesPerSecond"] < 110); // neither has them all: thresholds are for both

        var merged = Merge.Of(parts);

        Broken(merged).ShouldBeEmpty();
        merged.Thresholds.ShouldAllBe(check => check.Holds);
        merged.Passed.ShouldBeTrue();
        merged.Counts["acknowledged"].ShouldBe(100);
        merged.History!.Found.ShouldBe(100);
        merged.History.UnacknowledgedPresent.ShouldBe(0); // another shard's messages are not nobody's
        merged.Delivery.Count.ShouldBe(parts.Sum(part => part.Delivery.Count));
        merged.Measures["deliveryMaxMs"].ShouldBe(parts.Max(part => part.Measures["deliveryMaxMs"]));
        merged.Timeline.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("duplicate", "duplicates")]
    [InlineData("missing", "acknowledgedButMissing historyGaps")]
    [InlineData("rewritten", "historyAltered")]
    public async Task A_broken_promise_that_any_of_them_saw_breaks_the_whole(string fault, string broken)
    {
        using var server = new FaultyServer(fault);

        var merged = Merge.Of(await PartsAsync(server, []));

        Broken(merged).ShouldBe(broken.Split(' '));
        merged.Passed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_verdict_needs_every_shard_once_and_of_one_scenario()
    {
        using var server = new FaultyServer("none");
        var parts = await PartsAsync(server, []);

        Should.Throw<ScenarioException>(() => Merge.Of(parts[..1])).Message.ShouldContain("every shard once");
        Should.Throw<ScenarioException>(() => Merge.Of([parts[0], parts[0]])).Message.ShouldContain("1/2, 1/2");
        Should.Throw<ScenarioException>(() => Merge.Of([parts[0], parts[1] with { Scenario = parts[1].Scenario with { Rate = 7 } }]))
            .Message.ShouldContain("different scenarios");
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public void Each_client_is_in_one_shard(int rooms, int of)
    {
        foreach (var client in Enumerable.Range(0, 100))
            Enumerable.Range(1, of).Count(i => new Shard(i, of).Has(client, rooms)).ShouldBe(1);
        foreach (var i in Enumerable.Range(1, of))
            Enumerable.Range(0, 100).Count(client => new Shard(i, of).Has(client, rooms)).ShouldBeInRange(100 / of / 2, 200 / of);
        if (rooms < of) return;
        var ofOneRoom = Enumerable.Range(0, 100).Where(client => client % rooms == 0);
        ofOneRoom.Select(client => new Shard(1, of).Has(client, rooms)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void A_mistake_in_the_shard_is_named()
    {
        Shard.Parse("2/3").ShouldBe(new Shard(2, 3));
        foreach (var text in (string[])["", "2", "0/2", "3/2", "a/b", "1/2/3"])
            Should.Throw<ScenarioException>(() => Shard.Parse(text)).Message.ShouldContain("1/2");
    }

    private static async Task<RunResult[]> PartsAsync(FaultyServer server, string[] changes)
        => await Task.WhenAll(
            Enumerable.Range(1, 2).Select(i => RunAsync(server.Urls, ["senders=10", .. changes], shard: new Shard(i, 2))));
}
