using Maru.Engine;
using Maru.Server.Followers;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Search;

namespace Maru.Server.Tests.Followers;

/// <summary>The thread of the work behind the path of messages.</summary>
public sealed class FollowerThreadTests
{
    [Fact]
    public async Task Work_comes_back_to_it_after_each_wait()
    {
        using var thread = new FollowerThread();
        List<string?> names = [];
        await thread.RunAsync(async () =>
        {
            names.Add(Thread.CurrentThread.Name);
            await Task.Yield();
            names.Add(Thread.CurrentThread.Name);
            await EventLoop.LeaveAsync();
            names.Add(Thread.CurrentThread.Name);
            await Task.Run(() => { }, TestContext.Current.CancellationToken);
            names.Add(Thread.CurrentThread.Name);
        });
        names.ShouldBe(Enumerable.Repeat("maru followers", 4));
    }

    [Fact]
    public async Task What_fails_on_it_fails_for_who_waits_and_the_rest_goes_on()
    {
        using var thread = new FollowerThread();
        await Should.ThrowAsync<InvalidOperationException>(() => thread.RunAsync(() => throw new InvalidOperationException()));
        await Should.ThrowAsync<InvalidOperationException>(() => thread.RunAsync(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException();
        }));
        var isDone = false;
        await thread.RunAsync(() =>
        {
            isDone = true;
            return Task.CompletedTask;
        });
        isDone.ShouldBeTrue();
    }

    [Fact]
    public async Task It_knows_its_CPU_time_and_a_server_tells_the_path_of_messages()
    {
        await using var server = await MaruServer.StartAsync(Searching.On);
        var thread = server.Service<FollowerThread>();
        var before = thread.Used;
        await thread.RunAsync(() =>
        {
            for (var i = 0; i < 1000; i++) Thread.SpinWait(10_000);
            return Task.CompletedTask;
        });
        // Its time is read after the work, and before what comes next.
        await thread.RunAsync(() => Task.CompletedTask);
        var enough = before + TimeSpan.FromMilliseconds(5);
        thread.Used.ShouldBeGreaterThan(enough);
        server.Service<ChatEngine>().UsedBeside().ShouldBeGreaterThan(enough);
    }
}
