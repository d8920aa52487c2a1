using Maru.Server.Features.Accounts;
using Maru.Server.Features.Invitations;
using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people come by an invitation.</summary>
[Trait("Category", "Kill")]
public sealed class InvitationKillTests
{
    private const int Lives = 3;

    [Fact]
    public async Task Uses_are_as_many_as_members_who_came_after_every_kill_and_none_who_was_let_in_is_out()
    {
        using var killed = await KilledServer<bool>.SeedAsync(people: 180);
        var (room, link) = await killed.LiveAsync(async people =>
        {
            var made = await people[0].SendAsync("POST /api/rooms", new { name = "harbour", visibility = "private" }).Read<Room>(201);
            var uses = new { maxUses = people.Length };
            return (made, await people[0].SendAsync($"POST /api/rooms/{made.Id}/invitations", uses).Read<InvitationLink>(201));
        });
        for (var life = 0; life < Lives; life++)
        {
            var turn = life;
            await killed.LiveAndDieAsync(10, async (person, http, answered) =>
            {
                if (person == 0 || person % Lives != turn) return;
                using var response = await http.SendAsync($"POST /api/invitations/{link.Code}/accept");
                if (response.IsSuccessStatusCode) answered(true);
            });
        }

        await killed.LiveAsync(async people =>
        {
            var members = (await people[0].SendAsync($"GET /api/rooms/{room.Id}/members?limit=200").Read<MemberPage>()).Items;
            var uses = (await people[0].SendAsync($"GET /api/rooms/{room.Id}/invitations").Read<InvitationPage>()).Items.Single().Uses;
            uses.ShouldBe(members.Count - 1);
            (await people[0].SendAsync($"GET /api/rooms/{room.Id}").Read<Room>()).LastSeq.ShouldBe(uses);
            foreach (var (person, _) in killed.Answered)
            {
                var me = await people[person].SendAsync("GET /api/me").Read<Profile>();
                members.ShouldContain(x => x.Id == me.Id);
            }

            return true;
        });
    }
}
