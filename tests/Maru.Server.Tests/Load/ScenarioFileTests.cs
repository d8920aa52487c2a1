using Maru.Load.Scenarios;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class ScenarioFileTests
{
    [Fact]
    public void Every_ready_scenario_is_valid_and_says_what_it_is()
    {
        ScenarioFile.ReadyNames.ShouldBe(
            [
                "chaos", "chaos-short", "cluster", "crowd", "fanout", "flood", "hostile", "idle", "rolling", "rooms", "smoke", "spike",
                "sse", "steady", "storm", "unread",
            ]);
        foreach (var name in ScenarioFile.ReadyNames)
        {
            var scenario = ScenarioFile.Load(name, []);
            scenario.Name.ShouldBe(name);
            scenario.Description.ShouldNotBeEmpty();
            scenario.Thresholds.ShouldNotBeEmpty();
        }
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("[]", "JSON object")]
    [InlineData("{\"clients\": 10, \"rat\": 5}", "rat")]
    [InlineData("{\"clients\": \"10\"}", "clients")]
    [InlineData("{}", "clients")]
    [InlineData("{\"clients\": 10, \"rate\": 5, \"window\": 2}", "exclude each other")]
    [InlineData("{\"clients\": 10, \"rooms\": 3, \"members\": 3}", "members")]
    [InlineData("{\"clients\": 10, \"payload\": 10}", "payload")]
    [InlineData("{\"clients\": 10, \"slowShare\": 1}", "slowShare")]
    [InlineData("{\"clients\": 10, \"senders\": 11}", "senders")]
    [InlineData("{\"clients\": 10, \"thresholds\": [\"deliveryP99Ms\"]}", "measure operator number")]
    [InlineData("{\"clients\": 10, \"thresholds\": [\"speed > 5\"]}", "deliveryP99Ms")]
    [InlineData("{\"clients\": 10, \"thresholds\": [\"deliveryP99Ms ~ 5\"]}", "measure operator number")]
    [InlineData("{\"clients\": 10, \"thresholds\": [\"deliveryP99Ms < 5 +\"]}", "measure operator number")]
    public void A_mistake_is_named(string json, string named)
        => Should.Throw<ScenarioException>(() => ScenarioFile.Parse(json, "mine", [])).Message.ShouldContain(named);

    [Fact]
    public void Members_and_rooms_give_the_clients_and_comments_are_allowed()
    {
        var scenario = ScenarioFile.Parse("{ // ten rooms\n \"rooms\": 10, \"members\": 4, }", "mine", []);

        scenario.Clients.ShouldBe(40);
        scenario.Name.ShouldBe("mine");
    }

    [Fact]
    public void Set_changes_fields_and_is_checked_like_the_file()
    {
        var scenario = ScenarioFile.Load("smoke", ["rate=500", "clientKeys=false", "thresholds=[\"disconnects == 0\"]"]);

        scenario.Rate.ShouldBe(500);
        scenario.ClientKeys.ShouldBeFalse();
        scenario.Thresholds.ShouldBe(["disconnects == 0"]);
        Should.Throw<ScenarioException>(() => ScenarioFile.Load("smoke", ["rat=5"])).Message.ShouldContain("rat");
        Should.Throw<ScenarioException>(() => ScenarioFile.Load("smoke", ["rate"])).Message.ShouldContain("key=value");
        Should.Throw<ScenarioException>(() => ScenarioFile.Load("nowhere.json", [])).Message.ShouldContain("fanout");
    }

    /// <summary>The server tells four times a second; the rest is what the machine may take beside it.</summary>
    [Theory]
    [InlineData("unread")]
    [InlineData("sse")]
    public void No_unread_count_may_be_wrong_for_longer_than_the_server_gathers_and_an_allowance(string name) =>
        ScenarioFile.Load(name, []).Thresholds.ShouldContain("unreadWrongMaxMs < 250 + 100");

    [Theory]
    [InlineData("deliveryP99Ms < 100", 99.9, true)]
    [InlineData("deliveryP99Ms < 100", 100, false)]
    [InlineData("deliveryP99Ms <= 100", 100, true)]
    [InlineData("deliveriesPerSecond >= 4e6", 4_000_000, true)]
    [InlineData("deliveriesPerSecond > 4e6", 4_000_000, false)]
    [InlineData("unreadWrongMaxMs < 250 + 100", 349, true)]
    [InlineData("unreadWrongMaxMs < 250 + 100", 350, false)]
    [InlineData("unacknowledged == 0", 1, false)]
    [InlineData("unacknowledged == 0", double.NaN, false)]
    public void A_threshold_holds_or_not(string text, double value, bool holds) => Threshold.Parse(text).Holds(value).ShouldBe(holds);
}
