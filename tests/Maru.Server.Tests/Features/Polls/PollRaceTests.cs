using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Polls;

/// <summary>Many people who vote at the same moment, and a poll that closes meanwhile.</summary>
public sealed class PollRaceTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_hundred_people_at_once_are_a_hundred_votes_and_every_count_on_the_way_is_told_once()
    {
        const int people = 100;
        var (crowd, room) = await CrowdAsync(people);
        await using var socket = await StompSocket.ConnectAsync(server.Address, crowd[0].AccessToken);
        await socket.SubscribeAsync(room.Id);
        var seq = (await crowd[0].PollAsync(room, anonymous: true)).Seq;
        await Task.WhenAll(crowd.Select((person, i) => person.VoteAsync(room, seq, 1 + (i % 2))));
        (await crowd[0].SeeVotesAsync(room, seq)).ShouldBe($"{people / 2} {people / 2} 0 of {people}, mine 1");
        for (var i = 1; i <= people; i++) (await socket.EventAsync("poll.changed")).Json.GetProperty("voters").GetInt32().ShouldBe(i);

        // One half changes its mind, each person twice at once, while the other half repeats.
        await Task.WhenAll(crowd.SelectMany((person, i) => new[]
        {
            person.VoteAsync(room, seq, i % 2 == 0 ? 3 : 2), person.VoteAsync(room, seq, i % 2 == 0 ? 3 : 2),
        }));
        (await crowd[1].SeeVotesAsync(room, seq)).ShouldBe($"0 {people / 2} {people / 2} of {people}, mine 2");
        (await crowd[0].SeeAsync(room)).LastSeq.ShouldBe(seq + people + (people / 2));
        await server.ShouldCountVotesAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_last_vote_at_the_closing_is_in_or_refused_and_never_acknowledged_and_missing(bool byHand)
    {
        var (crowd, room) = await CrowdAsync(12);
        var seq = (await crowd[0].PollAsync(room, closesAt: byHand ? null : DateTimeOffset.UtcNow.AddSeconds(4))).Seq;
        var voting = Task.WhenAll(crowd.Select(person => VoteUntilClosedAsync(person, room, seq)));
        if (byHand)
        {
            await Deadline.Until(async () => (await crowd[0].SeePollAsync(room, seq)).Voters == crowd.Length, "everybody's first vote");
            await crowd[0].CloseAsync(room, seq);
        }

        var last = await voting;
        var poll = await crowd[0].SeePollAsync(room, seq);
        for (var i = 0; i < crowd.Length; i++) (await crowd[i].SeePollAsync(room, seq)).Mine.ShouldBe(last[i] is { } id ? [id] : []);
        poll.Options.Select(x => x.Votes).ShouldBe(poll.Options.Select(x => (long)last.Count(id => id == x.Id)));
        (poll.ClosedAt is not null).ShouldBe(byHand);
        await server.ShouldCountVotesAsync();
    }

    [Fact]
    public async Task Votes_and_the_polls_deletion_at_once_leave_nothing_behind()
    {
        var (crowd, room) = await CrowdAsync(10);
        for (var round = 0; round < 5; round++)
        {
            var seq = (await crowd[0].PollAsync(room)).Seq;
            await Task.WhenAll(crowd.Select(async (person, i) =>
            {
                using var response = i == 5
                    ? await crowd[0].Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{seq}")
                    : await person.TryVoteAsync(room, seq, 1);
                ((int)response.StatusCode).ShouldBeOneOf(204, Problem.NotFound.Status);
            }));
        }

        await server.ShouldCountVotesAsync();
    }

    /// <summary>Votes for one option after the other; returns the last one that was acknowledged, or null.</summary>
    private static async Task<long?> VoteUntilClosedAsync(Person person, Room room, long seq)
    {
        long? last = null;
        for (var i = 0L; ; i++)
        {
            using var response = await person.TryVoteAsync(room, seq, 1 + (i % 3));
            if ((int)response.StatusCode == Problem.PollClosed.Status) return last;
            ((int)response.StatusCode).ShouldBe(204);
            last = 1 + (i % 3);
        }
    }

    private async Task<(Person[] People, Room Room)> CrowdAsync(int count)
    {
        var people = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => server.SignUpAsync()));
        return (people, await people[0].MakeRoomAsync(members: [.. people[1..].Select(x => x.Id)]));
    }
}
