using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

[Trait("Store", "postgres")]
public sealed class RightsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Who_is_removed_at_one_node_hears_and_says_nothing_more_at_another(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        await using var talk = await Talk.BeginAsync(cluster, redis > 0);
        await using var witness = await cluster.ConnectAsync(1, talk.Ann);
        await witness.SubscribeAsync(talk.Room.Id);
        await talk.ExchangeAsync(5);
        await Talk.HearAsync(witness, 10);

        await talk.Ann.Http.SendAsync($"DELETE /api/rooms/{talk.Room.Id}/members/{talk.Ben.Id}").ShouldBe(204);
        await talk.His.SayAsync(talk.Room.Id, "still here?");
        (await talk.His.RefusalAsync()).Type.ShouldBe(Problem.NotFound.Slug);
        await witness.EventAsync("member.left");

        await talk.Ann.SayAsync(talk.Room, "among us");
        (await witness.EventAsync("message.created")).Text.ShouldContain("among us");
        await talk.SignalAsync(talk.His, "hello?");
        (await talk.His.RefusalAsync()).Type.ShouldBe(Problem.NotFound.Slug);
        await talk.His.SyncAsync();
        talk.His.Inbox().ShouldNotContain(frame => frame.Text.Contains("among us", StringComparison.Ordinal));
        await talk.Ben.Http.SendAsync($"GET /api/rooms/{talk.Room.Id}/messages").ShouldRefuse(Problem.NotFound);
        (await talk.Ann.HistoryAsync(talk.Room)).ShouldNotContain(message => message.Text == "still here?");
    }

    [Fact]
    public async Task Who_is_invited_at_one_node_takes_part_at_another()
    {
        await using var cluster = await ClusterRig.StartAsync();
        await using var talk = await Talk.BeginAsync(cluster);
        for (var round = 0; round < 5; round++)
        {
            await talk.Ann.Http.SendAsync($"DELETE /api/rooms/{talk.Room.Id}/members/{talk.Ben.Id}").ShouldBe(204);
            await Deadline.Until(
                async () =>
                {
                    await talk.His.SayAsync(talk.Room.Id, "let me in");
                    return (await talk.His.RefusalAsync()).Type == Problem.NotFound.Slug;
                },
                "the removal");
            await talk.Ann.Http.SendAsync($"POST /api/rooms/{talk.Room.Id}/members", new { userIds = new[] { talk.Ben.Id } }).ShouldBe(204);
            var said = await talk.His.SayAndWaitAsync(talk.Room.Id, $"back, {round}");
            (await talk.Hers.EventAsync("message.created")).Seq.ShouldBe(said.Seq);
        }

        await cluster[0].ShouldBeSoundAsync();
    }
}
