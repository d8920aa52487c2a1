using System.Net.Http.Json;
using System.Text.Json;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Polls;

/// <summary>Polls as messages: how they are made, read, counted as unread, edited and deleted.</summary>
public sealed class NewPollTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_poll_is_a_message_with_its_options_in_pages_and_lists_and_counts_as_unread()
    {
        var (ann, ben, room) = await TalkAsync();
        var made = await ann.PollAsync(room, closesAt: DateTimeOffset.UtcNow.AddHours(1));
        (made.Kind, made.Text, made.Sender, made.Poll!.Mine).ShouldBe(("poll", "When?", ann.User, null));
        made.Poll.Options.ShouldBe([new(1, "noon", 0), new(2, "dusk", 0), new(3, "dawn", 0)]);
        (made.Poll.Multiple, made.Poll.Anonymous, made.Poll.Voters, made.Poll.ClosedAt).ShouldBe((false, false, 0, null));
        made.Poll.ClosesAt!.Value.ShouldBeGreaterThan(made.At.AddMinutes(59));
        (await ben.CountAsync(room)).ShouldBe(1);
        await ben.VoteAsync(room, made.Seq, 2);
        await ann.SayAsync(room);
        (await ben.CountAsync(room)).ShouldBe(2);

        var read = (await ben.HistoryAsync(room)).Single(x => x.Seq == made.Seq);
        (read.Kind, read.Text, read.UnreadBy, read.Poll!.Told()).ShouldBe(("poll", "When?", 1, "0 1 0 of 1, mine 2"));
        read.Poll!.ClosesAt.ShouldBe(made.Poll.ClosesAt);
        (await ben.HistoryAsync(room)).Where(x => x.Seq != made.Seq).ShouldAllBe(x => x.Poll == null);
        (await ann.SeeVotesAsync(room, made.Seq)).ShouldBe("0 1 0 of 1, mine");
        await ann.Http.SendAsync($"PUT /api/rooms/{room.Id}/messages/{made.Seq}/pin").ShouldBe(204);
        (await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/pins").ShouldBe(200)).ShouldContain("\"mine\":[2]");
        await ann.PollAsync(room);
        var last = (await ben.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items[0].LastMessage!;
        (last.Kind, last.Poll!.Told()).ShouldBe(("poll", "0 0 0 of 0, mine"));
        await server.ShouldBalanceAsync(room);
        await server.ShouldCountVotesAsync();
    }

    [Fact]
    public async Task A_page_is_one_statement_however_many_polls_and_voters_it_has()
    {
        var spy = new SpiedDatabase();
        await using var own = await MaruServer.StartAsync(null, services => spy.Use<MessagePages>(services));
        var (ann, ben) = (await own.SignUpAsync("ann"), await own.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        for (var i = 1; i <= 3; i++)
        {
            var seq = (await ann.PollAsync(room, multiple: true)).Seq;
            await ben.VoteAsync(room, seq, 3, i);
            await ann.VoteAsync(room, seq, 2);
        }

        spy.Reads.Clear();
        (await ben.HistoryAsync(room)).Where(x => x.Poll is not null).Select(x => x.Poll!.Told()).ShouldBe(
            ["1 1 1 of 2, mine 1 3", "0 2 1 of 2, mine 2 3", "0 1 1 of 2, mine 3"]);
        spy.Reads.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_question_mentions_people_as_any_message_does_and_can_be_replied_to()
    {
        var (ann, ben, room) = await TalkAsync();
        var made = await ann.Http.SendAsync(
            $"POST /api/rooms/{room.Id}/polls", new { question = $"@{ben.Handle}?", options = (string[])["a", "b"] }).Read<Message>(201);
        made.Mentions!.Single().UserId.ShouldBe(ben.Id);
        (await ben.Http.SendAsync("GET /api/me/mentions").ShouldBe(200)).ShouldContain("\"kind\":\"poll\"");
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "yes", replyTo = made.Seq }).ShouldBe(201);
        await ben.Http.SendAsync($"PUT /api/rooms/{room.Id}/messages/{made.Seq}/reactions/👍").ShouldBe(204);
    }

    [Fact]
    public async Task A_retry_with_the_same_key_gets_the_first_poll_also_when_it_is_closed_and_another_content_is_refused()
    {
        var (ann, ben, room) = await TalkAsync();
        var closesAt = DateTimeOffset.UtcNow.AddSeconds(5);     // a vote comes in before
        var made = await SendAsync(ann, room, "key", "dusk", closesAt).Read<Message>(201);
        await ben.VoteAsync(room, made.Seq, 1);
        await Deadline.Until(
            async () =>
            {
                using var response = await ben.TryVoteAsync(room, made.Seq, 1);
                return (int)response.StatusCode == Problem.PollClosed.Status;
            },
            "the poll to close");
        var again = await SendAsync(ann, room, "key", "dusk", closesAt).Read<Message>();
        (again.Seq, again.Poll!.Told()).ShouldBe((made.Seq, "1 0 of 1, mine"));
        await SendAsync(ann, room, "key", "dawn", closesAt).ShouldRefuse(Problem.KeyReused);
        await SendAsync(ann, room, "key", "dusk", null).ShouldRefuse(Problem.KeyReused);
        (await SendAsync(ann, room, "other", "dusk", closesAt).ShouldRefuseFields()).ShouldBe(["closesAt"]);
        (await SendAsync(ann, room, "", "dusk", null).ShouldRefuseFields()).ShouldBe(["Idempotency-Key"]);
        (await SendAsync(ben, room, "key", "dawn", null).Read<Message>(201)).Seq.ShouldBeGreaterThan(made.Seq);
        await server.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData("""{"options":["a","b"]}""", "question")]
    [InlineData("""{"question":" \t","options":["a","b"]}""", "question")]
    [InlineData("""{"question":"a\u0000b","options":["a","b"]}""", "question")]
    [InlineData("""{"question":"x"}""", "options")]
    [InlineData("""{"question":"x","options":["a"]}""", "options")]
    [InlineData("""{"question":"x","options":["a",""]}""", "options")]
    [InlineData("""{"question":"x","options":["a","a "]}""", "options")]
    [InlineData("""{"question":"x","options":["a",null]}""", "options")]
    [InlineData("""{"question":"x","options":["a","b\u0000"]}""", "options")]
    [InlineData("""{"question":"x","options":["a","b"],"closesAt":"2020-01-01T00:00:00Z"}""", "closesAt")]
    [InlineData("""{"question":"x","options":["a","b"],"closesAt":"1960-01-01T00:00:00Z"}""", "closesAt")]
    public async Task Each_wrong_field_is_named(string json, string field)
    {
        var (ann, _, room) = await TalkAsync();
        var before = (await ann.SeeAsync(room)).LastSeq;
        (await PostAsync(ann, room, json).ShouldRefuseFields()).ShouldBe([field]);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(before);
    }

    [Fact]
    public async Task A_poll_is_as_large_as_the_settings_allow()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Polls:OptionsPerPoll=3", "--Maru:Polls:OptionCharacters=5");
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await PostAsync(ann, room, """{"question":"x","options":["12345","한글한글한","3"]}""").ShouldBe(201);
        (await PostAsync(ann, room, """{"question":"x","options":["1","2","3","4"]}""").ShouldRefuseFields()).ShouldBe(["options"]);
        (await PostAsync(ann, room, """{"question":"x","options":["1","123456"]}""").ShouldRefuseFields()).ShouldBe(["options"]);
        var large = JsonSerializer.Serialize(new { question = new string('x', 17_000), options = (string[])["a", "b"] });
        await PostAsync(ann, room, large).ShouldRefuse(Problem.TooLarge);
        await PostAsync(ann, room, """{"question":3}""").ShouldRefuse(Problem.Malformed);
    }

    [Fact]
    public async Task A_poll_and_a_vote_count_against_the_same_limit_as_a_message()
    {
        await using var own = await MaruServer.StartAsync(
            "--Maru:RateLimits:Enabled=true", "--Maru:Engine:MessageBurst=4", "--Maru:Engine:MessagesPerSecond=1");
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var made = await ann.PollAsync(room);
        await Deadline.Until(
            async () =>
            {
                using var response = await ann.TryVoteAsync(room, made.Seq, 1);
                return (int)response.StatusCode == Problem.RateLimited.Status;
            },
            "a vote too many");
    }

    [Fact]
    public async Task A_question_is_not_edited_and_a_deleted_poll_takes_its_options_and_votes_along()
    {
        var (ann, ben, room) = await TalkAsync();
        var made = await ann.PollAsync(room);
        await ben.VoteAsync(room, made.Seq, 1);
        var address = $"/api/rooms/{room.Id}/messages/{made.Seq}";
        await ann.Http.SendAsync($"PATCH {address}", new { text = "Why?" }).ShouldRefuse(Problem.NotEditable);
        await ben.Http.SendAsync($"PATCH {address}", new { text = "Why?" }).ShouldRefuse(Problem.NotEditable);
        await ben.Http.SendAsync($"DELETE {address}").ShouldRefuse(Problem.Forbidden);
        await ann.Http.SendAsync($"DELETE {address}").ShouldBe(204);
        var tombstone = (await ben.HistoryAsync(room)).Single(x => x.Seq == made.Seq);
        (tombstone.Kind, tombstone.Text, tombstone.Poll).ShouldBe(("poll", "", null));
        tombstone.DeletedAt.ShouldNotBeNull();
        var last = (await ann.SeeAsync(room)).LastSeq;
        await ben.TryVoteAsync(room, made.Seq, 2).ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"DELETE {Polling.Address(room, made.Seq, "vote")}").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"POST {Polling.Address(room, made.Seq, "close")}").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"GET {Polling.Address(room, made.Seq, "options/1/voters")}").ShouldRefuse(Problem.NotFound);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(last);
        await server.ShouldCountVotesAsync();
    }

    private static Task<HttpResponseMessage> PostAsync(Person person, Room room, string json) => person.Http.PostAsync(
        $"/api/rooms/{room.Id}/polls", new StringContent(json, null, "application/json"), TestContext.Current.CancellationToken);

    private static Task<HttpResponseMessage> SendAsync(Person person, Room room, string key, string option, DateTimeOffset? closesAt)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/rooms/{room.Id}/polls")
        {
            Content = JsonContent.Create(new { question = "When?", options = (string[])["noon", option], closesAt }),
        };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return person.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<(Person Ann, Person Ben, Room Room)> TalkAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
