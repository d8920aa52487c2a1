using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Reactions;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people react.</summary>
[Trait("Category", "Kill")]
public sealed class ReactionKillTests
{
    [Fact]
    public async Task Reactions_that_were_answered_with_success_survive_kills_and_the_counts_are_those_of_who_reacted()
    {
        using var killed = await KilledServer<string>.SeedAsync(people: 8);
        var list = $"/api/rooms/{killed.Rooms[0]}/messages";
        var said = await killed.LiveAsync(people => people[0].SendAsync($"POST {list}", new { text = "hello" }).Read<Message>(201));
        for (var life = 0; life < 3; life++)
        {
            var first = 0x1F600 + (life * 3);
            await killed.LiveAndDieAsync(15, async (_, http, answered) =>
            {
                for (var i = 0; i < 3; i++)
                {
                    var emoji = char.ConvertFromUtf32(first + i);
                    using var response = await http.SendAsync($"PUT {list}/{said.Seq}/reactions/{Uri.EscapeDataString(emoji)}");
                    if (response.IsSuccessStatusCode) answered(emoji);
                }
            });
        }

        await killed.LiveAsync(async people =>
        {
            var message = await people[0].SendAsync($"GET {list}/{said.Seq}").Read<Message>();
            var rows = (await people[0].SendAsync($"GET {list}/{said.Seq}/reactions?limit=200").Read<GivenReactionPage>()).Items;
            message.Reactions.Select(x => (x.Emoji, x.Count)).ShouldBe(
                rows.GroupBy(x => x.Emoji).Select(x => (x.Key, x.Count())), ignoreOrder: true);
            for (var i = 0; i < people.Length; i++)
            {
                var id = (await people[i].SendAsync("GET /api/me").Read<Profile>()).Id;
                killed.Answered.Where(x => x.Person == i).Select(x => x.What)
                    .ShouldBeSubsetOf(rows.Where(x => x.User.Id == id).Select(x => x.Emoji));
            }

            return true;
        });
    }
}
