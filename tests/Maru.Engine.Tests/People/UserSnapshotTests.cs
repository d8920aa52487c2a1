using System.Globalization;
using System.Text;
using Maru.Engine.Codecs;
using Maru.Engine.People;
using Maru.Engine.Problems;

namespace Maru.Engine.Tests.People;

/// <summary>A subscription to a user's events begins with their snapshot; what changes while it is read comes behind it.</summary>
public sealed class UserSnapshotTests : IDisposable
{
    private readonly EngineRig _rig = new(options =>
    {
        options.OutboxBytes = 64 * 1024;
        options.UserFeedBytes = 64 * 1024;
    });

    [Fact]
    public async Task First_the_snapshot_then_the_receipt_then_the_newest_of_what_changed_while_it_was_read()
    {
        var open = await ListenAsync("before");
        var snapshot = HoldSnapshot();
        var client = await _rig.ConnectAsync(7);
        var subscribing = client.SubscribeAsync("/user/queue/events", "e");
        Publish("unread 2", "unread");
        Publish("mention");
        Publish("unread 3", "unread");
        Texts(open).ShouldBe(["before", "unread 2", "mention", "unread 3"]);    // others do not wait for it
        client.Messages.ShouldBeEmpty();

        snapshot.SetResult([Event("unread 1", "unread"), Event("other room", "other")]);
        await subscribing.Within("the subscription");
        Publish("live");
        string[] frames = [.. client.Frames.Skip(1).Select(x => x.Command == StompCommand.Receipt ? "RECEIPT" : x.Text)];
        frames.ShouldBe(["unread 1", "other room", "RECEIPT", "mention", "unread 3", "live"]);
    }

    [Fact]
    public async Task A_second_subscription_alone_gets_the_snapshot_and_the_first_misses_nothing()
    {
        var client = await ListenAsync();
        var snapshot = HoldSnapshot();
        var subscribing = client.SubscribeAsync("/user/queue/events", "second");
        Publish("change");
        snapshot.SetResult([Event("state")]);
        await subscribing.Within("the subscription");
        Texts(client, "e").ShouldBe(["change"]);
        Texts(client, "second").ShouldBe(["state", "change"]);
    }

    [Fact]
    public async Task What_waits_for_a_slow_reader_does_not_overtake_the_snapshot_of_their_next_subscription()
    {
        var client = await ListenAsync();
        client.Sink.SetWindow(0);
        for (var i = 0; i < 10; i++) Publish(new string('x', 4000));
        Publish("waits");
        var snapshot = HoldSnapshot();
        var subscribing = client.SubscribeAsync("/user/queue/events", "second");
        client.Sink.SetWindow(long.MaxValue);
        await client.Session.Connection.Outbox.EmptyAsync().Within("what had room to be written");
        Publish("meanwhile");
        Texts(client, "second").ShouldBeEmpty();

        snapshot.SetResult([Event("state")]);
        await subscribing.Within("the subscription");
        await client.UntilAsync(() => Texts(client, "second").LastOrDefault() == "meanwhile", "what waited");
        Texts(client, "second")[0].ShouldBe("state");
        Texts(client, "second")[^2..].ShouldBe(["waits", "meanwhile"]);
        Texts(client, "e").Count(x => x == "waits").ShouldBe(1);
    }

