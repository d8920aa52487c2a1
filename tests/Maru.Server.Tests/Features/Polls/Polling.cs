using System.Text.Json;
using Maru.Engine.Log;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Polls;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Polls;

/// <summary>Polls, as a test says them.</summary>
internal static class Polling
{
    public static string Address(Room room, long seq, string what) => $"/api/rooms/{room.Id}/polls/{seq}/{what}";

    /// <summary>Asks "When?": at noon, dusk or dawn.</summary>
    public static Task<Message> PollAsync(
        this Person person, Room room, bool multiple = false, bool anonymous = false, DateTimeOffset? closesAt = null) =>
        person.Http.SendAsync(
            $"POST /api/rooms/{room.Id}/polls",
            new { question = "When?", options = new[] { "noon", "dusk", "dawn" }, multiple, anonymous, closesAt }).Read<Message>(201);

    public static Task<HttpResponseMessage> TryVoteAsync(this Person person, Room room, long seq, params long[] options) =>
        person.Http.SendAsync($"PUT {Address(room, seq, "vote")}", new { options });

    public static Task<string> VoteAsync(this Person person, Room room, long seq, params long[] options) =>
        person.TryVoteAsync(room, seq, options).ShouldBe(204);

    public static Task<string> CloseAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"POST {Address(room, seq, "close")}").ShouldBe(204);

    public static Task<PollVoterPage> VotersAsync(this Person person, Room room, long seq, long option, string query = "") =>
        person.Http.SendAsync($"GET {Address(room, seq, $"options/{option}/voters")}?{query}").Read<PollVoterPage>();

    public static async Task<Poll> SeePollAsync(this Person person, Room room, long seq) =>
        (await person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/{seq}").Read<Message>()).Poll!;

    /// <summary>Returns the counts as the person sees them: "2 1 0 of 3, mine 1".</summary>
    public static async Task<string> SeeVotesAsync(this Person person, Room room, long seq) =>
        (await person.SeePollAsync(room, seq)).Told();

    public static string Told(this Poll poll) =>
        $"{string.Join(' ', poll.Options.Select(x => x.Votes))} of {poll.Voters}, mine {string.Join(' ', poll.Mine!)}".TrimEnd();

    /// <summary>
    /// Checks that the counts of each poll are those of the rows that say who voted, that the entries lead there one vote after the other,
    /// none for nothing, and that nothing of an anonymous poll says who voted for what.
    /// </summary>
    public static async Task ShouldCountVotesAsync(this MaruServer server)
    {
        await server.ShouldBeSoundAsync();
        var ct = TestContext.Current.CancellationToken;
        var polls = await server.Service<Database>().ListAsync<Row>(
            "SELECT room_id, seq, sender_id, poll FROM messages WHERE poll IS NOT NULL AND deleted_at IS NULL", null, ct);
        var votes = await server.Service<Database>().ListAsync<Vote>(
            "SELECT room_id, seq, user_id, option_id, voted_seq, at FROM poll_votes", null, ct);
        var changes = await server.Service<Database>().ListAsync<Change>(
            $"""
            SELECT room_id, seq, target_seq, actor_id, at, detail FROM changes WHERE type = {EntryKind.PollChanged.Number}
            ORDER BY room_id, seq
            """,
            null,
            ct);
        votes.ShouldAllBe(x => polls.Any(poll => poll.RoomId == x.RoomId && poll.Seq == x.Seq));
        foreach (var row in polls)
        {
            var poll = JsonSerializer.Deserialize<Poll>(row.Poll, JsonSerializerOptions.Web)!;
            var cast = votes.Where(x => x.RoomId == row.RoomId && x.Seq == row.Seq).ToList();
            poll.Options.Select(x => x.Votes).ShouldBe(poll.Options.Select(x => (long)cast.Count(vote => vote.OptionId == x.Id)), row.Poll);
            poll.Voters.ShouldBe(cast.Select(x => x.UserId).Distinct().Count(), row.Poll);
            var log = changes.Where(x => x.RoomId == row.RoomId && x.TargetSeq == row.Seq).ToList();
            var told = log.Select(x => x.Detail).Prepend("").ToList();
            for (var i = 1; i < told.Count; i++) told[i].ShouldNotBe(told[i - 1]);
            var counts = string.Join(',', poll.Options.Select(x => $$"""{"id":{{x.Id}},"votes":{{x.Votes}}}"""));
            if (log.Count > 0) log[^1].Detail.ShouldStartWith($$"""{"options":[{{counts}}],"voters":{{poll.Voters}}""");
            if (poll.ClosesAt is { } closesAt && poll.ClosedAt is null)
                log.ShouldAllBe(x => x.At < closesAt.ToUnixTimeMilliseconds());
            if (!poll.Anonymous) continue;
            cast.ShouldAllBe(x => x.VotedSeq == 0 && x.At == 0);
            log.ShouldAllBe(x => !x.Detail.Contains("userId") && (x.ActorId == row.SenderId || x.Detail.Contains("closedAt")));
        }
    }

    private sealed record Row(long RoomId, long Seq, long SenderId, string Poll);

    private sealed record Vote(long RoomId, long Seq, long UserId, long OptionId, long VotedSeq, long At);

    private sealed record Change(long RoomId, long Seq, long TargetSeq, long ActorId, long At, string Detail);
}
