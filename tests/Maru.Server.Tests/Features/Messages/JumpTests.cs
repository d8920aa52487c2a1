using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Reactions;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Messages;

/// <summary>Links to messages, and pages around a place in a history.</summary>
public sealed class JumpTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_page_around_a_seq_tells_in_both_directions_whether_there_is_more()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 10; i++) await ann.SayAsync(room);
        var page = await ann.PageAsync(room, "around=5&limit=4");
        page.Seqs().ShouldBe([3, 4, 5, 6]);
        (page.HasMore, page.HasMoreAfter, page.LastSeq).ShouldBe((true, true, 10));
        foreach (var (query, seqs, hasMore, hasMoreAfter) in ((string, long[], bool, bool)[])
        [
            ("around=1&limit=50", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], false, false),
            ("around=1&limit=3", [1, 2], false, true),
            ("around=2&limit=3", [1, 2, 3], false, true),
            ("around=9&limit=4", [7, 8, 9, 10], true, false),
            ("around=9&limit=1", [9], true, true),
            ("around=99&limit=2", [10], true, false),
        ])
        {
            page = await ann.PageAsync(room, query);
            page.Seqs().ShouldBe(seqs, query);
            (page.HasMore, page.HasMoreAfter).ShouldBe((hasMore, hasMoreAfter), query);
        }

        // Other pages go in one direction, and say the end of the log too.
        page = await ann.PageAsync(room, "before=3");
        (page.HasMore, page.HasMoreAfter, page.LastSeq).ShouldBe((false, null, 10));
    }

    [Fact]
    public async Task A_page_around_a_time_begins_half_a_page_before_the_first_message_since_then()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        List<Message> said = [];
        for (var i = 0; i < 12; i++)
        {
            said.Add(await ann.SayAsync(room));
            if (i % 3 == 0) await ann.ReactAsync(room, said[0].Seq, char.ConvertFromUtf32(0x1F600 + i));    // an entry between messages
        }

        foreach (var message in said)
        {
            var first = said.First(x => x.At >= message.At);
            (await ann.PageAsync(room, $"at={message.At.Written()}&limit=1")).Seqs().ShouldBe([first.Seq]);
            var zoned = message.At.ToOffset(TimeSpan.FromHours(9)).Written();
            (await ann.PageAsync(room, $"at={zoned}&limit=1")).Seqs().ShouldBe([first.Seq]);
            var next = said.FirstOrDefault(x => x.At > message.At);
            var behind = await ann.PageAsync(room, $"at={message.At.AddMilliseconds(1).Written()}&limit=1");
            behind.Seqs().ShouldBe(next is null ? [] : [next.Seq]);
        }

        (await ann.PageAsync(room, "at=1999-01-01T00:00:00Z&limit=2")).Seqs().ShouldBe([said[0].Seq]);
        foreach (var late in (string[])["2999-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"])
        {
            var end = await ann.PageAsync(room, $"at={late}&limit=2");
            end.Seqs().ShouldBe([said[^1].Seq], late);
            (end.HasMore, end.HasMoreAfter).ShouldBe((true, false), late);
        }

        (await ann.PageAsync(await ann.MakeRoomAsync(), "at=2999-01-01T00:00:00Z")).Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("at=x", "at")]
    [InlineData("at=", "at")]
    [InlineData("at=2026-11-20", "at")]
    [InlineData("around=-1", "around")]
    [InlineData("around=x", "around")]
    [InlineData("around=3&before=2", "around")]
    [InlineData("at=2999-01-01T00:00:00Z&after=2", "at")]
    [InlineData("around=1&at=2999-01-01T00:00:00Z", "at")]
    public async Task A_place_that_is_none_or_two_is_refused(string query, string field)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?{query}").ShouldRefuseFields()).ShouldBe([field]);
    }

    [Fact]
    public async Task A_link_to_a_message_leads_there_for_members_and_is_nothing_for_others()
    {
        var (ann, eve) = (await server.SignUpAsync(), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync("home", "private");
        (await ann.SayAsync(room, "here")).Seq.ShouldBe(1);
        const string link = "messages/1";
        for (var i = 0; i < 3; i++) await ann.SayAsync(room);
        (await ReadAsync()).Text.ShouldBe("here");
        await ann.ReviseAsync(room, 1, "still here");
        (await ReadAsync()).Text.ShouldBe("still here");
        foreach (var what in (string[])[link, $"{link}/replies", "messages?around=1", "messages?at=1999-01-01T00:00:00Z"])
        {
            var there = await eve.Http.SendAsync($"GET /api/rooms/{room.Id}/{what}").ShouldRefuse(Problem.NotFound);
            var nowhere = await eve.Http.SendAsync($"GET /api/rooms/999999/{what}").ShouldRefuse(Problem.NotFound);
            there.GetProperty("title").GetRawText().ShouldBe(nowhere.GetProperty("title").GetRawText());
        }

        await ann.EraseAsync(room, 1);
        (await ReadAsync()).DeletedAt.ShouldNotBeNull();

        Task<Message> ReadAsync() => ann.Http.SendAsync($"GET /api/rooms/{room.Id}/{link}").Read<Message>();
    }
}
