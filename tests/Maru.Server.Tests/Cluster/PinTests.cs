using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Pins that several nodes take.</summary>
[Trait("Store", "postgres")]
public sealed class PinTests
{
    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task Two_nodes_pin_and_unpin_one_message_at_once_and_everybody_hears_each_change_once(string way)
    {
        await using var cluster = await ClusterRig.StartAsync(
            redis: way == "store" ? 0 : 1, settings: way == "bus" ? ClusterRig.BusOnly : []);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        await talk.Ann.Http.SendAsync($"PATCH /api/rooms/{talk.Room.Id}/members/{talk.Ben.Id}", new { role = "admin" }).ShouldBe(204);
        var said = (await talk.Ann.SayAsync(talk.Room)).Seq;
        for (var i = 0; i < 5; i++)
        {
            await Task.WhenAll(talk.Ann.PinAsync(talk.Room, said), talk.Ben.PinAsync(talk.Room, said));
            await Task.WhenAll(talk.Ann.UnpinAsync(talk.Room, said), talk.Ben.UnpinAsync(talk.Room, said));
        }

        await Task.WhenAll(talk.Ann.PinAsync(talk.Room, said), talk.Ben.PinAsync(talk.Room, said));
        List<string> hers = [], his = [];
        for (var i = 1; i <= 11; i++)
        {
            foreach (var (socket, heard) in new[] { (talk.Hers, hers), (talk.His, his) })
            {
                var frame = await socket.EventAsync("pin.changed");
                (frame.Seq, frame.Json.GetProperty("pinned").GetBoolean()).ShouldBe((said + i, i % 2 == 1));
                heard.Add(frame.Text);
            }
        }

        his.ShouldBe(hers);
        (await talk.Ann.SeeAsync(talk.Room)).LastSeq.ShouldBe(said + 11);
        (await talk.Ben.SeePinsAsync(talk.Room)).ShouldBe([said]);
        await cluster[0].ShouldKeepPinsAsync();

        // Who comes later reads the same from the store, on a node where nobody was in the room.
        var third = await cluster.AddNodeAsync();
        await using var late = await StompSocket.ConnectAsync(third.Address, talk.Ben.AccessToken);
        await late.SubscribeAsync(talk.Room.Id, after: said);
        foreach (var text in hers) (await late.EventAsync("pin.changed")).Text.ShouldBe(text);
    }
}
