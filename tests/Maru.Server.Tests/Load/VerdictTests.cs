using Maru.Load.Clients;
using Maru.Load.Inbound;
using Maru.Load.Measuring;
using Maru.Load.Runs;
using Maru.Load.Verification;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class VerdictTests
{
    [Fact]
    public void A_member_behind_its_rooms_head_has_lost_the_rest()
    {
        var room = new RoomView(0, 1, 10, new KnownFrames(0, 64));
        var (all, short2, nothing) = (new Client(0, "", room), new Client(1, "", room), new Client(2, "", room));
        for (var seq = 11; seq <= 20; seq++) all.Seq.Accept(seq);
        for (var seq = 11; seq <= 18; seq++) short2.Seq.Accept(seq);

        Verdict.Lost([all], _ => 20).ShouldBe(0);
        Verdict.Lost([all, short2, nothing], _ => 20).ShouldBe(12);
    }

    [Fact]
    public void Without_a_known_start_members_must_begin_alike()
    {
        var room = new RoomView(0, 1, -1, new KnownFrames(0, 64));
        var (first, late, nothing) = (new Client(0, "", room), new Client(1, "", room), new Client(2, "", room));
        for (var seq = 5; seq <= 9; seq++) first.Seq.Accept(seq);
        for (var seq = 7; seq <= 9; seq++) late.Seq.Accept(seq);

        Verdict.Lost([first, late], _ => 9).ShouldBe(2);
        Verdict.Lost([first, nothing], _ => 9).ShouldBe(5);
        Verdict.Lost([nothing], _ => 0).ShouldBe(0);
    }

    [Fact]
    public void Each_kind_of_violation_breaks_a_guarantee()
    {
        Broken(new Counters(), 0, 0, null).ShouldBeEmpty();
        Broken(new Counters(), 1, 0, null).ShouldBe(["lost"]);
        Broken(new Counters(), 0, 1, null).ShouldBe(["stuck"]);
        Broken(new Counters { Duplicates = 1, OutOfOrder = 1, Gaps = 1, Foreign = 1 }, 0, 0, null)
            .ShouldBe(["duplicates", "outOfOrder", "gaps", "foreign"]);
        Broken(new Counters { Altered = 1, AckConflicts = 1, Refused = 1, Skipped = 1 }, 0, 0, null)
            .ShouldBe(["altered", "ackConflicts", "refused", "skipped"]);
        Broken(new Counters(), 0, 0, new HistoryFindings { Missing = 1, StoredTwice = 1 })
            .ShouldBe(["acknowledgedButMissing", "storedTwice"]);
        Broken(new Counters(), 0, 0, new HistoryFindings { UnacknowledgedPresent = 9, Read = 9 }).ShouldBeEmpty();
    }

    [Fact]
    public void A_measure_that_was_not_taken_holds_no_threshold()
    {
        var checks = Verdict.Thresholds(["serverMb < 100", "deliveryP99Ms < 5"], new Dictionary<string, double> { ["deliveryP99Ms"] = 4 });

        checks.Select(check => check.Holds).ShouldBe([false, true]);
    }

    [Fact]
    public void A_limit_of_two_parts_is_shown_as_both() =>
        Verdict.Thresholds(["unreadWrongMaxMs < 250 + 100", "messagesPerSecond >= 4e6"], new Dictionary<string, double>())
            .Select(check => check.Demand).ShouldBe(["< 250 + 100", ">= 4000000"]);

    private static string[] Broken(Counters counters, long lost, long stuck, HistoryFindings? history)
        => [.. Verdict.Guarantees(counters, lost, stuck, history, readers: null).Where(check => !check.Holds).Select(check => check.Name)];
}
