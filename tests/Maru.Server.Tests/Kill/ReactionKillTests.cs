using System.Net.Http.Headers;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Reactions;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people react.</summary>
[Trait("Category", "Kill")]
public sealed class ReactionKillTests
{
    private const int People = 8;

    [Fact]
    public async Task Reactions_that_were_answered_with_success_survive_kills_and_the_counts_are_those_of_who_reacted()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, People, 1);
        var given = new HashSet<string>[People];
        for (var i = 0; i < People; i++) given[i] = [];
        var list = $"/api/rooms/{rooms[0]}/messages";
        for (var life = 0; life < 3; life++)
        {
            await using var server = await MaruProcess.StartAsync(folder);
            var people = tokens.Select(token => Client(server, token)).ToArray();
            if (life == 0) await people[0].SendAsync($"POST {list}", new { text = "hello" }).ShouldBe(201);
            var said = (await people[0].SendAsync($"GET {list}?limit=1").Read<MessagePage>()).Items[0].Seq;
            var reacting = Task.WhenAll(people.Select((http, i) => ReactAsync(http, $"{list}/{said}/reactions", life, given[i])));
            await Deadline.Until(() => given.Sum(x => Count(x)) >= (life * 20) + 15, "some reactions");
            await server.KillAsync();
            await reacting;
        }

        await using var last = await MaruProcess.StartAsync(folder);
        var reader = Client(last, tokens[0]);
        var message = (await reader.SendAsync($"GET {list}?limit=1").Read<MessagePage>()).Items[0];
        var rows = (await reader.SendAsync($"GET {list}/{message.Seq}/reactions?limit=200").Read<GivenReactionPage>()).Items;
        message.Reactions.Select(x => (x.Emoji, x.Count)).ShouldBe(
            rows.GroupBy(x => x.Emoji).Select(x => (x.Key, x.Count())), ignoreOrder: true);
        for (var i = 0; i < People; i++)
        {
            var id = (await Client(last, tokens[i]).SendAsync("GET /api/me").Read<Profile>()).Id;
            given[i].ShouldBeSubsetOf(rows.Where(x => x.User.Id == id).Select(x => x.Emoji));
        }
    }

    /// <summary>Gives three emoji, and notes those that were answered with success; ends when the server is gone.</summary>
    private static async Task ReactAsync(HttpClient http, string address, int life, HashSet<string> given)
    {
        try
        {
            for (var i = 0; i < 3; i++)
            {
                var emoji = char.ConvertFromUtf32(0x1F600 + (life * 3) + i);
                using var response = await http.SendAsync($"PUT {address}/{Uri.EscapeDataString(emoji)}");
                if (response.IsSuccessStatusCode)
                {
                    lock (given) given.Add(emoji);
                }
            }
        }
        catch (HttpRequestException)
        {
            // killed
        }
    }

    private static int Count(HashSet<string> given)
    {
        lock (given) return given.Count;
    }

    private static HttpClient Client(MaruProcess server, string token)
    {
        var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
