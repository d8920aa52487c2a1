using Maru.Server.Features.Messages;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people reply, take replies back, and forward.</summary>
[Trait("Category", "Kill")]
public sealed class ThreadKillTests
{
    private const int People = 6;

    [Fact]
    public async Task Replies_and_forwards_that_were_answered_with_success_survive_kills_and_the_count_is_that_of_the_thread()
    {
        using var killed = await KilledServer<(string What, long Seq)>.SeedAsync(People);
        var room = $"/api/rooms/{killed.Rooms[0]}/messages";
        var said = await killed.LiveAsync(people => people[0].SendAsync($"POST {room}", new { text = "well?" }).Read<Message>(201));
        for (var life = 0; life < 3; life++)
        {
            await killed.LiveAndDieAsync(40, async (_, http, answered) =>
            {
                for (var i = 0; ; i++)
                {
                    object body = i % 4 == 3
                        ? new { forward = new { roomId = said.RoomId, said.Seq }, replyTo = said.Seq }
                        : new { text = "reply", replyTo = said.Seq };
                    if (await SendAsync(http, $"POST {room}", body) is not { } sent) return;
                    answered((i % 4 == 3 ? "forward" : "reply", sent.Seq));
                    if (i % 3 > 0) continue;
                    using var deleted = await http.SendAsync($"DELETE {room}/{sent.Seq}");
                    if (!deleted.IsSuccessStatusCode) return;
                    answered(("deletion", sent.Seq));
                }
            });
        }

        await killed.LiveAsync(async people =>
        {
            Dictionary<long, Message> thread = [];
            var after = 0L;
            while (true)
            {
                var page = await people[1].SendAsync($"GET {room}/{said.Seq}/replies?after={after}&limit=200").Read<MessagePage>();
                foreach (var message in page.Items) thread.Add(message.Seq, message);
                if (!page.HasMore) break;
                after = page.Items[^1].Seq;
            }

            foreach (var (_, (what, seq)) in killed.Answered)
            {
                if (what == "deletion") thread[seq].DeletedAt.ShouldNotBeNull();
                else if (thread[seq].DeletedAt is null) (thread[seq].ForwardedFrom is not null).ShouldBe(what == "forward");
            }

            var count = (await people[2].SendAsync($"GET {room}/{said.Seq}").Read<Message>()).Replies;
            count.ShouldBe(thread.Values.Count(x => x.DeletedAt is null));
            thread.Values.ShouldAllBe(x => x.DeletedAt != null || (x.ForwardedFrom != null) == (x.Text == "well?"));
            return true;
        });
    }

    /// <summary>Returns the message; null: it was refused.</summary>
    private static async Task<Message?> SendAsync(HttpClient http, string line, object body)
    {
        var response = await http.SendAsync(line, body);
        if (response.IsSuccessStatusCode) return await Task.FromResult(response).Read<Message>(201);
        response.Dispose();
        return null;
    }
}
