using Maru.Server.Tests.Features.Reactions;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Reactions that several nodes take.</summary>
[Trait("Store", "postgres")]
public sealed class ReactionTests
{
    private const int People = 20;

    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task People_at_two_nodes_react_at_once_and_everybody_hears_every_count_in_order(string way)
    {
        await using var cluster = await ClusterRig.StartAsync(
            redis: way == "store" ? 0 : 1, settings: way == "bus" ? ClusterRig.BusOnly : []);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        var said = (await talk.Ann.SayAsync(talk.Room)).Seq;
        var people = await Task.WhenAll(Enumerable.Range(0, People).Select(_ => cluster[0].SignUpAsync("cat")));
        foreach (var person in people) await person.JoinAsync(talk.Room);
        await Task.WhenAll(people.Select((person, i) => cluster.At(i % 2, person).ReactAsync(talk.Room, said, "👍")));
        List<string> hers = [], his = [];
        for (var i = 1; i <= People; i++)
        {
            foreach (var (socket, heard) in new[] { (talk.Hers, hers), (talk.His, his) })
            {
                var frame = await socket.EventAsync("reaction.changed");
                frame.Json.GetProperty("count").GetInt32().ShouldBe(i);
                heard.Add(frame.Text);
            }
        }

        his.ShouldBe(hers);
        (await talk.Ben.SeeReactionsAsync(talk.Room, said)).ShouldBe($"👍 {People}");
        await cluster[0].ShouldCountReactionsAsync();

        // Who comes later reads the same from the store, on a node where nobody was in the room.
        var third = await cluster.AddNodeAsync();
        await using var late = await StompSocket.ConnectAsync(third.Address, talk.Ben.AccessToken);
        await late.SubscribeAsync(talk.Room.Id, after: said);
        foreach (var text in hers) (await late.EventAsync("reaction.changed")).Text.ShouldBe(text);
    }
}
