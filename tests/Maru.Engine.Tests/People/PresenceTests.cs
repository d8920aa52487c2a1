using Maru.Engine.Connections;
using Maru.Engine.People;
using Maru.Engine.Protocols.Sse;

namespace Maru.Engine.Tests.People;

/// <summary>Who is there, by connections, activity, settings and leases.</summary>
public sealed class PresenceTests
{
    [Fact]
    public async Task A_person_is_online_while_one_connection_lives_and_for_the_grace_after()
    {
        using var node = new PresenceRig();
        var (tab, phone) = (await node.ConnectAsync(7), await node.ConnectAsync(7));
        node.StateOf(7).ShouldBe(PresenceState.Online);
        tab.Session.Closed();
        node.Pass(30);
        node.StateOf(7).ShouldBe(PresenceState.Online);
        phone.Session.Closed();
        node.Pass(9);
        node.StateOf(7).ShouldBe(PresenceState.Online);
        node.Presence.TakeLeft().ShouldBeEmpty();
        node.Pass(2);
        node.StateOf(7).ShouldBe(PresenceState.Offline);
        var left = node.Presence.TakeLeft().ShouldHaveSingleItem();
        (left.User, left.State).ShouldBe((new UserId(7), PresenceState.Offline));
        (node.Rig.Time.GetUtcNow().ToUnixTimeMilliseconds() - left.LastSeen).ShouldBeInRange(10_000, 12_000);
    }

    [Fact]
    public async Task Nobody_flickers_at_a_reconnect()
    {
        using var node = new PresenceRig();
        var watcher = await node.WatchAsync(8, "7,9");
        for (var i = 0; i < 5; i++)
        {
            var client = await node.ConnectAsync(7);
            node.Pass(3);
            client.Session.Closed();
            node.Pass(8);
        }

        PresenceRig.Told(watcher).ShouldBe(["7 offline", "9 offline", "7 online"]);
        node.Pass(4);
        PresenceRig.Told(watcher)[3..].ShouldBe(["7 offline seen"]);
    }

    [Fact]
    public async Task A_person_who_does_nothing_is_away_and_stays_it_when_their_client_connects_again()
    {
        using var node = new PresenceRig();
        var (watcher, client) = (await node.WatchAsync(8, "7"), await node.ConnectAsync(7));
        for (var i = 0; i < 330; i++)
        {
            node.Pass(1);
            await client.SendAsync("\n");   // a heart-beat
        }

        node.StateOf(7).ShouldBe(PresenceState.Away);
        client.Session.Closed();
        node.Pass(2);
        client = await node.ConnectAsync(7);
        node.Pass(20);
        node.StateOf(7).ShouldBe(PresenceState.Away);
        await client.SayAsync(1, "back", "r");
        node.StateOf(7).ShouldBe(PresenceState.Online);
        node.Pass(2);
        PresenceRig.Told(watcher).ShouldBe(["7 offline", "7 online", "7 away", "7 online"]);
    }

    [Fact]
    public async Task Away_from_one_client_is_not_away_while_another_one_is_used()
    {
        using var node = new PresenceRig();
        var (tab, phone) = (await node.ConnectAsync(7), await node.ConnectAsync(7));
        await PresenceRig.SayAsync(tab, "away");
        node.StateOf(7).ShouldBe(PresenceState.Online);
        await PresenceRig.SayAsync(phone, "away");
        node.StateOf(7).ShouldBe(PresenceState.Away);
        await PresenceRig.SayAsync(tab, "online");
        node.StateOf(7).ShouldBe(PresenceState.Online);
        tab.Session.Closed();
        node.StateOf(7).ShouldBe(PresenceState.Away);
        node.Presence.Act(new UserId(7));      // a request
        node.StateOf(7).ShouldBe(PresenceState.Online);
    }

