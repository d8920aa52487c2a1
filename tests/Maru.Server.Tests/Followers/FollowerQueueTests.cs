using Maru.Engine;
using Maru.Server.Followers;

namespace Maru.Server.Tests.Followers;

/// <summary>The rooms that a follower has something to do in: each once, and not more than there is place for.</summary>
public sealed class FollowerQueueTests
{
    private readonly FollowerQueue _queue = new(new FollowerOptions(), new ManualTime(), TestContext.Current.CancellationToken);
    private readonly IAsyncEnumerator<RoomId> _ready;

    public FollowerQueueTests() => _ready = _queue.Ready.GetAsyncEnumerator(TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_room_that_grows_while_it_is_worked_on_comes_once_more()
    {
        for (var i = 0; i < 3; i++) _queue.Add(new RoomId(1)).ShouldBeTrue();
        var room = await NextAsync();
        for (var i = 0; i < 3; i++) _queue.Add(room);
        _queue.Done(room, hasMore: false);
        (await NextAsync()).ShouldBe(room);
        _queue.Done(room, hasMore: false);
        _queue.Add(new RoomId(2));
        (await NextAsync()).ShouldBe(new RoomId(2));
    }

    [Fact]
    public async Task What_finds_no_place_is_missed_until_there_is_place_again()
    {
        for (var room = 1; room <= 10_000; room++) _queue.Add(new RoomId(room)).ShouldBeTrue();
        _queue.TakeMissed().ShouldBeFalse();
        _queue.Add(new RoomId(10_001)).ShouldBeFalse();
        _queue.Add(new RoomId(1)).ShouldBeTrue("it has its place");
        _queue.TakeMissed().ShouldBeFalse("it is full");
        for (var i = 0; i < 2_500; i++) _queue.Done(await NextAsync(), hasMore: false);
        _queue.TakeMissed().ShouldBeTrue();
        _queue.TakeMissed().ShouldBeFalse();
    }

    [Fact]
    public async Task Rooms_that_fail_leave_place_for_others()
    {
        for (var room = 1; room <= 10_000; room++) _queue.Add(new RoomId(room));
        for (var i = 0; i < 10_000; i++) _queue.Fail(await NextAsync());
        for (var room = 10_001; room <= 15_000; room++) _queue.Add(new RoomId(room)).ShouldBeTrue();
        (await NextAsync()).ShouldBe(new RoomId(10_001));
    }

    private async Task<RoomId> NextAsync()
    {
        (await _ready.MoveNextAsync().AsTask().Within("a room")).ShouldBeTrue();
        _queue.Begin(_ready.Current);
        return _ready.Current;
    }
}
