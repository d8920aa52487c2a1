using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Polls;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Stars;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Messages;

/// <summary>Messages that are said again in another room.</summary>
public sealed class ForwardTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_forward_tells_who_said_it_first_and_when_and_of_no_private_room()
    {
        var (ann, ben, home, open) = await MeetAsync();
        var said = await ann.SayAsync(home, "hello");
        var sent = await ann.ForwardAsync(open, home, said.Seq);
        (sent.Text, sent.Sender, sent.ForwardedFrom).ShouldBe(("hello", ann.User, new MessageOrigin(ann.User, said.At)));
        (await ben.ReadOneAsync(open, sent.Seq)).ForwardedFrom.ShouldBe(sent.ForwardedFrom);

        // Forwarded again it leads to where it was said first, which those who are there are told.
        var again = await ben.ForwardAsync(open, open, sent.Seq);
        (again.Sender, again.ForwardedFrom).ShouldBe((ben.User, sent.ForwardedFrom));
        (await ann.ForwardAsync(home, open, again.Seq)).ForwardedFrom.ShouldBe(new MessageOrigin(ann.User, said.At, home.Id, said.Seq));

        // Of a public room everybody is told.
        var aloud = await ben.SayAsync(open, "aloud");
        var whispered = await ann.ForwardAsync(home, open, aloud.Seq);
        whispered.ForwardedFrom.ShouldBe(new MessageOrigin(ben.User, aloud.At, open.Id, aloud.Seq));
        await ann.ChangeAsync(open, new { visibility = "private" });
        (await ann.ReadOneAsync(home, whispered.Seq)).ForwardedFrom.ShouldBe(new MessageOrigin(ben.User, aloud.At));
    }

    [Fact]
    public async Task Nobody_forwards_what_they_do_not_see_and_it_is_refused_as_what_is_not_there()
    {
        var (ann, ben, home, open) = await MeetAsync();
        var said = (await ann.SayAsync(home, "hello")).Seq;
        await ann.EraseAsync(home, (await ann.SayAsync(home)).Seq);
        var none = (await ben.TryForwardAsync(open, home, 999).ShouldRefuse(Problem.NotFound)).GetProperty("detail").GetString();
        (await ben.TryForwardAsync(open, home, said).ShouldRefuse(Problem.NotFound)).GetProperty("detail").GetString().ShouldBe(none);
        await ann.TryForwardAsync(open, home, said + 1).ShouldRefuse(Problem.NotFound);     // deleted
        await ben.TryForwardAsync(home, open, 1).ShouldRefuse(Problem.NotFound);            // into a room that he is not in
        (await ann.SeeAsync(open)).LastSeq.ShouldBe(0);
        await ann.Http.SendAsync($"POST /api/rooms/{home.Id}/members", new { userIds = new[] { ben.Id } }).ShouldBe(204);
        (await ben.ForwardAsync(open, home, said)).Text.ShouldBe("hello");
        var came = (await ann.SeeAsync(home)).LastSeq;
        await ben.TryForwardAsync(open, home, came).ShouldRefuse(Problem.NotFound);         // his coming, which nobody said
    }

    [Fact]
    public async Task A_repeated_key_finds_the_first_forward_whatever_became_of_the_message()
    {
        var (ann, _, home, open) = await MeetAsync();
        var (said, other) = ((await ann.SayAsync(home, "hello")).Seq, (await ann.SayAsync(home, "hello")).Seq);
        var sent = await ann.ForwardAsync(open, home, said, "k");
        await ann.ReviseAsync(home, said, "edited");
        (await ann.TryForwardAsync(open, home, said, "k").Read<Message>()).Seq.ShouldBe(sent.Seq);
        await ann.EraseAsync(home, said);
        var repeated = await ann.TryForwardAsync(open, home, said, "k").Read<Message>();
        (repeated.Seq, repeated.Text).ShouldBe((sent.Seq, "hello"));
        await ann.TryForwardAsync(open, home, said).ShouldRefuse(Problem.NotFound);
        await ann.TryForwardAsync(open, home, other, "k").ShouldRefuse(Problem.KeyReused);
    }

    [Fact]
    public async Task A_forward_is_not_edited_and_its_deletion_takes_the_origin_along()
    {
        var (ann, ben, home, open) = await MeetAsync();
        var said = (await ann.SayAsync(home, "hello")).Seq;
        var sent = (await ann.ForwardAsync(open, home, said)).Seq;
        await ann.Http.SendAsync($"PATCH {Threading.Address(open, sent)}", new { text = "mine" }).ShouldRefuse(Problem.NotEditable);
        await ben.Http.SendAsync($"PATCH {Threading.Address(open, sent)}", new { text = "mine" }).ShouldRefuse(Problem.Forbidden);
        await ann.Http.SendAsync(
            $"PATCH {Threading.Address(home, said)}", new { forward = new { roomId = home.Id, seq = said } }).ShouldRefuse(Problem.Invalid);
        await ann.EraseAsync(open, sent);
        var gone = await ben.ReadOneAsync(open, sent);
        (gone.Text, gone.ForwardedFrom, gone.DeletedAt is not null).ShouldBe(("", null, true));
        (await ann.ReadOneAsync(home, said)).Text.ShouldBe("hello");
    }

    [Fact]
    public async Task Of_a_poll_the_question_alone_is_forwarded()
    {
        var (ann, ben, home, open) = await MeetAsync();
        var poll = await ann.PollAsync(home);
        await ann.VoteAsync(home, poll.Seq, 1);
        var sent = await ann.ForwardAsync(open, home, poll.Seq);
        (sent.Kind, sent.Text, sent.Poll).ShouldBe(("message", "When?", null));
        var read = await ben.ReadOneAsync(open, sent.Seq);
        (read.Kind, read.Poll, read.ForwardedFrom).ShouldBe(("message", null, new MessageOrigin(ann.User, poll.At)));
        await ben.TryVoteAsync(open, sent.Seq, 1).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task A_forward_mentions_nobody_and_replies_as_other_messages_do()
    {
        var (ann, ben, home, open) = await MeetAsync();
        var said = (await ann.SayAsync(home, $"@{ben.Handle} @all")).Seq;
        var asked = (await ben.SayAsync(open, "well?")).Seq;
        var sent = await ann.Http.SendAsync(
            $"POST /api/rooms/{open.Id}/messages",
            new { text = (string?)null, forward = new { roomId = home.Id, seq = said }, replyTo = asked }).Read<Message>(201);
        (sent.Mentions, sent.ReplyTo).ShouldBe((null, asked));
        (await ben.ThreadAsync(open, asked)).Items.Single().Quote.ShouldBe(new Quote(asked, "well?", ben.User));
        (await ben.ReadOneAsync(open, asked)).Replies.ShouldBe(1);
        await server.ShouldCountRepliesAsync();
    }

    [Theory]
    [InlineData("""{"forward":1}""", "forward")]
    [InlineData("""{"forward":{}}""", "forward")]
    [InlineData("""{"forward":{"roomId":1}}""", "forward")]
    [InlineData("""{"forward":{"roomId":1,"seq":0}}""", "forward")]
    [InlineData("""{"forward":{"roomId":"1","seq":1}}""", "forward")]
    [InlineData("""{"forward":{"roomId":1,"seq":1},"text":"and mine"}""", "text")]
    public async Task A_body_that_names_no_message_is_refused(string body, string field)
    {
        var (ann, _, _, open) = await MeetAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await socket.SendAsync("SEND", body, ("destination", $"/app/rooms/{open.Id}/messages"), ("receipt", "1"));
        var refusal = (await socket.RefusalAsync()).Json;
        refusal.GetProperty("type").GetString().ShouldBe("invalid");
        refusal.GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Members_hear_a_forward_with_its_origin_live_and_when_they_come_back(bool isLoaded)
    {
        var (ann, ben, home, open) = await MeetAsync();
        var said = await ann.SayAsync(home, "hello");
        await using var his = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await his.SubscribeAsync(open.Id);
        await using var hers = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        var seq = (await hers.ForwardAsync(open, home, said.Seq, "k")).Seq;
        (await hers.ForwardAsync(open, home, said.Seq, "k")).Seq.ShouldBe(seq);
        var live = await his.EventAsync("message.created");
        (live.Seq, live.Text.Contains("\"forwardedFrom\":{\"sender\":{\"id\":" + ann.Id)).ShouldBe((seq, true));
        live.Text.ShouldNotContain($"\"roomId\":{home.Id},\"seq\":{said.Seq}");
        if (!isLoaded)
        {
            // The node forgets the room, and reads the store.
            await his.DisposeAsync();
            await hers.DisposeAsync();
        }

        await using var back = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await back.SubscribeAsync(open.Id, after: seq - 1);
        (await back.EventAsync("message.created")).Text.ShouldBe(live.Text);

        // A deletion that is told has no origin any more, and neither has the message when it is told again.
        await ann.EraseAsync(open, seq);
        (await back.EventAsync("message.deleted")).Text.ShouldNotContain("forwardedFrom");
        await using var late = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await late.SubscribeAsync(open.Id, after: seq - 1);
        (await late.EventAsync("message.created")).Text.ShouldNotContain("forwardedFrom");
    }

    [Fact]
    public async Task A_forward_is_part_of_a_transaction_as_other_messages_are()
    {
        var (ann, _, home, open) = await MeetAsync();
        var said = (await ann.SayAsync(home, "hello")).Seq;
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        (string, string) to = ("destination", $"/app/rooms/{open.Id}/messages");
        foreach (var seq in (long[])[said, 999])
        {
            await socket.SendAsync("BEGIN", "", ("transaction", "t"));
            await socket.SendAsync("SEND", """{"text":"look:"}""", to, ("transaction", "t"));
            await socket.SendAsync("SEND", $$$"""{"forward":{"roomId":{{{home.Id}}},"seq":{{{seq}}}}}""", to, ("transaction", "t"));
            await socket.SendAsync("COMMIT", "", ("transaction", "t"), ("receipt", $"c{seq}"));
            if (seq == said) await socket.ReceiptAsync($"c{seq}");
            else (await socket.RefusalAsync()).Json.GetProperty("detail").GetString()!.ShouldStartWith("Message 2 of the transaction");
        }

        (await ann.HistoryAsync(open)).Where(x => x.Kind == "message").Select(x => x.Text).ShouldBe(["look:", "hello"]);
    }

    /// <summary>A private room of Ann's, and a public one with Ben.</summary>
    private async Task<(Person Ann, Person Ben, Room Home, Room Open)> MeetAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync("home", "private"), await ann.MakeRoomAsync("open", "public", null, ben.Id));
    }
}
