using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Polls;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Tests.Cluster;

/// <summary>Polls that several nodes take votes for.</summary>
[Trait("Store", "postgres")]
public sealed class PollTests
{
    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task Two_nodes_count_votes_at_once_and_everybody_hears_each_change_once(string way)
    {
        await using var cluster = await ClusterRig.StartAsync(
            redis: way == "store" ? 0 : 1, settings: way == "bus" ? ClusterRig.BusOnly : []);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        var poll = (await talk.Ann.PollAsync(talk.Room)).Seq;
        for (var i = 0; i < 6; i++)
            await Task.WhenAll(talk.Ann.VoteAsync(talk.Room, poll, 1 + (i % 2)), talk.Ben.VoteAsync(talk.Room, poll, 1 + (i % 3)));
        await talk.Ann.CloseAsync(talk.Room, poll);
        await talk.Ben.TryVoteAsync(talk.Room, poll, 1).ShouldRefuse(Problem.PollClosed);
        List<string> hers = [], his = [];
        for (var i = 1; i <= 13; i++)
        {
            foreach (var (socket, heard) in new[] { (talk.Hers, hers), (talk.His, his) })
            {
                var frame = await socket.EventAsync("poll.changed");
                (frame.Seq, frame.Json.GetProperty("voters").GetInt64()).ShouldBe((poll + i, Math.Min(i, 2)));
                heard.Add(frame.Text);
            }
        }

        his.ShouldBe(hers);
        (await talk.Ann.SeeVotesAsync(talk.Room, poll)).ShouldBe("0 1 1 of 2, mine 2");
        (await talk.Ben.SeeVotesAsync(talk.Room, poll)).ShouldBe("0 1 1 of 2, mine 3");
        await cluster[0].ShouldCountVotesAsync();

        // Who comes later reads the same from the store, on a node where nobody was in the room.
        var third = await cluster.AddNodeAsync();
        await using var late = await StompSocket.ConnectAsync(third.Address, talk.Ben.AccessToken);
        await late.SubscribeAsync(talk.Room.Id, after: poll);
        foreach (var text in hers) (await late.EventAsync("poll.changed")).Text.ShouldBe(text);
    }

    [Fact]
    public async Task Nodes_whose_clocks_differ_close_a_poll_at_the_same_moment()
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 1, redis: 0);
        foreach (var minutes in (int[])[10, -10])
            await cluster.AddNodeAsync(
                services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new WrongTime(TimeSpan.FromMinutes(minutes)))));
        var ann = await cluster[0].SignUpAsync();
        var (later, soon) = (await ann.MakeRoomAsync(), await ann.MakeRoomAsync());
        var (open, closing) = (
            (await ann.PollAsync(later, closesAt: DateTimeOffset.UtcNow.AddMinutes(5))).Seq,
            (await ann.PollAsync(soon, closesAt: DateTimeOffset.UtcNow.AddSeconds(4))).Seq);
        await cluster.At(1, ann).VoteAsync(later, open, 1);     // by its own clock this node is five minutes late
        await Deadline.Until(
            async () =>
            {
                using var response = await ann.TryVoteAsync(soon, closing, 2);
                return (int)response.StatusCode == Problem.PollClosed.Status;
            },
            "the poll to close");
        foreach (var node in (int[])[1, 2])
            await cluster.At(node, ann).TryVoteAsync(soon, closing, 1).ShouldRefuse(Problem.PollClosed);
        await cluster.At(2, ann).VoteAsync(later, open, 2);
    }

    /// <summary>The system's time with a wrong clock on the wall.</summary>
    private sealed class WrongTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
