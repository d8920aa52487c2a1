using System.Net.Http.Headers;
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
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, People, 1);
        List<(int Whom, long Seq)> sent = [];
        for (var life = 0; life < 3; life++)
        {
            await using var server = await MaruProcess.StartAsync(folder);
            var people = tokens.Select(token => Client(server, token)).ToArray();
            var handles = await Task.WhenAll(people.Select(async x => (await x.SendAsync("GET /api/me").Read<Profile>()).Handle));
            var before = Count(sent);
            var sending = Task.WhenAll(people.Select((http, i) => MentionAsync(http, rooms[0], (i + 1) % People, handles, sent)));
            await Deadline.Until(() => Count(sent) >= before + 20, "some mentions");
            await server.KillAsync();
            await sending;
        }

        await using var last = await MaruProcess.StartAsync(folder);
        for (var i = 0; i < People; i++)
        {
            var http = Client(last, tokens[i]);
            var mentions = (await http.SendAsync("GET /api/me/mentions?limit=200").Read<MentionPage>()).Items;
            sent.Where(x => x.Whom == i).Select(x => x.Seq).ShouldBeSubsetOf(mentions.Select(x => x.Seq));
            var state = await http.SendAsync($"GET /api/rooms/{rooms[0]}/read").Read<RoomReadState>();
            state.Mentions.ShouldBe(mentions.Count(x => x.Unread));
        }
    }

    /// <summary>Mentions somebody some times, and notes what was answered with success; ends when the server is gone.</summary>
    private static async Task MentionAsync(HttpClient http, long room, int whom, string[] handles, List<(int Whom, long Seq)> sent)
    {
        try
        {
            for (var i = 0; i < 20; i++)
            {
                using var response = await http.SendAsync($"POST /api/rooms/{room}/messages", new { text = $"@{handles[whom]} {i}" });
                if (!response.IsSuccessStatusCode) continue;
                var said = await Task.FromResult(response).Read<Message>(201);
                lock (sent) sent.Add((whom, said.Seq));
            }
        }
        catch (HttpRequestException)
        {
            // killed
        }
    }

    private static int Count(List<(int Whom, long Seq)> sent)
    {
        lock (sent) return sent.Count;
    }

    private static HttpClient Client(MaruProcess server, string token)
    {
        var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
