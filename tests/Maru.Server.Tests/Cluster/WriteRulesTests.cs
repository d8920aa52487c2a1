using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Cluster;

/// <summary>Slow and read-only rooms that are used on several nodes.</summary>
[Trait("Store", "postgres")]
public sealed class WriteRulesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Of_messages_from_many_tabs_at_two_nodes_at_the_same_moment_one_gets_in(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        var (ann, ben) = (await cluster[0].SignUpAsync("ann"), await cluster[0].SignUpAsync("ben"));
        Person[] bens = [ben, cluster.At(1, ben)];
        var tabs = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => bens[i % 2].TabAsync()));
        for (var round = 0; round < 8; round++)
        {
            // The second node has known the room since before it became slow.
            var room = await ann.MakeRoomAsync(members: ben.Id);
            var before = await bens[1].SayAsync(room, "before");
            await ann.ChangeAsync(room, new { slowMode = 600 });
            var outcomes = await Task.WhenAll(
            [
                .. tabs.Select(async tab => await tab.OutcomeAsync(await tab.SayAsync(room.Id, "tab"))),
                .. bens.Select(person => SayAsync(person, room)),
            ]);
            outcomes.Count(x => x > 0).ShouldBe(1);
            outcomes.Count(x => x is < 0 and >= -600).ShouldBe(outcomes.Length - 1);
            (await ann.SeeAsync(room)).LastSeq.ShouldBe(before.Seq + 2);
        }

        foreach (var tab in tabs) await tab.DisposeAsync();
        await cluster[0].ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Behind_the_change_in_the_log_there_is_no_message_of_a_member_at_any_node(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        await using var talk = await Talk.BeginAsync(cluster, redis > 0);
        for (var round = 0; round < 10; round++)
        {
            var receipts = new string[40];
            var sending = Task.Run(async () =>
            {
                for (var i = 0; i < receipts.Length; i++) receipts[i] = await talk.His.SayAsync(talk.Room.Id, $"{round} {i}");
            });
            var closed = await talk.Ann.ChangeAsync(talk.Room, new { readOnly = true });
            await sending;
            var accepted = 0;
            foreach (var receipt in receipts)
            {
                var frame = await talk.His.TakeAsync(x => x["receipt-id"] == receipt, receipt);
                if (frame.Command == "RECEIPT") (frame.Seq < closed.LastSeq, accepted++).ShouldBe((true, accepted - 1));
                else frame.Type.ShouldBe(Problem.ReadOnly.Slug);
            }

            await talk.Ben.TrySayAsync(talk.Room).ShouldRefuse(Problem.ReadOnly);
            (await talk.Ben.TextsAsync(talk.Room)).Count(x => x.StartsWith($"{round} ", StringComparison.Ordinal)).ShouldBe(accepted);
            (await talk.Ben.SeeAsync(talk.Room)).LastSeq.ShouldBe(closed.LastSeq);
            await talk.Ann.ChangeAsync(talk.Room, new { readOnly = false });
        }

        await cluster[0].ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_a_member_sets_at_one_node_their_clients_at_the_other_hear(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        var ben = await cluster[0].SignUpAsync("ben");
        var room = await ben.MakeRoomAsync();
        await using var there = await cluster.At(1, ben).ListenAsync();
        await ben.Http.SendAsync($"PATCH /api/me/rooms/{room.Id}", new { favourite = true }).ShouldBe(200);
        var told = await there.EventAsync("room.settings");
        told.Json.GetProperty("settings").GetProperty("favourite").GetBoolean().ShouldBeTrue();
    }

    private static async Task<long> SayAsync(Person person, Room room)
    {
        using var response = await person.TrySayAsync(room);
        return (int)response.StatusCode == 201 ? 1 : -await Task.FromResult(response).ShouldWaitAsync();
    }
}