    [Fact]
    public async Task A_snapshot_larger_than_the_outbox_comes_at_the_pace_of_the_reader_and_ahead_of_what_changed()
    {
        var sink = new MemorySink();
        var client = await _rig.ConnectAsync(7, sink: sink);
        sink.SetWindow(0);
        string[] states = [.. Enumerable.Range(0, 100).Select(i => $"{i} {new string('x', 4000)}")];
        _rig.Snapshot = (_, _) => new([.. states.Select(x => Event(x))]);
        var before = client.Session.Connection.Memory.Held;
        var subscribing = client.SendAsync("SUBSCRIBE\nid:e\ndestination:/user/queue/events\nreceipt:r\n\n\0");
        Publish("change");
        client.Session.Connection.Outbox.Bytes.ShouldBeLessThan(40 * 1024);
        client.Session.Connection.Memory.Held.ShouldBeGreaterThan(before + (100 * 4000));   // it counts as the client's
        sink.SetWindow(long.MaxValue);
        await subscribing.Within("the subscription");
        await client.UntilAsync(() => Texts(client).LastOrDefault() == "change", "everything");
        Texts(client).ShouldBe([.. states, "change"]);
        await Deadline.Until(() => client.Session.Connection.Memory.Held == before, "the memory to be given back");
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_read_refuses_the_subscription_and_nothing_else()
    {
        var client = await ListenAsync();
        await client.ListenForRefusalsAsync();
        var snapshot = HoldSnapshot();
        var subscribing = client.SendAsync("SUBSCRIBE\nid:second\ndestination:/user/queue/events\nreceipt:no\n\n\0");
        Publish("meanwhile");
        snapshot.SetException(new IOException("the store is away"));
        await subscribing.Within("the refusal");
        (await client.RefusalAsync("no")).Text.ShouldContain(Problem.Unavailable.Slug);
        _rig.TakeErrors();
        Publish("later");
        Texts(client, "e").ShouldBe(["meanwhile", "later"]);
        Texts(client, "second").ShouldBeEmpty();

        _rig.Snapshot = (_, _) => new([Event("state")]);
        await client.SubscribeAsync("/user/queue/events", "second");
        Texts(client, "second").ShouldBe(["state"]);
    }

    [Fact]
    public async Task What_piles_up_while_the_snapshot_is_read_is_bounded_and_cuts_the_one_who_waits()
    {
        var open = await ListenAsync();
        var snapshot = HoldSnapshot();
        var client = await _rig.ConnectAsync(7);
        var subscribing = client.SendAsync("SUBSCRIBE\nid:e\ndestination:/user/queue/events\n\n\0");
        for (var i = 0; i < 100; i++) Publish(new string('x', 1000));
        client.Sink.IsAborted.ShouldBeTrue();
        open.Sink.IsEnded.ShouldBeFalse();
        snapshot.SetResult([Event("state")]);
        await subscribing.Within("the subscription");
        Publish("goes on");
        Texts(open)[^1].ShouldBe("goes on");
        Texts(await ListenAsync("anew")).ShouldBe(["anew"]);
    }

    [Fact]
    public async Task A_session_that_ends_while_the_snapshot_is_read_says_so_and_nothing_more()
    {
        var snapshot = HoldSnapshot();
        var client = await _rig.ConnectAsync(7);
        var subscribing = client.SendAsync("SUBSCRIBE\nid:e\ndestination:/user/queue/events\n\n\0");
        Publish("change");
        _rig.Engine.UserEvents.EndSession(new UserId(7), 1);
        snapshot.SetResult([Event("state")]);
        await subscribing.Within("the subscription");
        await client.ErrorAsync(Problem.SessionEnded.Slug);
        Texts(client).ShouldBe(["{\"type\":\"session.ended\"}"]);
    }

    /// <summary>Changes come from elsewhere all the time, and in any case right before and right after the state is read.</summary>
    [Fact]
    public async Task However_changes_meet_subscriptions_the_last_event_of_each_key_is_the_newest_and_news_come_once_and_in_order()
    {
        const int Keys = 4, Clients = 50, ChangesEach = 40;     // so that no more wait than may
        var (gate, state, changes, allowed, done) = (new Lock(), new int[Keys], 0, 0, false);
        _rig.Snapshot = async (_, _) =>
        {
            Change();
            await Task.Yield();
            var read = Enumerable.Range(0, Keys).Select(key => Event($"{key}={Volatile.Read(ref state[key])}", $"{key}")).ToArray();
            await Task.Yield();
            Change();
            return read;
        };
        var changing = Task.Run(async () =>
        {
            for (; !Volatile.Read(ref done); await Task.Yield())
                if (Volatile.Read(ref changes) < Volatile.Read(ref allowed)) Change();
        });
        List<StompClient> clients = [];
        while (clients.Count < Clients)
        {
            Volatile.Write(ref allowed, (clients.Count + 1) * ChangesEach);
            clients.Add(await ListenAsync());
        }

        Volatile.Write(ref done, true);
        await changing.Within("the changes");

        var lastNews = $"news {changes / 5 * 5}";
        foreach (var client in clients)
        {
            string[] texts = [];
            await client.UntilAsync(() => HasNewest(texts = Texts(client)), "the newest of each key");
            texts[..Keys].Select(x => x[0]).ShouldBe("0123");
            int[] news = [.. texts.Where(x => x[0] == 'n').Select(x => int.Parse(x[5..], CultureInfo.InvariantCulture))];
            news.ShouldBe(Enumerable.Range(0, news.Length).Select(i => news[0] + (5 * i)));
        }

        void Change()
        {
            lock (gate)
            {
                var i = ++changes;
                Volatile.Write(ref state[i % Keys], i);
                Publish($"{i % Keys}={i}", $"{i % Keys}");
                if (i % 5 == 0) Publish($"news {i}");
            }
        }

        bool HasNewest(string[] texts) =>
            Enumerable.Range(0, Keys).All(key => texts.LastOrDefault(x => x[0] == '0' + key) == $"{key}={state[key]}")
            && (texts.LastOrDefault(x => x[0] == 'n') is not { } news || news == lastNews);
    }

    public void Dispose() => _rig.Dispose();

    private TaskCompletionSource<IReadOnlyList<UserEvent>> HoldSnapshot()
    {
        var snapshot = new TaskCompletionSource<IReadOnlyList<UserEvent>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Snapshot = (_, _) => new(snapshot.Task);
        return snapshot;
    }

    /// <summary>Connects and subscribes; the snapshot is that text, or as it was set.</summary>
    private async Task<StompClient> ListenAsync(string? state = null)
    {
        if (state is not null) _rig.Snapshot = (_, _) => new([Event(state)]);
        var client = await _rig.ConnectAsync(7);
        await client.SubscribeAsync("/user/queue/events", "e");
        return client;
    }

    private void Publish(string text, string? key = null) => _rig.Engine.UserEvents.Publish(new UserId(7), Event(text, key));

    private static UserEvent Event(string text, string? key = null) => new(Encoding.UTF8.GetBytes(text), key);

    private static string[] Texts(StompClient client, string? subscription = null) =>
        [.. client.Messages.Where(x => subscription is null || x["subscription"] == subscription).Select(x => x.Text)];
}
