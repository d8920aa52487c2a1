using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Contacts;

/// <summary>The endpoints of contacts.</summary>
internal static class ContactEndpoints
{
    public static void MapContacts(this IEndpointRouteBuilder routes)
    {
        var contacts = routes.MapGroup("/api/contacts").WithTags("Contacts").RequireAuthorization();
        contacts.MapGet("/", ListAsync)
            .WithName("listContacts").WithSummary("Your contacts and the requests for them")
            .WithMetadata(new ApiParameter("state", "Those in this state only.", ApiSchemas.Text, "incoming"));
        contacts.MapPost("/", AskAsync).RefuseGuests()
            .WithName("askContact")
            .WithSummary("Ask somebody to be your contact (201), or accept who asked you (200); a repeat changes nothing (200)")
            .Refuses(
                Problem.NotFound, Problem.BlockedByYou, Problem.TooManyContacts, Problem.TooManyRequests, Problem.AskedRecently,
                Problem.Guest);
        contacts.MapPatch("/{userId:number}", ChangeAsync).LimitBy(Limit.Messages)
            .WithName("changeContact").WithSummary("Call a contact as you like; nobody else sees it")
            .Refuses(Problem.NotFound);
        contacts.MapDelete("/{userId:number}", RemoveAsync).LimitBy(Limit.Messages)
            .WithName("removeContact").WithSummary("Remove a contact, decline a request or take yours back; a repeat changes nothing");
    }

    private static async Task<Results<Ok<ContactPage>, ProblemHttpResult>> ListAsync(
        Caller caller, PageRequest page, ContactStore store, string? state, CancellationToken ct)
    {
        if (state is not null && !ContactStates.IsOne(state)) page.Errors.Add("state", "accepted, incoming or outgoing.");
        return page.Errors.Any
            ? page.Errors.Result()
            : TypedResults.Ok(await store.PageAsync(caller.UserId, state, page, ct));
    }

    private static async Task<Results<Ok<Contact>, Created<Contact>, ProblemHttpResult>> AskAsync(
        ContactRequest request, Caller caller, HttpContext context, ContactLimits limits, ContactStore store, ContactChanges changes,
        CancellationToken ct)
    {
        var errors = new FieldErrors();
        var names = (request.UserId is null ? 0 : 1) + (request.Handle is null ? 0 : 1) + (request.Email is null ? 0 : 1);
        if (names != 1) errors.Add("userId", "One of userId, handle and email.");
        if (errors.Any) return errors.Result();
        if (limits.Take(context, caller.UserId) is { } tooMany) return tooMany;
        var handle = request.Handle is null ? null : TextPolicy.SignInName(request.Handle);
        var email = request.Email is null ? null : TextPolicy.SignInName(request.Email);
        var other = new UserId(await store.FindAsync(request.UserId, handle, email, ct));
        if (other == caller.UserId)
        {
            errors.Add(handle is not null ? "handle" : email is not null ? "email" : "userId", "Someone else.");
            return errors.Result();
        }

        if (other == default) return Problem.NotFound.Result();
        var (contact, isNew, problem) = await changes.AskAsync(caller.UserId, other, ct);
        if (problem is not null) return problem.Result();
        return isNew ? TypedResults.Created(context.Link($"/api/contacts/{other}"), contact) : TypedResults.Ok(contact);
    }

    private static async Task<Results<Ok<Contact>, ProblemHttpResult>> ChangeAsync(
        long userId, ContactChange request, Caller caller, LimitOptions limits, ContactChanges changes, CancellationToken ct)
    {
        var errors = new FieldErrors();
        var nickname = string.IsNullOrEmpty(request.Nickname)
            ? null
            : errors.Keep("nickname", TextPolicy.Name(request.Nickname, limits.NameCharacters));
        if (errors.Any) return errors.Result();
        return await changes.NameAsync(caller.UserId, new UserId(userId), nickname, ct) is { } contact
            ? TypedResults.Ok(contact)
            : Problem.NotFound.Result();
    }

    private static async Task<NoContent> RemoveAsync(long userId, Caller caller, ContactChanges changes, CancellationToken ct)
    {
        await changes.RemoveAsync(caller.UserId, new UserId(userId), ct);
        return TypedResults.NoContent();
    }
}
