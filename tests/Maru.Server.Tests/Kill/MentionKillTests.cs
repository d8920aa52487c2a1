using Maru.Server.Features.Accounts;
using Maru.Server.Features.Mentions;
using Maru.Server.Features.Messages;
using Maru.Server.Features.ReadState;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people mention each other.</summary>
[Trait("Category", "Kill")]
public sealed class MentionKillTests
{
    private const int People = 6;

    [Fact]
    public async Task Mentions_that_were_answered_with_success_survive_kills_and_are_counted()
    {
        using var killed = await KilledServer<long>.SeedAsync(People);
        var handles = await killed.LiveAsync(people => Task.WhenAll(
            people.Select(async http => (await http.SendAsync("GET /api/me").Read<Profile>()).Handle)));
        for (var life = 0; life < 3; life++)
        {
            await killed.LiveAndDieAsync(20, async (person, http, answered) =>
            {
                for (var i = 0; i < 20; i++)
                {
                    var text = $"@{handles[(person + 1) % People]} {i}";
                    using var response = await http.SendAsync($"POST /api/rooms/{killed.Rooms[0]}/messages", new { text });
                    if (response.IsSuccessStatusCode) answered((await Task.FromResult(response).Read<Message>(201)).Seq);
                }
            });
        }

        await killed.LiveAsync(async people =>
        {
            for (var i = 0; i < People; i++)
            {
                var mentions = (await people[i].SendAsync("GET /api/me/mentions?limit=200").Read<MentionPage>()).Items;
                var sent = killed.Answered.Where(x => (x.Person + 1) % People == i).Select(x => x.What);
                sent.ShouldBeSubsetOf(mentions.Select(x => x.Seq));
                var state = await people[i].SendAsync($"GET /api/rooms/{killed.Rooms[0]}/read").Read<RoomReadState>();
                state.Mentions.ShouldBe(mentions.Count(x => x.Unread));
            }

            return true;
        });
    }
}
