using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Realtime;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Polls;

/// <summary>Votes: who may, what they count, who sees them, and when they end.</summary>
public sealed class PollTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_vote_replaces_the_one_before_and_a_repeat_changes_and_appends_nothing()
    {
        var (ann, ben, room) = await TalkAsync();
        var seq = (await ann.PollAsync(room)).Seq;
        await ben.VoteAsync(room, seq);
        await ben.Http.SendAsync($"DELETE {Polling.Address(room, seq, "vote")}").ShouldBe(204);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(seq);
        await ben.VoteAsync(room, seq, 1);
        await ben.VoteAsync(room, seq, 1, 1);
        (await ben.SeeVotesAsync(room, seq)).ShouldBe("1 0 0 of 1, mine 1");
        await ann.VoteAsync(room, seq, 3);
        await ben.VoteAsync(room, seq, 3);
        (await ben.SeeVotesAsync(room, seq)).ShouldBe("0 0 2 of 2, mine 3");
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(seq + 3);
        await ben.VoteAsync(room, seq);
        await ben.VoteAsync(room, seq);
        (await ben.SeeVotesAsync(room, seq)).ShouldBe("0 0 1 of 1, mine");
        await ann.Http.SendAsync($"DELETE {Polling.Address(room, seq, "vote")}").ShouldBe(204);
        (await ann.SeeVotesAsync(room, seq)).ShouldBe("0 0 0 of 0, mine");
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(seq + 5);
        await server.ShouldCountVotesAsync();
    }

    [Fact]
    public async Task One_may_vote_for_several_only_where_the_poll_says_so_and_only_for_what_it_has()
    {
        var (ann, ben, room) = await TalkAsync();
        var (one, several) = ((await ann.PollAsync(room)).Seq, (await ann.PollAsync(room, multiple: true)).Seq);
        (await ben.TryVoteAsync(room, one, 1, 2).ShouldRefuseFields()).ShouldBe(["options"]);
        foreach (var seq in (long[])[one, several])
        {
            foreach (var id in (long[])[0, 4, -1, long.MaxValue])
                (await ben.TryVoteAsync(room, seq, id).ShouldRefuseFields()).ShouldBe(["options"]);
            (await ben.Http.SendAsync($"PUT {Polling.Address(room, seq, "vote")}", new { }).ShouldRefuseFields()).ShouldBe(["options"]);
        }

        await ben.VoteAsync(room, several, 3, 1);
        await ann.VoteAsync(room, several, 1, 2, 3);
        (await ben.SeeVotesAsync(room, several)).ShouldBe("2 1 2 of 2, mine 1 3");
        await ben.VoteAsync(room, several, 1, 3);
        await ben.VoteAsync(room, several, 2, 3);
        (await ben.SeeVotesAsync(room, several)).ShouldBe("1 2 2 of 2, mine 2 3");
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(several + 3);
        await server.ShouldCountVotesAsync();
    }

    [Fact]
    public async Task Who_is_no_member_is_answered_as_if_there_were_no_poll_and_their_votes_stay()
    {
        var (ann, ben, room) = await TalkAsync();
        var (dan, eve) = (await server.SignUpAsync("dan"), await server.SignUpAsync("eve"));
        await dan.JoinAsync(room);
        var (open, secret) = ((await ann.PollAsync(room)).Seq, (await ben.PollAsync(room, anonymous: true)).Seq);
        foreach (var seq in (long[])[open, secret])
        {
            foreach (var person in (Person[])[dan, ben, ann]) await person.VoteAsync(room, seq, 2);
        }

        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        foreach (var person in (Person[])[ben, eve])
        {
            foreach (var seq in (long[])[open, secret, 1, 999])
            {
                await person.TryVoteAsync(room, seq, 1).ShouldRefuse(Problem.NotFound);
                await person.Http.SendAsync($"DELETE {Polling.Address(room, seq, "vote")}").ShouldRefuse(Problem.NotFound);
                await person.Http.SendAsync($"POST {Polling.Address(room, seq, "close")}").ShouldRefuse(Problem.NotFound);
                await person.Http.SendAsync($"GET {Polling.Address(room, seq, "options/2/voters")}").ShouldRefuse(Problem.NotFound);
            }

            await person.Http.SendAsync($"POST /api/rooms/{room.Id}/polls", new { question = "x", options = (string[])["a", "b"] })
                .ShouldRefuse(Problem.NotFound);
        }

        await Past.GoAsync(dan, ann, room);
        (await ann.SeeVotesAsync(room, open)).ShouldBe("0 3 0 of 3, mine 2");
        (await ann.SeeVotesAsync(room, secret)).ShouldBe("0 3 0 of 3, mine 2");
        (await ann.VotersAsync(room, open, 2)).Items.Select(x => x.User.Name).ShouldBe(["deleted user", ben.User.Name, ann.User.Name]);
        await server.ShouldCountVotesAsync();
    }

    [Fact]
    public async Task A_message_that_is_no_poll_has_nothing_to_vote_for()
    {
        var (ann, _, room) = await TalkAsync();
        var seq = (await ann.SayAsync(room)).Seq;
        await ann.TryVoteAsync(room, seq, 1).ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"POST {Polling.Address(room, seq, "close")}").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"GET {Polling.Address(room, seq, "options/1/voters")}").ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task Its_author_and_owner_and_admins_close_it_and_then_no_vote_changes()
    {
        var (ann, ben, room) = await TalkAsync();
        var cat = await server.SignUpAsync("cat");
        await cat.JoinAsync(room);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{cat.Id}", new { role = "admin" }).ShouldBe(204);
        var (hers, his, another) = ((await ann.PollAsync(room)).Seq, (await ben.PollAsync(room)).Seq, (await ben.PollAsync(room)).Seq);
        await ben.VoteAsync(room, hers, 1);
        await ben.Http.SendAsync($"POST {Polling.Address(room, hers, "close")}").ShouldRefuse(Problem.Forbidden);
        await ben.CloseAsync(room, his);
        await ann.CloseAsync(room, another);
        await cat.CloseAsync(room, hers);
        var last = (await ann.SeeAsync(room)).LastSeq;
        foreach (var seq in (long[])[hers, his, another])
        {
            await ann.CloseAsync(room, seq);
            await ben.TryVoteAsync(room, seq, 1).ShouldRefuse(Problem.PollClosed);
            await ben.TryVoteAsync(room, seq, 2).ShouldRefuse(Problem.PollClosed);
            await ben.Http.SendAsync($"DELETE {Polling.Address(room, seq, "vote")}").ShouldRefuse(Problem.PollClosed);
            (await ben.SeePollAsync(room, seq)).ClosedAt.ShouldNotBeNull();
        }

        (await ann.SeeAsync(room)).LastSeq.ShouldBe(last);
        (await ben.SeeVotesAsync(room, hers)).ShouldBe("1 0 0 of 1, mine 1");
        await server.ShouldCountVotesAsync();
    }

    [Fact]
    public async Task Voters_are_listed_page_by_page_in_the_order_of_their_votes()
    {
        var (ann, ben, room) = await TalkAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.SignUpAsync()));
        var seq = (await ann.PollAsync(room, multiple: true)).Seq;
        foreach (var person in people)
        {
            await person.JoinAsync(room);
            await person.VoteAsync(room, seq, 2);
        }

        await ben.VoteAsync(room, seq, 1);
        await people[0].VoteAsync(room, seq, 1, 2);     // keeps its place
        await people[1].VoteAsync(room, seq);
        await people[1].VoteAsync(room, seq, 2);        // comes last
        List<long> heard = [];
        for (var next = ""; next is not null;)
        {
            var page = await ann.VotersAsync(room, seq, 2, $"limit=2{(next.Length > 0 ? $"&after={next}" : "")}");
            heard.AddRange(page.Items.Select(x => x.User.Id));
            page.Items.Select(x => x.At).ShouldBeInOrder();
            next = page.Next;
        }

        heard.ShouldBe([people[0].Id, people[2].Id, people[3].Id, people[4].Id, people[1].Id]);
        (await ann.VotersAsync(room, seq, 1)).Items.Select(x => x.User.Id).ShouldBe([ben.Id, people[0].Id]);
        (await ann.VotersAsync(room, seq, 3)).Items.ShouldBeEmpty();
        foreach (var option in (long[])[0, 4])
            await ann.Http.SendAsync($"GET {Polling.Address(room, seq, $"options/{option}/voters")}").ShouldRefuse(Problem.NotFound);
        (await ann.Http.SendAsync($"GET {Polling.Address(room, seq, "options/1/voters")}?after=x").ShouldRefuseFields())
            .ShouldBe(["after"]);
        await server.ShouldCountVotesAsync();
    }

    [Fact]
    public async Task Nobody_not_even_its_author_learns_who_voted_for_what_in_an_anonymous_poll()
    {
        var (ann, ben, room) = await TalkAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        var seq = (await ann.PollAsync(room, multiple: true, anonymous: true)).Seq;
        await ben.VoteAsync(room, seq, 1, 2);
        await ben.VoteAsync(room, seq, 2);
        await ann.CloseAsync(room, seq);
        foreach (var option in (long[])[1, 2, 9])
            await ann.Http.SendAsync($"GET {Polling.Address(room, seq, $"options/{option}/voters")}").ShouldRefuse(Problem.AnonymousPoll);
        (await ann.SeeVotesAsync(room, seq)).ShouldBe("0 1 0 of 1, mine");
        (await ben.SeeVotesAsync(room, seq)).ShouldBe("0 1 0 of 1, mine 2");
        for (var i = 0; i < 3; i++)
        {
            var text = (await socket.EventAsync("poll.changed")).Text;
            text.ShouldNotContain("userId");
            text.ShouldNotContain("vote\"");
        }

        await server.ShouldCountVotesAsync();
    }

    private async Task<(Person Ann, Person Ben, Room Room)> TalkAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
