using Maru.Engine.Queues;

namespace Maru.Engine.Tests.Queues;

public sealed class ByteBudgetTests
{
    [Fact]
    public void Whoever_asks_is_refused_at_the_bound_and_the_largest_passes_an_empty_one()
    {
        var budget = new ByteBudget(100);
        budget.TryTake(1000).ShouldBeTrue();
        budget.TryTake(1).ShouldBeFalse();
        budget.Return(901);
        budget.TryTake(1).ShouldBeTrue();
        budget.TryTake(1).ShouldBeFalse();
        budget.Taken.ShouldBe(100);
    }

    [Fact]
    public async Task Who_waits_goes_on_as_soon_as_enough_was_returned()
    {
        var budget = new ByteBudget(100);
        budget.Take(101);
        budget.IsOver.ShouldBeTrue();
        var (within, free, empty) = (budget.WhenWithinAsync(), budget.WhenFreeAsync(), budget.WhenEmptyAsync());
        budget.Return(1);
        await within.Within("the bound to be kept");
        free.IsCompleted.ShouldBeFalse();
        budget.Return(1);
        await free.Within("room");
        empty.IsCompleted.ShouldBeFalse();
        budget.Return(99);
        await empty.Within("all to be returned");
    }

    [Fact]
    public async Task Once_it_is_lifted_nobody_waits()
    {
        var budget = new ByteBudget(1);
        budget.Take(100);
        var waiting = budget.WhenEmptyAsync();
        budget.Lift();
        await waiting.Within("the lifting");
        budget.WhenWithinAsync().IsCompleted.ShouldBeTrue();
        budget.TryTake(100).ShouldBeTrue();
    }
}
