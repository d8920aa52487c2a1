using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Maru.Server.Features.Polls;

/// <summary>The endpoints of polls.</summary>
internal static class PollEndpoints
{
    private static readonly ApiParameter Option = new("optionId", "The option's id in its poll.", ApiSchemas.Id, 1);

    public static void MapPolls(this IEndpointRouteBuilder routes)
    {
        var polls = routes.MapGroup("/api/rooms/{roomId:number}/polls").WithTags("Messages").RequireAuthorization();
        polls.MapPost("/", CreateAsync).LimitBy(Limit.Messages)
            .WithName("createPoll")
            .WithSummary("Send a poll, a message with options to vote for; with an Idempotency-Key as for a message")
            .Produces<Message>(StatusCodes.Status201Created).Produces<Message>()
            .Refuses(
                Problem.Invalid, Problem.TooLarge, Problem.KeyReused, Problem.ReadOnly, Problem.SlowMode, Problem.MayNotWrite,
                Problem.BlockedByYou);
        polls.MapPut("/{seq:number}/vote", VoteAsync).LimitBy(Limit.Messages)
            .WithName("votePoll").WithSummary("Vote, in place of what you voted before; a repeat changes nothing")
            .Refuses(Problem.Invalid, Problem.PollClosed, Problem.MayNotWrite, Problem.BlockedByYou);
        polls.MapDelete("/{seq:number}/vote", TakeBackAsync).LimitBy(Limit.Messages)
            .WithName("takeVoteBack").WithSummary("Take your vote back; a repeat changes nothing")
            .Refuses(Problem.PollClosed);
        polls.MapPost("/{seq:number}/close", CloseAsync).LimitBy(Limit.Messages)
            .WithName("closePoll").WithSummary("Close your own poll or, as the room's owner or admin, anybody's; a repeat changes nothing")
            .Refuses(Problem.Forbidden);
        polls.MapGet("/{seq:number}/options/{optionId:number}/voters", ListAsync)
            .WithName("listVoters").WithSummary("Who voted for an option of a poll that is not anonymous, the first votes first")
            .WithMetadata(Option)
            .Refuses(Problem.AnonymousPoll);
    }

    private static async Task<IResult> CreateAsync(
        long roomId,
        NewPoll request,
        Caller caller,
        HttpContext context,
        [FromHeader(Name = SendRequests.KeyHeader)] string? idempotencyKey,
        EngineOptions engine,
        PollOptions options,
        MessageSends sends,
        MessageStore store,
        CancellationToken ct)
    {
        if (!SendRequests.TryReadKey(idempotencyKey, engine, out var key, out var refused)) return refused;
        var errors = new FieldErrors();
        var rules = new PollRules(errors, options);
        var (question, choices) = (rules.Question(request.Question), rules.Options(request.Options));
        if (errors.Any) return errors.Result();
        if (TextRules.RefuseSize(question.Text.Length, "question", engine.MaxTextBytes) is { } tooLarge)
            return SendRequests.Refused(tooLarge);

        var room = new RoomId(roomId);
        var poll = PollJson.Write(new Poll(choices, request.Multiple, request.Anonymous, 0, request.ClosesAt));
        var closesAt = request.ClosesAt is { } time ? Math.Max(1, time.ToUnixTimeMilliseconds()) : 0;
        var sent = await sends.SendAsync(
            room, caller.UserId, (right, sender, owner) => new PollDraft(right, sender, question, poll, closesAt, key, owner), ct);
        return await sent.ToResultAsync(context, room, caller.UserId, store, ct);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> VoteAsync(
        long roomId, long seq, PollVote request, Caller caller, PollChanges changes)
    {
        if (request.Options is { } options) return Answer(await changes.VoteAsync(new RoomId(roomId), caller.UserId, seq, options));
        return Answer(new Refusal(Problem.Invalid, "The ids of the options.", "options"));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> TakeBackAsync(
        long roomId, long seq, Caller caller, PollChanges changes) =>
        Answer(await changes.VoteAsync(new RoomId(roomId), caller.UserId, seq, []));

    private static async Task<Results<NoContent, ProblemHttpResult>> CloseAsync(
        long roomId, long seq, Caller caller, PollChanges changes) =>
        Answer(await changes.CloseAsync(new RoomId(roomId), caller.UserId, seq) is { } problem ? new Refusal(problem) : null);

    private static async Task<Results<Ok<PollVoterPage>, ProblemHttpResult>> ListAsync(
        long roomId, long seq, long optionId, Caller caller, PageRequest page, PollStore store, CancellationToken ct)
    {
        if (page.After is { Key.Length: > 0 }) page.RefuseCursor();
        if (page.Errors.Any) return page.Errors.Result();
        var (voters, problem) = await store.VotersAsync(new RoomId(roomId), caller.UserId, seq, optionId, page, ct);
        return voters is null ? (problem ?? Problem.NotFound).Result() : TypedResults.Ok(voters);
    }

    private static Results<NoContent, ProblemHttpResult> Answer(Refusal? refusal) =>
        refusal is null ? TypedResults.NoContent() : SendRequests.Refused(refusal);
}
