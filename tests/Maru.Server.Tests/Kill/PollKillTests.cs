using Maru.Server.Features.Messages;
using Maru.Server.Features.Polls;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people vote.</summary>
[Trait("Category", "Kill")]
public sealed class PollKillTests
{
    private const int People = 8;

    [Fact]
    public async Task Votes_that_were_answered_with_success_survive_kills_and_the_counts_are_those_of_who_voted()
    {
        using var killed = await KilledServer<long>.SeedAsync(People);
        var room = $"/api/rooms/{killed.Rooms[0]}";
        var asked = new { question = "When?", options = (string[])["noon", "dusk", "dawn"] };
        var seq = (await killed.LiveAsync(people => people[0].SendAsync($"POST {room}/polls", asked).Read<Message>(201))).Seq;
        var tried = new long[People];
        var open = Enumerable.Range(0, People).Select(_ => new HashSet<long>()).ToArray();     // one of them is what the store has
        for (var life = 0; life < 3; life++)
        {
            await killed.LiveAndDieAsync(40, async (person, http, answered) =>
            {
                while (true)
                {
                    open[person].Add(tried[person] = 1 + (tried[person] % 3));
                    using var response = await http.SendAsync($"PUT {room}/polls/{seq}/vote", new { options = (long[])[tried[person]] });
                    if (!response.IsSuccessStatusCode) return;
                    open[person] = [tried[person]];
                    answered(tried[person]);
                }
            });
        }

        await killed.LiveAsync(async people =>
        {
            List<long> mine = [];
            for (var i = 0; i < People; i++)
            {
                var read = await people[i].SendAsync($"GET {room}/messages/{seq}").Read<Message>();
                mine.AddRange(read.Poll!.Mine!);
                mine.Count.ShouldBe(i + 1);
                open[i].ShouldContain(mine[i]);
            }

            var poll = (await people[0].SendAsync($"GET {room}/messages/{seq}").Read<Message>()).Poll!;
            poll.Voters.ShouldBe(People);
            foreach (var option in poll.Options)
            {
                option.Votes.ShouldBe(mine.Count(id => id == option.Id));
                var voters = await people[0].SendAsync($"GET {room}/polls/{seq}/options/{option.Id}/voters").Read<PollVoterPage>();
                voters.Items.Count.ShouldBe((int)option.Votes);
            }

            return true;
        });
    }
}
