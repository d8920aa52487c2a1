using System.Text;
using Maru.Engine.Bus;
using Maru.Engine.People;

namespace Maru.Engine.Tests.People;

/// <summary>A user's events reach their connections, on two nodes that share a bus.</summary>
public sealed class UserEventsTests : IDisposable
{
    private const int FeedBytes = 1024 * 1024;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);
    private static readonly UserId[] Users = [.. Enumerable.Range(1, 20).Select(x => new UserId(x))];

    private readonly LocalBus _bus = new();
    private readonly EngineRig _here;
    private readonly EngineRig _there;

    public UserEventsTests() =>
        (_here, _there) = (Rig(_bus), Rig(_bus.Join()));

    [Fact]
    public async Task An_event_reaches_the_user_s_connections_here_at_once_and_those_on_other_nodes_a_moment_later()
    {
        var (here, there, other) = (await ConnectAsync(_here, 7), await ConnectAsync(_there, 7), await ConnectAsync(_there, 8));
        Publish(_here, "one", users: [7, 9]);
        Texts(here).ShouldBe(["one"]);
        _here.Time.Advance(Moment);
        Texts(there).ShouldBe(["one"]);
        Texts(other).ShouldBeEmpty();
        Texts(here).ShouldBe(["one"]);
    }

    [Fact]
    public async Task Many_users_and_events_go_to_other_nodes_in_order_each_to_whom_it_concerns()
    {
        var clients = new Dictionary<long, StompClient>();
        for (var user = 1L; user <= 20; user++) clients[user] = await ConnectAsync(_there, user);
        long[] odd = [.. Enumerable.Range(0, 1500).Select(x => (2L * x) + 1)];
        for (var i = 0; i < 10; i++) Publish(_here, $"odd{i}", users: odd);
        for (var i = 0; i < 10; i++) Publish(_here, $"four{i}", rare: true, users: [4]);
        _here.Time.Advance(Moment);
        foreach (var (user, client) in clients)
        {
            if (user % 2 == 1) Texts(client).ShouldBe(Enumerable.Range(0, 10).Select(i => $"odd{i}"));
            else if (user == 4) Texts(client).ShouldBe(Enumerable.Range(0, 10).Select(i => $"four{i}"));
            else Texts(client).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task On_the_way_to_other_nodes_a_state_replaces_the_one_before_and_news_do_not()
    {
        var there = await ConnectAsync(_there, 7);
        Publish(_here, "unread 1", key: "unread:1", users: [7]);
        Publish(_here, "mention a", users: [7]);
        Publish(_here, "unread 2", key: "unread:1", users: [7]);
        Publish(_here, "other room", key: "unread:2", users: [7]);
        Publish(_here, "mention a", users: [7]);
        Publish(_here, "unread 3", key: "unread:1", users: [7]);
        _here.Time.Advance(Moment);
        Texts(there).ShouldBe(["mention a", "other room", "mention a", "unread 3"]);
        Publish(_here, "unread 4", key: "unread:1", users: [7]);
        _here.Time.Advance(Moment);
        Texts(there)[^1].ShouldBe("unread 4");
    }

    [Fact]
    public async Task Moves_for_which_there_is_no_room_make_other_nodes_doubt_the_user()
    {
        List<(UserId, RoomId)> moves = [];
        List<UserId> doubted = [];
        (_there.Engine.UserEvents.Moved, _there.Engine.UserEvents.Doubted) =
            ((user, room) => moves.Add((user, room)), which => doubted.AddRange(Users.Where(x => which(x))));
        await ConnectAsync(_there, 7);
        await ConnectAsync(_there, 8);
        doubted.ShouldBe([new UserId(7), new UserId(8)]);       // as their channels are listened to for the first time
        doubted.Clear();

        for (var room = 1L; room <= (FeedBytes / 32) + 5; room++) _here.Engine.UserEvents.Move(new UserId(8), new RoomId(room));
        _here.Time.Advance(Moment);
        moves.Count.ShouldBe(FeedBytes / 32);
        doubted.ShouldBe([new UserId(8)]);
        _here.Engine.UserEvents.Move(new UserId(8), new RoomId(1));
        _here.Time.Advance(Moment);
        moves.Count.ShouldBe((FeedBytes / 32) + 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_reads_slowly_gets_the_newest_state_and_all_news_and_costs_the_others_nothing(bool isHere)
    {
        var rig = isHere ? _here : _there;
        var slow = await ConnectAsync(rig, 7, new MemorySink());
        var quick = await ConnectAsync(rig, 7);
        slow.Sink.SetWindow(0);
        var filling = new string('x', 4000);
        for (var i = 0; i < 10; i++) Publish(rig, $"filling{filling}", users: [7]);
        for (var i = 0; i < 100; i++)
        {
            Publish(rig, $"state {i}", key: "s", users: [7]);
            if (i % 10 == 0) Publish(rig, $"news {i}", users: [7]);
        }

        Texts(quick).Length.ShouldBe(120);
        slow.Sink.SetWindow(long.MaxValue);
        await slow.UntilAsync(() => Texts(slow).LastOrDefault() == "state 99", "the newest state");
        string[] got = [.. Texts(slow).Where(x => !x.StartsWith("filling", StringComparison.Ordinal))];
        got.ShouldBe([.. Enumerable.Range(0, 10).Select(i => $"news {i * 10}"), "state 99"]);
        Publish(rig, "live again", users: [7]);
        // It may count as behind for a moment longer than its last byte waits.
        await slow.UntilAsync(() => Texts(slow)[^1] == "live again", "what comes live");
    }

    [Fact]
    public async Task Several_slow_connections_of_a_user_each_go_on_where_they_were()
    {
        StompClient[] slow = [await ConnectAsync(_here, 7), await ConnectAsync(_here, 7)];
        var filling = new string('x', 4000);
        slow[0].Sink.SetWindow(0);
        for (var i = 0; i < 10; i++) Publish(_here, $"filling{filling}", users: [7]);
        Publish(_here, "first", users: [7]);
        slow[1].Sink.SetWindow(0);
        for (var i = 0; i < 10; i++) Publish(_here, $"filling{filling}", users: [7]);
        Publish(_here, "second", users: [7]);
        foreach (var client in slow)
        {
            client.Sink.SetWindow(long.MaxValue);
            await client.UntilAsync(() => Texts(client).LastOrDefault() == "second", "what waited");
            Texts(client).Count(x => x == "first").ShouldBe(1);
            Texts(client).Length.ShouldBe(22);
        }
    }

    [Fact]
    public async Task Who_takes_nothing_while_news_pile_up_is_cut_and_nobody_else()
    {
        var slow = await ConnectAsync(_here, 7);
        var (quick, other) = (await ConnectAsync(_here, 7), await ConnectAsync(_here, 8));
        slow.Sink.SetWindow(0);
        var news = new string('x', 1000);
        for (var i = 0; i < 200; i++) Publish(_here, news, users: [7, 8]);
        slow.Sink.IsAborted.ShouldBeTrue();
        quick.Sink.IsEnded.ShouldBeFalse();
        Texts(quick).Length.ShouldBe(200);
        Texts(other).Length.ShouldBe(200);

        var back = await ConnectAsync(_here, 7);
        Publish(_here, "welcome", users: [7]);
        Texts(back).ShouldBe(["welcome"]);
    }

    [Fact]
    public async Task The_bound_of_the_node_cuts_too_and_is_free_again_afterwards()
    {
        var slow = new List<StompClient>();
        for (var user = 1L; user <= 200; user++) slow.Add(await ConnectAsync(_here, user));
        foreach (var client in slow) client.Sink.SetWindow(0);
        long[] users = [.. Enumerable.Range(1, 200).Select(x => (long)x)];
        for (var i = 0; i < 20; i++) Publish(_here, new string('x', 4000), users: users);
        slow.ShouldContain(x => x.Sink.IsAborted);
        foreach (var client in slow.Where(x => !x.Sink.IsAborted))
        {
            client.Sink.SetWindow(long.MaxValue);
            await client.UntilAsync(() => Texts(client).Length == 20, "what waited");
        }

        var late = await ConnectAsync(_here, 7);
        late.Sink.SetWindow(0);
        for (var i = 0; i < 15; i++) Publish(_here, new string('x', 4000), users: [7]);
        late.Sink.IsAborted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_frame_of_a_newer_node_is_passed_over()
    {
        var there = await ConnectAsync(_there, 7);
        var newer = _bus.Join();
        newer.Publish(new BusChannel("people", Travel.Sure), [9, 1, 2, 3]);
        newer.Publish(new BusChannel("people", Travel.Sure), [1, 200]);
        Publish(_here, "one", rare: true, users: [7]);
        _here.Time.Advance(Moment);
        Texts(there).ShouldBe(["one"]);
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    private static EngineRig Rig(LocalBus bus) => new(
        options =>
        {
            options.OutboxBytes = 64 * 1024;
            options.UserFeedBytes = 64 * 1024;
            options.FeedBytes = FeedBytes;
        },
        bus);

    private static async Task<StompClient> ConnectAsync(EngineRig rig, long user, MemorySink? sink = null)
    {
        var client = await rig.ConnectAsync(user, sink: sink);
        await client.SubscribeAsync("/user/queue/events", "e");
        return client;
    }

    private static void Publish(
        EngineRig rig, string text, string? key = null, bool rare = false, params long[] users) => rig.Engine.UserEvents.Publish(
        Array.ConvertAll(users, x => new UserId(x)), new UserEvent(Encoding.UTF8.GetBytes(text), key) { IsRare = rare });

    private static string[] Texts(StompClient client) => [.. client.Messages.Select(x => x.Text)];
}
