using Maru.Server.Features.Mentions;
using Maru.Server.Features.Messages;
using Maru.Server.Features.ReadState;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.ReadState;

/// <summary>
/// People who do anything in a room, in any order, on one node or several: each byte is an act. Afterwards what each has not read is what
/// their own history says, and a recount finds nothing.
/// </summary>
internal sealed class RandomReading(MaruServer[] nodes, Person[][] people, Room room)
{
    private readonly List<Message> _sent = [];
    private readonly HashSet<int> _banned = [];

    /// <param name="nodes">the nodes; each act is at one of them</param>
    /// <param name="at">the same user as a client of a node</param>
    public static async Task RunAsync(MaruServer[] nodes, Func<int, Person, Person> at, byte[] acts)
    {
        var people = new Person[4][];
        for (var i = 0; i < people.Length; i++)
        {
            var person = await nodes[0].SignUpAsync();
            people[i] = [.. nodes.Select((_, node) => at(node, person))];
        }

        var room = await people[0][0].MakeRoomAsync(members: [people[1][0].Id, people[2][0].Id]);
        var run = new RandomReading(nodes, people, room);
        for (var i = 0; i < acts.Length; i++) await run.ActAsync(acts[i] & 15, (acts[i] >> 4) & 3, i);
        await run.CheckAsync();
    }

    private async Task ActAsync(int act, int who, int number)
    {
        var (node, messages) = (number % nodes.Length, $"/api/rooms/{room.Id}/messages");
        var person = people[who][node];
        var any = _sent.Count == 0 ? null : _sent[number * 7 % _sent.Count];
        switch (act)
        {
            case < 6:
                using (var said = await person.Http.SendAsync($"POST {messages}", new { text = Say(number) }))
                {
                    if (said.IsSuccessStatusCode) _sent.Add(await Task.FromResult(said).Read<Message>(201));
                }

                break;
            case 6 when any is not null:
                await TryAsync(person, $"PATCH {messages}/{any.Seq}", new { text = $"edited {Say(number)}" });
                break;
            case 7 when any is not null:
                await TryAsync(people[0][node], $"DELETE {messages}/{any.Seq}");
                break;
            case 8 or 9 when any is not null:
                await TryAsync(person, $"PUT /api/rooms/{room.Id}/read", new { seq = any.Seq });
                break;
            case 10 when any is not null:
                await TryAsync(person, $"PUT /api/rooms/{room.Id}/read", new { seq = any.Seq, unread = true });
                break;
            case 11 when any is not null:
                // Two tabs on two nodes at once.
                await Task.WhenAll(people[who].Select((tab, i) =>
                    TryAsync(tab, $"PUT /api/rooms/{room.Id}/read", new { seq = any.Seq + i, unread = i > 0 })));
                break;
            case 12:
                await TryAsync(person, "PUT /api/me/read");
                break;
            case 13 when who > 0:
                await TryAsync(person, $"POST /api/rooms/{room.Id}/{(number % 2 == 0 ? "join" : "leave")}");
                break;
            case 14 when who > 0 && _banned.Remove(who):
                await TryAsync(people[0][node], $"DELETE /api/rooms/{room.Id}/bans/{person.Id}");
                break;
            case 14 when who > 0:
                _banned.Add(who);
                await TryAsync(people[0][node], $"DELETE /api/rooms/{room.Id}/members/{person.Id}?ban=true");
                break;
            case 15 when number % 3 == 0:
                await nodes[node].Service<OwnCounts>().CountAllAsync(TestContext.Current.CancellationToken);
                break;
            case 15:
                await nodes[node].Service<OwnCounts>().CountNewAsync(isAll: true, TestContext.Current.CancellationToken);
                break;
        }
    }

    /// <summary>Nobody, somebody, two people one of whom is named twice, or all are mentioned.</summary>
    private string Say(int number) => (number % 5) switch
    {
        0 => $"{number}",
        1 => $"{number} @all",
        2 => $"@{Handle(number)} {number}, @{Handle(number + 1)}. @{Handle(number)}",
        _ => $"{number} @{Handle(number / 5)}",
    };

    private string Handle(int who) => people[who % people.Length][0].Handle;

    private async Task CheckAsync()
    {
        foreach (var person in people.Select((tabs, i) => tabs[i % tabs.Length]))
        {
            using var found = await person.Http.SendAsync($"GET /api/rooms/{room.Id}/read");
            if (!found.IsSuccessStatusCode) continue;
            var state = await Task.FromResult(found).Read<RoomReadState>();
            var unread = (await person.HistoryAsync(room))
                .Where(x => x.Kind == "message" && x.DeletedAt is null && x.Sender.Id != person.Id && x.Seq > state.ReadSeq).ToList();
            state.Unread.ShouldBe(unread.Count);
            state.FirstUnread.ShouldBe(unread.FirstOrDefault()?.Seq);
            var mentioning = unread.Where(x => x.Mentions?.Any(y => y.All is true || y.UserId == person.Id) is true).ToList();
            state.Mentions.ShouldBe(mentioning.Count);
            var listed = await person.Http.SendAsync("GET /api/me/mentions?limit=200").Read<MentionPage>();
            listed.Items.Where(x => x.Unread).Select(x => x.Seq).ShouldBe(mentioning.Select(x => x.Seq).Reverse());
        }

        await nodes[^1].ShouldBalanceAsync(room);
    }

    /// <summary>Does it; whether one may is another test's matter.</summary>
    private static async Task TryAsync(Person person, string line, object? body = null)
    {
        using var response = await person.Http.SendAsync(line, body);
        ((int)response.StatusCode).ShouldBeLessThan(500, line);
    }
}
