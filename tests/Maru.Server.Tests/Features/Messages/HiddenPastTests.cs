using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Mentions;
using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Stars;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Messages;

/// <summary>Quotes, threads, forwards, links and jumps where a room hides its past from those who joined later.</summary>
public sealed class HiddenPastTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string Old = "from before";

    [Fact]
    public async Task A_quote_of_an_older_message_says_that_it_is_hidden_and_nothing_of_it()
    {
        var (ann, ben, room, old) = await LateAsync();
        var reply = (await ann.ReplyAsync(room, old, $"as I said @{ben.Handle}")).Seq;
        await ann.PinAsync(room, reply);
        await ben.StarAsync(room, reply);
        await ShouldQuoteAsync(new Quote(old, "", Hidden: true));
        (await ann.ReadOneAsync(room, reply)).Quote.ShouldBe(new Quote(old, Old, ann.User));
        (await ben.Http.SendAsync($"GET {Threading.Address(room, reply)}").ShouldBe(200)).ShouldNotContain(Old);
        await ann.ReviseAsync(room, old, $"{Old}, edited");
        await ShouldQuoteAsync(new Quote(old, "", Hidden: true));
        await ann.SetHistoryAsync(room, "all");
        await ShouldQuoteAsync(new Quote(old, $"{Old}, edited", ann.User));
        await ann.SetHistoryAsync(room, "joined");
        await ann.EraseAsync(room, old);
        await ShouldQuoteAsync(new Quote(old, "", Hidden: true));

        // Wherever he reads it.
        async Task ShouldQuoteAsync(Quote quote)
        {
            (await ben.ReadOneAsync(room, reply)).Quote.ShouldBe(quote);
            (await ben.PageAsync(room, $"after={reply - 1}")).Items[0].Quote.ShouldBe(quote);
            (await ben.PageAsync(room, $"around={reply}&limit=1")).Items[0].Quote.ShouldBe(quote);
            (await ben.PinsAsync(room)).Single().Message.Quote.ShouldBe(quote);
            (await ben.StarsAsync()).Items.Single().Message.Quote.ShouldBe(quote);
            (await ben.MentionsAsync()).Items.Single().Message.Quote.ShouldBe(quote);
        }
    }

    [Fact]
    public async Task The_thread_of_an_older_message_is_not_there()
    {
        var (ann, ben, room, old) = await LateAsync();
        var reply = (await ann.ReplyAsync(room, old)).Seq;
        var hidden = await ben.Http.SendAsync($"GET {Threading.Address(room, old)}/replies").ShouldRefuse(Problem.NotFound);
        var none = await ben.Http.SendAsync($"GET {Threading.Address(room, 999)}/replies").ShouldRefuse(Problem.NotFound);
        hidden.GetProperty("title").GetString().ShouldBe(none.GetProperty("title").GetString());
        (await ann.ThreadAsync(room, old)).Seqs().ShouldBe([reply]);
        (await ben.ReplyAsync(room, reply)).ReplyTo.ShouldBe(reply);
        (await ben.ThreadAsync(room, reply)).Items.Count.ShouldBe(1);
        await ann.SetHistoryAsync(room, "all");
        (await ben.ThreadAsync(room, old)).Seqs().ShouldBe([reply]);
        (await ben.ReadOneAsync(room, old)).Replies.ShouldBe(1);
    }

    [Fact]
    public async Task An_older_message_is_not_forwarded()
    {
        var (ann, ben, room, old) = await LateAsync();
        var his = await ben.MakeRoomAsync("his", "private");
        var hidden = await ben.TryForwardAsync(his, room, old).ShouldRefuse(Problem.NotFound);
        var none = await ben.TryForwardAsync(his, room, 999).ShouldRefuse(Problem.NotFound);
        hidden.GetProperty("detail").GetString().ShouldBe(none.GetProperty("detail").GetString());
        await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        var body = $$$"""{"forward":{"roomId":{{{room.Id}}},"seq":{{{old}}}}}""";
        await socket.SendAsync("SEND", body, ("destination", $"/app/rooms/{his.Id}/messages"), ("receipt", "1"));
        (await socket.RefusalAsync()).Type.ShouldBe("not-found");
        (await ben.SeeAsync(his)).LastSeq.ShouldBe(0);
        (await ann.ForwardAsync(room, room, old)).Text.ShouldBe(Old, "who sees it may say it again");
        await ann.SetHistoryAsync(room, "all");
        (await ben.ForwardAsync(his, room, old)).Text.ShouldBe(Old);
    }

    [Fact]
    public async Task A_page_around_an_older_place_begins_with_the_join()
    {
        var (ann, ben, room, old) = await LateAsync();
        var before = (await ann.ReadOneAsync(room, old)).At;
        var join = (await ann.SeeAsync(room)).LastSeq;
        var said = await ann.SayAsync(room);
        string[] queries =
        [
            "around=1", $"around={old}", $"around={join}", $"around={said.Seq}", "at=1999-01-01T00:00:00Z", $"at={before.Written()}",
            $"at={said.At.Written()}",
        ];
        foreach (var query in queries)
        {
            var page = await ben.PageAsync(room, query);
            page.Seqs().ShouldBe([join, said.Seq], query);
            (page.HasMore, page.HasMoreAfter).ShouldBe((false, false), query);
        }

        (await ben.PageAsync(room, $"around={old}&limit=1")).Seqs().ShouldBe([join]);
        (await ann.PageAsync(room, $"around={old}&limit=1")).Seqs().ShouldBe([old]);
    }

    [Fact]
    public async Task A_link_to_an_older_message_leads_nowhere_until_the_room_opens_its_past()
    {
        var (ann, ben, room, old) = await LateAsync();
        await ben.Http.SendAsync($"GET {Threading.Address(room, old)}").ShouldRefuse(Problem.NotFound);
        await ann.SetHistoryAsync(room, "all");
        (await ben.ReadOneAsync(room, old)).Text.ShouldBe(Old);
    }

    /// <summary>A room of Ann's that hides its past, with an old message, to which Ben came later.</summary>
    private async Task<(Person Ann, Person Ben, Room Room, long Old)> LateAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomWithAsync("joined");
        await ann.SayAsync(room, Old);
        var old = (await ann.SayAsync(room, Old)).Seq;
        await ben.JoinAsync(room);
        return (ann, ben, room, old);
    }
}
