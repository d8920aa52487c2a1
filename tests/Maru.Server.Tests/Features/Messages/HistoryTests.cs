using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Messages;

public sealed class HistoryTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("", 1, 10, false)]
    [InlineData("limit=3", 8, 10, true)]
    [InlineData("limit=10", 1, 10, false)]
    [InlineData("before=8&limit=3", 5, 7, true)]
    [InlineData("before=4&limit=3", 1, 3, false)]
    [InlineData("before=3&limit=3", 1, 2, false)]
    [InlineData("before=1", 0, -1, false)]
    [InlineData("after=0&limit=3", 1, 3, true)]
    [InlineData("after=7&limit=3", 8, 10, false)]
    [InlineData("after=8&limit=3", 9, 10, false)]
    [InlineData("after=10", 0, -1, false)]
    [InlineData("after=2&before=6", 3, 5, false)]
    [InlineData("after=2&before=6&limit=2", 3, 4, true)]
    [InlineData("limit=1", 10, 10, true)]
    public async Task Pages_ascend_in_both_directions(string query, int first, int last, bool hasMore)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 1; i <= 10; i++) await ann.SayAsync(room, $"{i}");
        var page = await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?{query}").Read<MessagePage>();
        page.Items.Select(x => (int)x.Seq).ShouldBe(Enumerable.Range(first, last - first + 1));
        page.Items.Select(x => x.Text).ShouldBe(page.Items.Select(x => $"{x.Seq}"));
        page.HasMore.ShouldBe(hasMore);
    }

    [Fact]
    public async Task A_page_has_two_hundred_messages_at_most_and_fifty_if_nobody_says()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await Task.WhenAll(Enumerable.Range(0, 201).Select(i => ann.SayAsync(room, $"{i}")));
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?limit=200").Read<MessagePage>()).Items.Count.ShouldBe(200);
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages").Read<MessagePage>()).Items.Count.ShouldBe(50);
    }

    [Fact]
    public async Task A_seq_that_changed_a_message_is_not_shown_by_itself()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room, "one");
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/1", new { text = "uno" }).ShouldBe(200);
        await ann.SayAsync(room, "three");
        var history = await ann.HistoryAsync(room);
        history.Select(x => (x.Seq, x.Text)).ShouldBe([(1, "uno"), (3, "three")]);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(3);
    }

    [Fact]
    public async Task One_message_is_the_same_everywhere()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var sent = await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "안녕 \"<&>\" \u0001 😀" }).ShouldBe(201);
        var read = sent[..^1] + ""","unreadBy":0}""";
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/1").ShouldBe(200)).ShouldBe(read);
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages").ShouldBe(200))
            .ShouldBe($$"""{"items":[{{read}}],"hasMore":false,"lastSeq":1}""");
        var last = (await ann.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items[0].LastMessage.ShouldNotBeNull();
        (last with { UnreadBy = 0 })
            .ShouldBeEquivalentTo(await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/1").Read<Message>());
        await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/2").ShouldRefuse(Problem.NotFound);
    }
}
