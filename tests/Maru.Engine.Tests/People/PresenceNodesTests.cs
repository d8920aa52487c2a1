using System.Text.Json;
using Maru.Engine.Bus;
using Maru.Engine.People;

namespace Maru.Engine.Tests.People;

/// <summary>Who is there over several nodes, each with a clock of its own.</summary>
public sealed class PresenceNodesTests : IDisposable
{
    private readonly LossyBus _bus = new();
    private readonly HashSet<UserId> _hidden = [];
    private readonly PresenceRig _here;
    private readonly PresenceRig _there;

    public PresenceNodesTests() => (_here, _there) = (new PresenceRig(_bus, null, _hidden), new PresenceRig(_bus.Join(), null, _hidden));

    [Fact]
    public async Task Every_node_knows_of_all_people_and_tells_those_who_watch()
    {
        var watcher = await _there.WatchAsync(8, "7");
        var client = await _here.ConnectAsync(7);
        Pass(1);
        _there.StateOf(7).ShouldBe(PresenceState.Online);
        await client.SendAsync("SEND\ndestination:/app/presence\n\n{\"state\":\"away\"}\0");
        Pass(2);
        client.Session.Closed();
        Pass(12);
        PresenceRig.Told(watcher).ShouldBe(["7 offline", "7 online", "7 away", "7 offline seen"]);
        (_here.Presence.TakeLeft().Count, _there.Presence.TakeLeft().Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task The_most_present_of_a_person_s_nodes_counts()
    {
        var (laptop, phone) = (await _here.ConnectAsync(7), await _there.ConnectAsync(7));
        await laptop.SendAsync("SEND\ndestination:/app/presence\n\n{\"state\":\"away\"}\0");
        Pass(1);
        (_here.StateOf(7), _there.StateOf(7)).ShouldBe((PresenceState.Online, PresenceState.Online));
        phone.Session.Closed();
        Pass(12);
        (_here.StateOf(7), _there.StateOf(7)).ShouldBe((PresenceState.Away, PresenceState.Away));
    }

    [Fact]
    public async Task The_people_of_a_node_that_is_silent_for_a_lease_are_offline_and_those_who_came_back_are_not()
    {
        var watcher = await _there.WatchAsync(8, "6,7");
        await _here.ConnectAsync(6);
        await _here.ConnectAsync(7);
        Pass(1);
        _there.Pass(5);     // the other clock stands still: its node says nothing any more
        await _there.ConnectAsync(7);
        _there.Pass(8);
        (_there.StateOf(6), _there.StateOf(7)).ShouldBe((PresenceState.Online, PresenceState.Online));
        _there.Pass(5);
        (_there.StateOf(6), _there.StateOf(7)).ShouldBe((PresenceState.Offline, PresenceState.Online));
        PresenceRig.Told(watcher).ShouldBe(["6 offline", "7 offline", "6 online", "7 online", "6 offline seen"], ignoreOrder: true);
        // The node that died cannot store what its people's watchers were told.
        var told = JsonDocument.Parse(watcher.Messages.Last().Body).RootElement.GetProperty("lastSeenAt").GetDateTimeOffset();
        _there.Presence.TakeLeft().Single(x => x.User.Value == 6).LastSeen.ShouldBe(told.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task A_node_that_comes_later_and_one_that_missed_something_ask_for_all_people()
    {
        for (var user = 1; user <= 50; user++) await _here.ConnectAsync(user);
        Pass(1);
        using var late = new PresenceRig(_bus.Join(), null, _hidden);
        late.Pass(0.5);
        Pass(0.5);
        Present(late).ShouldBe(50);

        _bus.Loses = true;
        for (var user = 51; user <= 60; user++) await _here.ConnectAsync(user);
        Pass(1);
        (Present(_there), Present(late)).ShouldBe((50, 50));
        _bus.Loses = false;
        Pass(4);
        late.Pass(1);
        Pass(2);
        (Present(_there), Present(late)).ShouldBe((60, 60));
    }

    [Fact]
    public async Task More_people_than_one_frame_holds_come_in_parts()
    {
        _bus.MaxFrameBytes = 256;
        for (var user = 1; user <= 60; user++) await _here.ConnectAsync(user);
        Pass(1);
        using var late = new PresenceRig(_bus.Join(), null, _hidden);
        late.Pass(0.5);
        Pass(1.5);
        (Present(_there), Present(late)).ShouldBe((60, 60));
    }

    [Fact]
    public async Task What_a_person_does_on_a_node_without_a_connection_of_theirs_counts()
    {
        var client = await _here.ConnectAsync(7);
        await client.SendAsync("SEND\ndestination:/app/presence\n\n{\"state\":\"away\"}\0");
        Pass(1);
        _there.StateOf(7).ShouldBe(PresenceState.Away);
        _there.Presence.Act(new UserId(7));
        Pass(4);
        (_here.StateOf(7), _there.StateOf(7)).ShouldBe((PresenceState.Online, PresenceState.Online));
    }

    [Fact]
    public async Task Who_was_away_is_away_after_a_reconnect_to_another_node()
    {
        var client = await _here.ConnectAsync(7);
        await client.SendAsync("SEND\ndestination:/app/presence\n\n{\"state\":\"away\"}\0");
        Pass(1);
        client.Session.Closed();
        await _there.ConnectAsync(7);
        Pass(20);
        (_here.StateOf(7), _there.StateOf(7)).ShouldBe((PresenceState.Away, PresenceState.Away));
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    private static int Present(PresenceRig node) => Enumerable.Range(1, 99).Count(user => node.StateOf(user) == PresenceState.Online);

    /// <summary>Both clocks go on, turn by turn.</summary>
    private void Pass(double seconds)
    {
        for (var passed = 0.0; passed < seconds; passed += 0.25)
        {
            _here.Pass(0.25);
            _there.Pass(0.25);
        }
    }

    /// <summary>A bus that loses what is published while a test says so.</summary>
    private sealed class LossyBus(LocalBus? bus = null) : IBus
    {
        private readonly LocalBus _bus = bus ?? new LocalBus();

        public bool Loses { get; set; }

        public bool IsConnected => _bus.IsConnected;

        public int MaxFrameBytes { get; set; } = 64 * 1024;

        public LossyBus Join() => new(_bus.Join());

        public bool Carries(BusChannel channel) => _bus.Carries(channel);

        public void Publish(BusChannel channel, ReadOnlySpan<byte> frame)
        {
            frame.Length.ShouldBeLessThanOrEqualTo(MaxFrameBytes);
            if (!Loses) _bus.Publish(channel, frame);
        }

        public IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null) =>
            _bus.Subscribe(channel, heard, listening);
    }
}
