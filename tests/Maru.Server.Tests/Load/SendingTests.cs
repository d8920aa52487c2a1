using Maru.Load.Clients;
using Maru.Load.Runs;
using Maru.Load.Scenarios;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class SendingTests
{
    [Fact]
    public void An_open_loop_is_due_by_the_clock_alone()
    {
        var schedule = new Schedule(start: 1000, end: 2000, nanosecondsApart: 100, offset: 0);

        schedule.TryTake(999, out _, out _).ShouldBeFalse();
        var due = new List<long>();
        while (schedule.TryTake(5000, out var scheduled, out var turn)) // a long stall: everything missed is due at its own moment
        {
            turn.ShouldBe(due.Count);
            due.Add(scheduled);
        }

        due.ShouldBe(Enumerable.Range(10, 10).Select(i => i * 100L));
        schedule.Next.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Answers_may_come_in_any_order_and_once()
    {
        var pending = new Pending();
        for (var i = 0; i < 100; i++) pending.TryAdd(i * 10, out var number).ShouldBe(number == i);

        foreach (var n in Enumerable.Range(0, 100).Reverse())
        {
            pending.TryGet(n, out var scheduled, out _).ShouldBeTrue();
            scheduled.ShouldBe(n * 10);
            pending.Answer(n);
            pending.TryGet(n, out _, out _).ShouldBeFalse();
        }

        (pending.Outstanding, pending.First, pending.Next).ShouldBe((0, 100, 100));
        pending.TryGet(100, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Pending_is_bounded()
    {
        var pending = new Pending();
        while (pending.TryAdd(0, out _)) { }

        pending.Outstanding.ShouldBe(Pending.Most);
        pending.Answer(0);
        pending.TryAdd(0, out var number).ShouldBeTrue();
        number.ShouldBe(Pending.Most);
    }

    [Fact]
    public void Clients_are_the_users_that_seed_made_members_of_their_rooms()
    {
        var tokens = Enumerable.Range(0, 100).Select(i => $"{i}").ToArray();
        var rooms = Enumerable.Range(0, 10).Select(i => 1000L + i).ToArray();

        var cast = Cast.Choose(new Scenario { Clients = 8, Rooms = 2 }, tokens, rooms);

        cast.Rooms.ShouldBe([1000, 1001]);
        foreach (var (j, token) in cast.Tokens.Index()) (int.Parse(token, null) % 10).ShouldBe(j % 2); // user i is in room i mod 10
        cast.Tokens.Distinct().Count().ShouldBe(8);
        Should.Throw<ScenarioException>(() => Cast.Choose(new Scenario { Clients = 30, Rooms = 2 }, tokens, rooms))
            .Message.ShouldContain("maru seed --users 30 --rooms 2");
        Should.Throw<ScenarioException>(() => Cast.Choose(new Scenario { Clients = 30, Rooms = 11 }, tokens, rooms))
            .Message.ShouldContain("11 rooms");
    }
}
