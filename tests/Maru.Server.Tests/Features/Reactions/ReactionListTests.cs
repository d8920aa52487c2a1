using Maru.Server.Features.Messages;
using Maru.Server.Features.Reactions;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Reactions;

/// <summary>Who reacted to a message, and what reading reactions costs.</summary>
public sealed class ReactionListTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string Heart = "❤\uFE0F";

    [Fact]
    public async Task Who_reacted_is_listed_emoji_by_emoji_the_first_ones_first_page_by_page()
    {
        var (people, room, said) = await CrowdAsync(5);
        foreach (var person in people.Reverse())
        {
            await person.ReactAsync(room, said, "👍");
            await person.ReactAsync(room, said, Heart);
        }

        string[] order = [.. people.Reverse().Select(x => x.Handle)];
        string[] expected = [.. order.Select(x => $"{Heart} {x}"), .. order.Select(x => $"👍 {x}")];
        (await AllAsync(people[0], room, said, "limit=3")).ShouldBe(expected);
        (await AllAsync(people[0], room, said, "limit=200")).ShouldBe(expected);
        (await AllAsync(people[0], room, said, $"limit=2&emoji={Uri.EscapeDataString("👍")}")).ShouldBe(expected[5..]);
        (await AllAsync(people[0], room, said, $"limit=2&emoji={Uri.EscapeDataString("❤")}")).ShouldBe(expected[..5]);
        (await AllAsync(people[0], room, said, $"emoji={Uri.EscapeDataString("🎉")}")).ShouldBeEmpty();
        var first = (await people[0].ReactionsAsync(room, said)).Items[0];
        first.User.ShouldBe(people[^1].User);
        first.At.ShouldBeGreaterThan((await people[0].HistoryAsync(room)).Single(x => x.Seq == said).At.AddMilliseconds(-1));
    }

    [Fact]
    public async Task Limit_and_cursor_are_checked_as_in_every_list()
    {
        var (people, room, said) = await CrowdAsync(2);
        foreach (var person in people) await person.ReactAsync(room, said, "👍");
        var list = Reacting.Address(room, said, null);
        foreach (var limit in (string[])["0", "-1", "01", "201", "x"])
            (await people[0].Http.SendAsync($"GET {list}?limit={limit}").ShouldRefuseFields()).ShouldBe(["limit"]);
        (await people[0].Http.SendAsync($"GET {list}?after=x").ShouldRefuseFields()).ShouldBe(["after"]);
        var next = (await people[0].ReactionsAsync(room, said, "limit=1")).Next;
        var other = Uri.EscapeDataString("🎉");
        (await people[0].Http.SendAsync($"GET {list}?after={next}&emoji={other}").ShouldRefuseFields()).ShouldBe(["after"]);
    }

    [Fact]
    public async Task A_page_of_history_is_one_statement_with_reactions_or_without()
    {
        var spy = new SpiedDatabase();
        await using var own = await MaruServer.StartAsync(null, services => spy.Use<MessagePages>(services));
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 5; i++) await ann.SayAsync(room, $"say {i}");
        (await CountAsync()).ShouldBe(1);
        foreach (var seq in (long[])[1, 3]) await ann.ReactAsync(room, seq, "👍");
        (await CountAsync()).ShouldBe(1);
        (await ann.HistoryAsync(room)).Select(x => x.Reactions.Told()).ShouldBe(["👍 1 mine", "", "👍 1 mine", "", ""]);

        async Task<int> CountAsync()
        {
            spy.Reads.Clear();
            await ann.HistoryAsync(room);
            return spy.Reads.Count;
        }
    }

    private static async Task<IReadOnlyList<string>> AllAsync(Person person, Room room, long seq, string query)
    {
        List<string> all = [];
        for (GivenReactionPage? page = null; page is null || page.Next is not null;)
        {
            page = await person.ReactionsAsync(room, seq, page is null ? query : $"{query}&after={page.Next}");
            all.AddRange(page.Items.Select(x => $"{x.Emoji} {x.User.Handle}"));
        }

        return all;
    }

    private async Task<(Person[] People, Room Room, long Said)> CrowdAsync(int count)
    {
        var people = new Person[count];
        for (var i = 0; i < count; i++) people[i] = await server.SignUpAsync();
        var room = await people[0].MakeRoomAsync(members: [.. people[1..].Select(x => x.Id)]);
        return (people, room, (await people[0].SayAsync(room)).Seq);
    }
}