    [Fact]
    public async Task Who_hides_is_offline_to_everybody_and_sees_nobody_at_once_and_shows_again_at_once()
    {
        using var node = new PresenceRig();
        var (ann, ben) = (await node.WatchAsync(7, "8"), await node.WatchAsync(8, "7"));
        node.Pass(1);
        node.IsStoreAway = true;
        Hide(node, 7, true);
        node.Pass(1);
        (PresenceRig.Told(ann)[^1], PresenceRig.Told(ben)[^1]).ShouldBe(("8 offline", "7 offline"));
        node.StateOf(7).ShouldBe(PresenceState.Offline);
        node.IsStoreAway = false;
        Hide(node, 7, false);
        node.Pass(1);
        (PresenceRig.Told(ann)[^1], PresenceRig.Told(ben)[^1]).ShouldBe(("8 online", "7 online"));
    }

    /// <summary>Two changes may be told in another order than they were made: only the store says which came last.</summary>
    [Fact]
    public async Task Who_hides_is_not_shown_by_older_news_that_come_while_the_store_is_away()
    {
        using var node = new PresenceRig();
        await node.ConnectAsync(7);
        node.Pass(1);
        node.Hidden.Add(new UserId(7));
        node.Presence.Show(new UserId(7), false);
        node.IsStoreAway = true;
        node.Presence.Show(new UserId(7), true);
        node.Pass(60);
        node.StateOf(7).ShouldBe(PresenceState.Offline);
        node.IsStoreAway = false;
        node.Pass(1);
        node.StateOf(7).ShouldBe(PresenceState.Offline);
    }

    [Fact]
    public async Task Who_shows_themselves_is_seen_again_after_older_news_that_they_hide()
    {
        using var node = new PresenceRig();
        var (ann, ben) = (await node.WatchAsync(7, "8"), await node.WatchAsync(8, "7"));
        node.Pass(2);
        node.Presence.Show(new UserId(7), false);
        node.Pass(3);
        (PresenceRig.Told(ann)[^1], PresenceRig.Told(ben)[^1]).ShouldBe(("8 online", "7 online"));
    }

    [Fact]
    public async Task Others_are_told_of_while_somebody_is_looked_up_anew()
    {
        using var node = new PresenceRig();
        var (watcher, other) = (await node.WatchAsync(8, "7,9"), await node.ConnectAsync(9));
        await node.ConnectAsync(7);
        node.Pass(2);
        node.IsStoreAway = true;
        node.Presence.Show(new UserId(7), true);
        await PresenceRig.SayAsync(other, "away");
        node.Pass(1);
        PresenceRig.Told(watcher)[^1].ShouldBe("9 away");
    }

    [Fact]
    public async Task The_store_is_asked_of_nobody_but_the_one_who_hides_or_shows_or_comes_into_a_room()
    {
        using var node = new PresenceRig();
        var watcher = await node.WatchAsync(8, "7,9,10,101");
        await node.ConnectAsync(7);
        await node.ConnectAsync(9);
        node.Pass(2);
        var (sight, asked) = (node.Presence.Sight!, new List<long>());
        node.Presence.Sight = (viewer, people, ct) =>
        {
            asked.AddRange(people.Select(x => x.Value));
            return sight(viewer, people, ct);
        };
        Hide(node, 7, true);
        node.Pass(2);
        Hide(node, 7, false);
        node.Pass(2);
        node.Presence.Meet([new UserId(101)]);
        node.Pass(2);
        asked.ShouldBe([7, 7, 101]);
        PresenceRig.Told(watcher).TakeLast(2).ShouldBe(["7 offline", "7 online"]);

        // Who hides themselves sees nobody: that is about all.
        asked.Clear();
        Hide(node, 8, true);
        node.Pass(2);
        asked.ShouldBe([7, 9, 10, 101], ignoreOrder: true);
        PresenceRig.Told(watcher).TakeLast(2).ShouldBe(["7 offline", "9 offline"], ignoreOrder: true);
    }

