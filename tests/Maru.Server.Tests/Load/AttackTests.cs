using System.Text;
using Maru.Engine.Codecs;
using Maru.Load.Attacks;
using Maru.Load.Faults;
using Maru.Load.Measuring;
using Maru.Load.Runs;
using Maru.Load.Scenarios;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class AttackTests
{
    [Fact]
    public void Every_kind_that_a_scenario_may_name_can_be_made()
    {
        foreach (var kind in AttackName.Kinds.Keys) AttackKind.Of(AttackName.Parse(kind)).Connections.ShouldBeGreaterThan(0);
        foreach (var ready in (string[])["flood", "crowd"]) ScenarioFile.Load(ready, []).Kinds.ShouldNotBeEmpty();
        AttackName.Parse("pongs+token+tls").ShouldBe(new AttackName("pongs", Token: true, Tls: true));
    }

    [Theory]
    [InlineData("pings", "pipelined")]
    [InlineData("pongs+tsl", "kind+tls")]
    [InlineData("pongs+tls+token", "kind+token+tls")]
    [InlineData("deaf+token", "+token is for")]
    public void A_mistake_in_a_kind_is_named(string kind, string named) =>
        Should.Throw<ScenarioException>(() => ScenarioFile.Load("flood", ["kinds=" + kind])).Message.ShouldContain(named);

    [Fact]
    public void Without_a_duration_each_attack_is_made_once_and_with_one_they_come_again()
    {
        string[] kinds = ["kinds=pongs, deaf", "attackFor=2", "attackRest=1"];

        ScenarioFile.Load("flood", kinds).Duration.ShouldBe(6);
        Due(ScenarioFile.Load("flood", kinds)).ShouldBe([(0, 2, "pongs"), (3, 2, "deaf")]);
        Due(ScenarioFile.Load("flood", [.. kinds, "duration=10"]))
            .ShouldBe([(0, 2, "pongs"), (3, 2, "deaf"), (6, 2, "pongs"), (9, 1, "deaf")]);

        static IEnumerable<(double, double, string)> Due(Scenario scenario) =>
            AttackSchedule.Of(scenario, [], 0).Due.Select(attack => (attack.At, attack.For, attack.Name));
    }

    [Fact]
    public void Attacks_over_TLS_are_left_out_where_there_is_no_such_address()
    {
        var scenario = ScenarioFile.Load("flood", ["kinds=pongs,pongs+tls", "attackFor=2", "attackRest=1"]).WithoutTls();

        scenario.Kinds.ShouldBe(["pongs"]);
        scenario.Duration.ShouldBe(3);
    }

    [Fact]
    public void A_message_belongs_to_the_attack_or_the_fault_that_went_on_when_it_was_due()
    {
        var scenario = ScenarioFile.Load("flood", ["kinds=pongs,deaf", "attackFor=2", "attackRest=1"]);
        const long From = 5 * Ticks.PerSecond;

        var periods = AttackSchedule.Of(scenario, [new DueFault(1.5, "kill") { Apart = 2 }], From).Periods;

        string At(double seconds) => periods.Names[periods.At(From + Ticks.FromSeconds(seconds))];
        At(-1).ShouldBe("pongs");
        At(1.4).ShouldBe("pongs");
        At(1.5).ShouldBe("faults");
        At(3.4).ShouldBe("faults");
        At(3.5).ShouldBe("deaf");
        At(5.5).ShouldBe("none");
        At(100).ShouldBe("none");
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", null)]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\nHTTP/1.1 429 Too Many Requests\r\n\r\n", "http-429")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", null)]
    [InlineData("\u0081~ERROR\nmessage:too-many\ncontent-length:2\n\n{}\0", "too-many")]
    public void What_a_server_said_last_is_found(string read, string? reason) =>
        LastWords.In(Encoding.Latin1.GetBytes(read)).ShouldBe(reason);

    [Fact]
    public void A_close_frame_is_found_behind_anything()
    {
        LastWords.In([1, 2, 3, .. WebSocketFrames.Close(1008, "too-many-frames"u8)]).ShouldBe("close-1008 too-many-frames");
        LastWords.In(WebSocketFrames.Close(1001, [])).ShouldBe("close-1001");
        LastWords.In([0x88, 9]).ShouldBeNull();
    }

    [Fact]
    public void Measures_take_the_worst_attack_and_leave_out_what_faults_have_apart()
    {
        AttackFindings[] found = [Of("none", 1), Of("pongs", 20), Of("deaf", 50), Of("faults", 4000)];

        var measures = AttackMeasures.Of(found, Second(100, 0, 90, 500, 115, 120, 117, 300, 80)).ToDictionary();

        measures["attackReceiptP99Ms"].ShouldBe(50, tolerance: 1);
        measures["calmReceiptMaxMs"].ShouldBe(50, tolerance: 1);
        measures["newcomersFailed"].ShouldBe(3); // one for each, but for the faults'
        measures["serverGrowthPercent"].ShouldBe(30, tolerance: 0.001); // 117 beside 90
        measures["serversMissing"].ShouldBe(1);
    }

    [Fact]
    public void Findings_of_several_processes_add_up()
    {
        var ended = new Dictionary<string, long> { ["x"] = 2 };
        var sum = (Of("pongs", 20) with { BytesSent = 5 }).Plus(Of("pongs", 40) with { Ended = ended });

        sum.Receipt.Count.ShouldBe(2);
        sum.Receipt.MaxMs.ShouldBe(40);
        sum.Newcomer.Failed.ShouldBe(new Dictionary<string, long> { ["no-response"] = 2 });
        (sum.BytesSent, sum.Ended["x"]).ShouldBe((5, 2));
    }

    private static SecondSample[] Second(params double[] mb) =>
        [.. mb.Select(one => new SecondSample { Phase = "measure", ServerMb = one, ServersMissing = one == 0 ? 1 : 0 })];

    private static AttackFindings Of(string name, double receiptMs)
    {
        var receipt = new Histogram();
        receipt.Record((long)(receiptMs * Ticks.PerMillisecond));
        var none = new ProbeFindings(new Histogram(), new Dictionary<string, long>());
        return new AttackFindings
        {
            Name = name,
            Receipt = receipt,
            Delivery = new Histogram(),
            Newcomer = none with { Failed = new Dictionary<string, long> { ["no-response"] = 1 } },
            SignIn = none,
            Live = none,
            Ended = new Dictionary<string, long>(),
        };
    }
}
