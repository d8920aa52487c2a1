using Maru.Engine.Commit;
using Maru.Engine.Log;

namespace Maru.Engine.Tests.Commit;

public sealed class PaceTests
{
    private const int Cores = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(8);

    private readonly ManualTime _time = new();
    private readonly CommitQueue _queue = new(1024 * 1024);
    private readonly Pace _pace;
    private TimeSpan _used;

    public PaceTests() => _pace = new Pace(Longest, _time, () => _used, Cores);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.35, 0)]
    [InlineData(0.45, 2)]
    [InlineData(0.55, 4)]
    [InlineData(0.75, 8)]
    [InlineData(1, 8)]
    public void The_busier_the_cores_the_longer_from_commit_to_commit(double share, double milliseconds)
    {
        Use(share);
        _pace.Interval.TotalMilliseconds.ShouldBe(milliseconds, 0.01);
    }

    [Fact]
    public void After_a_quiet_while_nothing_waits()
    {
        Use(1);
        Use(0.1);
        _pace.Interval.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void One_look_counts_for_a_tenth_of_a_second()
    {
        Use(1);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Due();
        _pace.Interval.ShouldBe(Longest);
    }

    [Fact]
    public void What_nobody_adds_to_does_not_wait_although_the_clock_stands_still()
    {
        Use(1);
        Due();
        _queue.WaitFor(1, TimeSpan.Zero).ShouldBe(0, "the draft is taken");
    }

    [Fact]
    public async Task Nothing_is_lost_of_what_comes_while_a_commit_waits()
    {
        Use(1);
        Add();
        var due = Task.Run(() => _pace.Wait(_queue));
        var added = 1;
        for (; added < 2000 && !due.IsCompleted; added++) Add();
        await due.Within("the commit");
        Taken().ShouldBe(added);
    }

    [Fact]
    public async Task The_end_is_not_waited_for()
    {
        Use(1);
        var due = Task.Run(() => _pace.Wait(_queue));
        _queue.Complete();
        await due.Within("the end");
        _queue.Take([], 1).ShouldBeFalse();
    }

    /// <summary>Takes so much of the cores for a second, and a look at it.</summary>
    private void Use(double share)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _used += TimeSpan.FromSeconds(share * Cores);
        Due();
    }

    private void Due()
    {
        Add();
        _pace.Wait(_queue);
        Taken().ShouldBe(1);
    }

    private void Add() => _queue.TryAdd(MemberDraft.Joins(1, 7)).ShouldBeTrue();

    private int Taken()
    {
        List<Draft> batch = [];
        _queue.Take(batch, int.MaxValue).ShouldBeTrue();
        return batch.Count;
    }
}
