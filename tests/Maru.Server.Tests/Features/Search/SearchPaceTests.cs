using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Maru.Engine;
using Maru.Server.Features.Search;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Search;

/// <summary>The index gives way to the path of messages.</summary>
public sealed class SearchPaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_node_commits_more_than_the_setting_the_index_takes_less_and_more_again_afterwards()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null);
        var options = new SearchOptions { MessagesPerSecond = 1000, YieldAbove = 100 };
        var pace = new SearchPace(options, server.Service<ChatEngine>(), time);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using (var talker = await StompSocket.ConnectAsync(server.Address, ann.AccessToken))
        {
            for (var i = 0; i < 399; i++) await talker.SayAsync(room.Id, "beacon");
            await talker.SayAndWaitAsync(room.Id, "beacon");
        }

        pace.Rate.ShouldBe(1000);
        time.Advance(seconds: 1);
        await pace.WaitAsync(125, Ct);
        pace.Rate.ShouldBe(1000 / 16.0, tolerance: 0.1, "four times as much is committed as the index stands");
        var next = pace.WaitAsync(1, Ct);
        time.Advance(seconds: 1.9);
        next.IsCompleted.ShouldBeFalse("125 messages take two seconds");
        time.Advance(seconds: 0.2);
        await next.Within("its time");

        await pace.WaitAsync(500, Ct);
        pace.Rate.ShouldBe(1000, "nothing was committed since");
    }

    [Fact]
    public async Task Messages_that_waited_say_for_how_long()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null, Searching.On, "--Maru:Search:MessagesPerSecond=1000");
        using var lags = new MeterListener();
        var (recorded, lag) = (new ConcurrentQueue<double>(), server.Service<SearchMetrics>().Lag);
        lags.SetMeasurementEventCallback<double>((instrument, seconds, _, _) => recorded.Enqueue(seconds));
        lags.EnableMeasurementEvents(lag);
        lags.Start();
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await server.Service<SearchPace>().WaitAsync(4000, Ct);
        await ann.SayAsync(room, "beacon");
        await Deadline.Until(() => time.IsAwaited(TimeSpan.FromSeconds(4)), "the message to wait");
        (await ann.TextsAsync("beacon")).ShouldBeEmpty();
        time.Advance(seconds: 4);
        await Deadline.Until(async () => (await ann.TextsAsync("beacon")).Length == 1, "the message to be found");
        await Deadline.Until(() => !recorded.IsEmpty, "the lag");
        recorded.ShouldBe([4.0]);
    }
}
