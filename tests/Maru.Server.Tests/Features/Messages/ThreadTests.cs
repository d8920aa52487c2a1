using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.RoomLog;
using Maru.Server.Tests.Features.Mentions;
using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Stars;

namespace Maru.Server.Tests.Features.Messages;

/// <summary>Replies with what they quote, and threads with their counts.</summary>
public sealed class ThreadTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_reply_quotes_the_message_as_it_is_now()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var said = await ann.SayAsync(room, "one");
        var reply = await ann.ReplyAsync(room, said.Seq);
        reply.Quote.ShouldBeNull("a send and events have only the seq");
        (await ann.ReadOneAsync(room, reply.Seq)).Quote.ShouldBe(new Quote(said.Seq, "one", ann.User));
        await ann.ReviseAsync(room, said.Seq, string.Concat(Enumerable.Repeat("😀", 150)));
        var shown = (await ann.HistoryAsync(room))[^1].Quote.ShouldNotBeNull();
        shown.Text.ShouldBe(string.Concat(Enumerable.Repeat("😀", 100)) + "…");
        await ann.EraseAsync(room, said.Seq);
        var gone = (await ann.HistoryAsync(room))[^1].Quote.ShouldNotBeNull();
        (gone.Text, gone.Sender, gone.DeletedAt is not null, gone.Hidden).ShouldBe(("", ann.User, true, null));
    }

    [Fact]
    public async Task Wherever_messages_are_listed_a_reply_has_its_quote()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        var said = (await ann.SayAsync(room, "one")).Seq;
        var reply = (await ann.ReplyAsync(room, said, $"@{ben.Handle}")).Seq;
        await ann.PinAsync(room, reply);
        await ben.StarAsync(room, reply);
        var quote = new Quote(said, "one", ann.User);
        (await ben.PageAsync(room, "")).Items[^1].Quote.ShouldBe(quote);
        (await ben.PageAsync(room, $"around={reply}")).Items[^1].Quote.ShouldBe(quote);
        (await ben.ThreadAsync(room, said)).Items.Single().Quote.ShouldBe(quote);
        (await ben.PinsAsync(room)).Single().Message.Quote.ShouldBe(quote);
        (await ben.MentionsAsync()).Items.Single().Message.Quote.ShouldBe(quote);
        (await ben.StarsAsync()).Items.Single().Message.Quote.ShouldBe(quote);
    }

    [Theory]
    [InlineData(200, "", true)]
    [InlineData(198, "😀", true)]
    [InlineData(199, "😀", false)]
    [InlineData(199, "e\u0301", false)]
    public void A_quote_has_two_hundred_code_units_and_ends_between_two_characters(int before, string last, bool fits)
    {
        var text = new string('x', before);
        QuoteRows.Shorten(text + last).ShouldBe(fits ? text + last : text + "…");
        QuoteRows.Shorten(text + last + "and so on").ShouldBe(fits ? text + last + "…" : text + "…");
    }

    [Fact]
    public void A_quote_of_one_character_without_end_ends_all_the_same()
    {
        QuoteRows.Shorten("e" + new string('\u0301', 300)).Length.ShouldBe(201);
        var pairs = QuoteRows.Shorten("e" + string.Concat(Enumerable.Repeat("\U0001F3FD", 150)));
        char.IsHighSurrogate(pairs[^2]).ShouldBeFalse();
    }

    [Fact]
    public async Task Replies_are_counted_exactly_while_many_reply_and_delete_at_once()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var said = (await ann.SayAsync(room)).Seq;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var reply = await ann.ReplyAsync(room, said);
            if (i % 4 > 0) return;
            // Twice, from two devices.
            await Task.WhenAll(ann.EraseAsync(room, reply.Seq), ann.EraseAsync(room, reply.Seq));
        }));
        (await ann.ReadOneAsync(room, said)).Replies.ShouldBe(30);
        (await ann.HistoryAsync(room)).Single(x => x.Seq == said).Replies.ShouldBe(30);
        var all = await ann.ThreadAsync(room, said);
        all.Items.Count.ShouldBe(40);
        all.Items.Count(x => x.DeletedAt is null).ShouldBe(30);
        all.Items.ShouldAllBe(x => x.Replies == null);
        await server.ShouldCountRepliesAsync();
    }

    [Fact]
    public async Task A_thread_is_read_in_pages_and_one_of_no_message_is_not_there()
    {
        var (ann, eve) = (await server.SignUpAsync(), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync();
        var said = (await ann.SayAsync(room)).Seq;
        List<long> replies = [];
        for (var i = 0; i < 7; i++)
        {
            replies.Add((await ann.ReplyAsync(room, said)).Seq);
            await ann.SayAsync(room, "beside");
        }

        (await ann.ThreadAsync(room, said, "")).Seqs().ShouldBe(replies);
        var first = await ann.ThreadAsync(room, said, "after=0&limit=3");
        first.Seqs().ShouldBe(replies.Take(3));
        first.HasMore.ShouldBeTrue();
        var rest = await ann.ThreadAsync(room, said, $"after={replies[2]}&limit=4");
        rest.Seqs().ShouldBe(replies.Skip(3));
        rest.HasMore.ShouldBeFalse();
        var before = await ann.ThreadAsync(room, said, $"before={replies[5]}&limit=2");
        before.Seqs().ShouldBe(replies.Skip(3).Take(2));
        before.HasMore.ShouldBeTrue();

        // A reply may be replied to; a message that is deleted keeps its thread.
        var deep = (await ann.ReplyAsync(room, replies[0])).Seq;
        (await ann.ThreadAsync(room, replies[0])).Seqs().ShouldBe([deep]);
        await ann.EraseAsync(room, said);
        (await ann.ThreadAsync(room, said)).Items.Count.ShouldBe(7);
        (await ann.ReadOneAsync(room, said)).Replies.ShouldBe(7);
        (await ann.ThreadAsync(room, deep)).Items.ShouldBeEmpty();

        await ann.Http.SendAsync($"GET {Threading.Address(room, 999)}/replies").ShouldRefuse(Problem.NotFound);
        await eve.Http.SendAsync($"GET {Threading.Address(room, said)}/replies").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"GET {Threading.Address(room, said)}/replies?limit=0").ShouldRefuse(Problem.Invalid);
    }

    [Fact]
    public async Task Replies_in_one_transaction_and_of_a_repeated_key_are_counted_once()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var said = (await ann.SayAsync(room)).Seq;
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        var reply = $$"""{"text":"re","replyTo":{{said}}}""";
        (string, string) to = ("destination", $"/app/rooms/{room.Id}/messages");
        for (var i = 0; i < 2; i++)
        {
            await socket.SendAsync("BEGIN", "", ("transaction", "t"));
            foreach (var key in (string[])["a", "b"]) await socket.SendAsync("SEND", reply, to, ("transaction", "t"), ("client-key", key));
            await socket.SendAsync("COMMIT", "", ("transaction", "t"), ("receipt", $"c{i}"));
            await socket.ReceiptAsync($"c{i}");
        }

        // One that is refused as a whole counts nothing.
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await socket.SendAsync("BEGIN", "", ("transaction", "t"));
        await socket.SendAsync("SEND", reply, to, ("transaction", "t"));
        await socket.SendAsync("SEND", """{"text":"re","replyTo":999}""", to, ("transaction", "t"));
        await socket.SendAsync("COMMIT", "", ("transaction", "t"), ("receipt", "none"));
        await socket.RefusalAsync();
        (await ann.ReadOneAsync(room, said)).Replies.ShouldBe(2);
        (await ann.ThreadAsync(room, said)).Items.Count.ShouldBe(2);
        await server.ShouldCountRepliesAsync();
    }
}
