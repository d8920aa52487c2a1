using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class DrainTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_sent_before_is_answered_and_what_comes_later_is_not_taken()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.StallAppends();
        for (var i = 1; i <= 20; i++) await client.SendAsync(StompClient.Say(1, "x", $"r{i}"));
        await rig.Engine.DrainAsync(Ct);
        await client.SendAsync(StompClient.Say(1, "too late", "late"));
        client.Frames.ShouldNotContain(x => x.Command == StompCommand.Error);
        rig.Log.ResumeAppends();
        var error = await client.ErrorAsync("shutting-down");
        int.Parse(error["retry-after"]!).ShouldBeInRange(0, 500);
        client.CloseCode.ShouldBe(1012);
        client.Frames.Count(x => x.Command == StompCommand.Receipt).ShouldBe(21);   // and that of SUBSCRIBE
        rig.Log.Entries(1).Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_draining_server_refuses_new_connections_and_keeps_open_ones()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        rig.Engine.BeginDrain();
        Should.Throw<ShouldAssertException>(() => rig.NewClient());
        await client.SayAsync(1, "still here", "r");
    }

    [Fact]
    public async Task Clients_are_told_one_after_the_other_over_the_window()
    {
        using var rig = new EngineRig(options => options.DrainWindow = TimeSpan.FromMilliseconds(50));
        rig.Log.AddRoom(1, 7);
        List<StompClient> clients = [];
        for (var i = 0; i < 50; i++) clients.Add(await rig.ConnectAsync(7));
        var draining = rig.Engine.DrainAsync(Ct);
        await Deadline.Until(() => Told() == 1, "the first to be told");
        foreach (var tick in Enumerable.Range(1, 4))
        {
            rig.Time.Advance(TimeSpan.FromMilliseconds(10));
            await Deadline.Until(() => Told() == (tick * 10) + 1, $"{tick * 10} more to be told");
        }

        rig.Time.Advance(TimeSpan.FromMilliseconds(10));
        await draining.Within("the last to be told");
        Told().ShouldBe(50);

        int Told() => clients.Count(x => x.Session.Connection.IsClosing);
    }
}
