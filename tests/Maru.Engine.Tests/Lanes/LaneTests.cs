using Maru.Engine.Lanes;
using Maru.Engine.Output;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Engine.Tests.Lanes;

public sealed class LaneTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Lane _lane;
    private readonly BusyLane _busy;

    public LaneTests()
    {
        _lane = new Lane(0, new EngineLog(NullLogger.Instance), _time);
        _lane.Start();
        _busy = new BusyLane(_lane);    // what is posted until it is disposed is one round
    }

    [Fact]
    public async Task Work_that_gives_way_holds_up_no_other_however_much_of_it_waits()
    {
        var done = 0;
        var seen = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 1000; i++)
        {
            var first = i == 0;
            _lane.Post(new Work(true, () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                done++;
                if (first) _lane.Post(new Work(false, () => seen.SetResult(done)));
            }));
        }

        _busy.Dispose();
        (await seen.Task.Within("the other work")).ShouldBe(2, "a share is two milliseconds");
    }

    [Fact]
    public async Task Work_that_gives_way_gets_on_while_other_work_never_ends()
    {
        var done = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var endless = new Work(false, () => _time.Advance(TimeSpan.FromMilliseconds(20)));
        endless.Then = () => { if (!all.Task.IsCompleted) _lane.Post(endless); };
        _lane.Post(endless);
        for (var i = 0; i < 100; i++)
        {
            _lane.Post(new Work(true, () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                if (++done == 100) all.SetResult();
            }));
        }

        _busy.Dispose();
        await all.Task.Within("all that gave way");
    }

    [Fact]
    public async Task Work_that_fails_ends_neither_the_lane_nor_what_follows()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lane.Post(new Work(true, () => throw new InsufficientMemoryException()));
        _lane.Post(new Work(false, () => throw new InsufficientMemoryException()));
        _lane.Post(new Work(true, done.SetResult));
        _busy.Dispose();
        await done.Task.Within("the work behind them");
    }

    [Fact]
    public void What_waits_when_the_lane_stops_is_done()
    {
        var done = 0;
        for (var i = 0; i < 10; i++)
        {
            _lane.Post(new Work(true, () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(5));
                done++;
            }));
        }

        _busy.Dispose();
        _lane.Stop();
        done.ShouldBe(10);
        _lane.Post(new Work(false, () => { })).ShouldBeFalse();
    }

    public void Dispose()
    {
        _busy.Dispose();
        _lane.Stop();
    }

    private sealed class Work(bool givesWay, Action act) : LaneWork
    {
        public Action? Then { get; set; }

        public override bool GivesWay => givesWay;

        public override void Do(FlushList flush)
        {
            act();
            Then?.Invoke();
        }
    }
}
