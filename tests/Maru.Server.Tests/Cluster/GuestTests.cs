using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Guests;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>A room's word on guests holds at every node.</summary>
[Trait("Store", "postgres")]
public sealed class GuestTests
{
    [Fact]
    public async Task A_room_that_is_closed_to_guests_at_one_node_loses_those_of_the_other()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 0, settings: Visiting.Enabled);
        var (ann, gil) = (await cluster[0].SignUpAsync(), await cluster[1].EnterAsync());
        var room = await ann.MakeOpenHouseAsync();
        await gil.JoinAsync(room);
        await using var socket = await gil.ListenAsync();
        await ann.AllowGuestsAsync(room, false);
        (await socket.EventAsync("room.removed")).Json.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
        await gil.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "x" }).ShouldRefuse(Problem.NotFound);
        await gil.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.Guest);
    }

    /// <summary>Whoever comes in while the room closes is found by the removal, or refused.</summary>
    [Fact]
    public async Task No_guest_stays_who_joined_while_the_room_closed()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 0, settings: Visiting.Enabled);
        var ann = await cluster[0].SignUpAsync();
        var guests = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => cluster[i % 2].EnterAsync($"Guest {i}")));
        for (var round = 0; round < 5; round++)
        {
            var room = await ann.MakeOpenHouseAsync();
            var joins = guests.Select(guest => guest.Http.SendAsync($"POST /api/rooms/{room.Id}/join")).ToArray();
            await ann.AllowGuestsAsync(room, false);
            foreach (var join in joins) (await join).Dispose();
            await ann.UntilAreAsync(room, ann.Id);
        }

        await cluster[0].ShouldBeSoundAsync();
    }
}
