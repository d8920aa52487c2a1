using Maru.Server.Followers;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;

namespace Maru.Server.Tests.Followers;

/// <summary>A follower on several nodes: one of them works for it at a time.</summary>
[Trait("Store", "postgres")]
public sealed class ClusterTests
{
    private static readonly FollowerOptions OnlyTold = new() { LookEvery = TimeSpan.FromHours(1) };
    private static readonly FollowerOptions Brief = new() { Lease = TimeSpan.FromSeconds(5), LookEvery = TimeSpan.FromHours(1) };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task One_node_works_for_all_and_is_woken_by_the_others(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 0, redis: redis);
        var (first, second) = (new Recorder(), new Recorder());
        await AddAsync(cluster, first, OnlyTold);
        await AddAsync(cluster, second, OnlyTold);
        var ann = await cluster[0].SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var elsewhere = cluster.At(1, ann);
        for (var i = 0; i < 20; i++)
        {
            await ann.SayAsync(room);
            await elsewhere.SayAsync(room);
        }

        var working = first;
        await Deadline.Until(() => first.Taken.Length + second.Taken.Length > 0, "the first entries");
        if (second.Taken.Length > 0) working = second;
        await working.TakenAsync(room.Id, 40);
        working.Seqs(room.Id).ShouldBe(Enumerable.Range(1, 40).Select(x => (long)x));
        (working == first ? second : first).Taken.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_nobody_told_of_is_found_by_a_look()
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 0, redis: 0);
        var recorder = new Recorder();
        await AddAsync(cluster, recorder, new FollowerOptions { LookEvery = TimeSpan.FromMilliseconds(300) });
        await cluster.AddNodeAsync();       // has no follower, so it tells nobody
        var ann = await cluster[0].SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await cluster.At(1, ann).SayAsync(room, "elsewhere");
        await recorder.TakenAsync(room.Id, 1);
        recorder.Texts(room.Id).ShouldBe(["elsewhere"]);
    }

    [Fact]
    public async Task Another_node_goes_on_when_the_working_one_stops()
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 0, redis: 0);
        var (first, second) = (new Recorder(), new Recorder());
        var isFollowing = true;
        var node = await cluster.AddNodeAsync(services =>
        {
            if (isFollowing) Follow(services, first, OnlyTold);
        });
        var ann = await node.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room, "first");
        await first.TakenAsync(room.Id, 1);
        await AddAsync(cluster, second, Brief);
        isFollowing = false;
        await node.RestartAsync();
        await cluster.At(1, ann).SayAsync(room, "second");
        await second.TakenAsync(room.Id, 2);
        second.Seqs(room.Id).ShouldBe([2]);
    }

    [Fact]
    public async Task Another_node_goes_on_when_the_working_one_no_longer_answers_and_what_it_did_not_store_comes_again()
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 0, redis: 0);
        var (first, second) = (new Recorder(), new Recorder());
        var held = new HeldDatabase();
        var node = await cluster.AddNodeAsync(services =>
        {
            Follow(services, first, Brief);
            held.Use<FollowerStore>(services);
        });
        var ann = await node.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room, "stored");
        await first.TakenAsync(room.Id, 1);
        await Deadline.Until(
            async () => await node.Service<FollowerStore>().FindAsync("recorder", new Engine.RoomId(room.Id), Ct) == 1, "the position");

        // From here on its writes do not come to an end, neither the position nor the lease.
        var hold = held.HoldWrites(int.MaxValue);
        await ann.SayAsync(room, "handled, not stored");
        await first.TakenAsync(room.Id, 2);
        await AddAsync(cluster, second, Brief);
        await second.TakenAsync(room.Id, 2);
        await ann.SayAsync(room, "after");
        await second.TakenAsync(room.Id, 3);
        second.Seqs(room.Id).ShouldBe([2, 3]);
        first.Seqs(room.Id).ShouldBe([1, 2]);

        // It finds that another one works, and what it wanted to store is not.
        hold.Release();
        await ann.SayAsync(room, "still the other's");
        await second.TakenAsync(room.Id, 4);
        first.Seqs(room.Id).ShouldBe([1, 2]);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<MaruServer> AddAsync(ClusterRig cluster, Recorder recorder, FollowerOptions options) =>
        cluster.AddNodeAsync(services => Follow(services, recorder, options));

    private static void Follow(IServiceCollection services, Recorder recorder, FollowerOptions options)
    {
        services.AddSingleton<LogFollower>(recorder);
        services.AddSingleton(options);
    }
}