    [Fact]
    public async Task Nothing_is_asked_of_the_store_for_a_client_that_has_gone()
    {
        using var node = new PresenceRig();
        var watcher = await node.WatchAsync(8, "7");
        node.Pass(1);
        node.IsStoreAway = true;
        node.Presence.Show(new UserId(7), true);
        node.Pass(1);
        watcher.Session.Closed();
        var (sight, asked) = (node.Presence.Sight!, 0);
        node.Presence.Sight = (viewer, people, ct) =>
        {
            asked++;
            return sight(viewer, people, ct);
        };
        node.IsStoreAway = false;
        node.Pass(1);
        asked.ShouldBe(0);
    }

    [Fact]
    public async Task Watched_people_are_charged_for_the_memory_that_they_take()
    {
        using var node = new PresenceRig();
        var connection = (await node.ConnectAsync(8)).Session.Connection;
        var watches = new PresenceWatches(_ => PresenceState.Offline, node.Rig.Engine.Metrics);
        var lists = Enumerable.Range(1, 10_000).Select(x => new UserId(x)).Chunk(200).ToArray();
        var (charged, before, subscription) = (0L, GC.GetAllocatedBytesForCurrentThread(), new WireSubscription(SseWire.User, "p"));
        foreach (var people in lists)
        {
            var watch = new PresenceWatch(connection, subscription, people);
            watches.Add(watch);
            charged += watch.Bytes;
        }

        // A part of what was allocated is garbage again: tables that have grown.
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        charged.ShouldBeInRange(allocated * 7 / 10, allocated);
        watches.Count.ShouldBe(lists.Length);
    }

    [Fact]
    public async Task Who_hides_is_never_shown_and_leaves_no_last_moment()
    {
        using var node = new PresenceRig(hidden: [new UserId(7)]);
        var watcher = await node.WatchAsync(8, "7");
        var client = await node.ConnectAsync(7);
        node.Pass(5);
        client.Session.Closed();
        node.Pass(15);
        PresenceRig.Told(watcher).ShouldBe(["7 offline"]);
        node.Presence.TakeLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task Strangers_are_offline_without_a_last_moment()
    {
        using var node = new PresenceRig();
        var watcher = await node.WatchAsync(8, "100,7");
        foreach (var user in (long[])[100, 7])
        {
            var client = await node.ConnectAsync(user);
            node.Pass(2);
            client.Session.Closed();
            node.Pass(15);
        }

        PresenceRig.Told(watcher).ShouldBe(["100 offline", "7 offline", "7 online", "7 offline seen"]);
    }

    /// <summary>The store says of whom they are told; it is believed for a minute.</summary>
    [Fact]
    public async Task Who_no_longer_shares_a_room_is_not_seen_any_more_after_a_minute()
    {
        using var node = new PresenceRig();
        var (watcher, client) = (await node.WatchAsync(8, "7"), await node.ConnectAsync(7));
        node.Pass(61);
        node.Hidden.Add(new UserId(7));     // in the store alone: nobody tells of it
        await PresenceRig.SayAsync(client, "away");
        node.Pass(2);
        PresenceRig.Told(watcher)[^1].ShouldBe("7 offline");
    }

    [Theory]
    [InlineData("{\"state\":\"gone\"}", "invalid")]
    [InlineData("{}", "invalid")]
    [InlineData("[]", "malformed")]
    [InlineData("{\"state\":\"away\",\"state\":\"away\"}", "malformed")]
    [InlineData("{\"state\":\"away\"} x", "malformed")]
    public async Task A_state_that_is_none_is_refused(string body, string slug)
    {
        using var node = new PresenceRig();
        var client = await node.ConnectAsync(8);
        await client.ListenForRefusalsAsync();
        await client.SendAsync($"SEND\ndestination:/app/presence\nreceipt:r\n\n{body}\0");
        (await client.RefusalAsync("r")).Text.ShouldContain(slug);
        node.StateOf(8).ShouldBe(PresenceState.Online);
    }

    private static void Hide(PresenceRig node, long user, bool hides)
    {
        if (hides) node.Hidden.Add(new UserId(user));
        else node.Hidden.Remove(new UserId(user));
        node.Presence.Show(new UserId(user), !hides);
    }
}
