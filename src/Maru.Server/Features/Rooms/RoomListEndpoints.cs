using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Text;
using Maru.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Rooms;

/// <summary>The endpoints to find rooms and to make new ones.</summary>
internal static class RoomListEndpoints
{
    public static void MapRoomLists(this IEndpointRouteBuilder routes)
    {
        var rooms = routes.MapGroup("/api/rooms").WithTags("Rooms").RequireAuthorization();
        rooms.MapGet("/", DiscoverAsync)
            .WithName("listRooms").WithSummary("Public rooms whose name contains q, in the order of sort")
            .WithMetadata(RoomSort.Parameter);
        rooms.MapPost("/", CreateAsync).RefuseGuests().WithName("createRoom").WithSummary("Make a group room; you own it")
            .Refuses(Problem.TooManyRooms, Problem.RoomFull, Problem.TooManyPending, Problem.Guest);
        rooms.MapPost("/direct", DirectAsync).RefuseGuests()
            .WithName("openDirectRoom").WithSummary("The one room of you and another user: 201 when it is new, 200 after that")
            .Refuses(Problem.TooManyRooms, Problem.MayNotWrite, Problem.BlockedByYou, Problem.Guest);
        routes.MapGet("/api/me/rooms", MineAsync).WithTags("Rooms").RequireAuthorization()
            .WithName("listMyRooms")
            .WithSummary("Your rooms with their last messages, newest activity first, without those that you have hidden")
            .WithMetadata(
                new ApiParameter("hidden", "Only the rooms that you have hidden.", ApiSchemas.Flag, true),
                new ApiParameter("favourite", "Only your favourites.", ApiSchemas.Flag, true))
            .Produces<RoomPage>();
    }

    private static async Task<Results<Ok<RoomPage>, ProblemHttpResult>> DiscoverAsync(
        Caller caller, PageRequest page, RoomOptions options, RoomDirectory directory, string? q, string? sort, CancellationToken ct)
    {
        var order = new RoomRules(page.Errors, options).Sort(sort);
        order.Check(page);
        if (page.Errors.Any) return page.Errors.Result();
        return TypedResults.Ok(await directory.PageAsync(caller.UserId, new NameSearch(TextPolicy.NameKey(q)), order, page, ct));
    }

    private static async Task<IResult> MineAsync(
        Caller caller, PageRequest page, RoomLists lists, string? hidden, string? favourite, CancellationToken ct)
    {
        RoomSort.Activity.Check(page);
        var filter = new OwnRooms(QueryFlag.Read(hidden, "hidden", page.Errors), QueryFlag.Read(favourite, "favourite", page.Errors));
        return page.Errors.Any ? page.Errors.Result() : new WrittenJson(await lists.MineAsync(caller.UserId, filter, page, ct));
    }

    private static async Task<Results<Created<Room>, ProblemHttpResult>> CreateAsync(
        NewRoom request, Caller caller, HttpContext context, RoomOptions options, RoomLimits limits, RoomPasswords passwords,
        RoomStore store, MembershipEvents events, CancellationToken ct)
    {
        var errors = new FieldErrors();
        var rules = new RoomRules(errors, options);
        var (name, description, visibility) = (
            rules.Name(request.Name), rules.Description(request.Description), rules.Visibility(request.Visibility));
        var history = rules.History(request.History ?? "all");
        var password = rules.Password(request.Password);
        var members = rules.Users("members", request.Members);
        if (errors.Any) return errors.Result();
        var others = members.Where(id => id != caller.UserId.Value).ToArray();
        if (limits.TakeRoom(context, caller.UserId, others.Length) is { } tooMany) return tooMany;

        var (hash, refusal) = await passwords.HashAsync(password, caller.UserId, context);
        if (refusal is not null) return refusal;
        var details = new RoomDetails(name, description, visibility, hash, history, request.Guests ? 1 : 0);
        var (row, unknown, asked, problem) = await store.CreateAsync(caller.UserId, details, members, ct);
        if (problem is not null) return problem.Result();
        if (row is null)
        {
            rules.Unknown("members", unknown);
            return errors.Result();
        }

        var room = row.ToRoom();
        events.Made(room);
        events.Added([caller.UserId.Value], room);
        events.Added(others.Except(asked), room with { Role = Roles.Member });
        await events.InvitedAsync(asked, new RoomId(room.Id), ct);
        return TypedResults.Created(context.Link($"/api/rooms/{room.Id}"), room);
    }

    private static async Task<Results<Ok<Room>, Created<Room>, ProblemHttpResult>> DirectAsync(
        DirectRequest request, Caller caller, HttpContext context, RoomOptions options, RoomLimits limits, RoomStore store,
        MembershipEvents events, CancellationToken ct)
    {
        var errors = new FieldErrors();
        var other = new UserId(request.UserId ?? 0);
        if (other == caller.UserId) errors.Add("userId", "Someone else: a direct room is for two.");
        if (errors.Any) return errors.Result();
        if (await store.FindDirectAsync(caller.UserId, other, ct) is { } found) return TypedResults.Ok(found.ToRoom());
        if (limits.TakeRoom(context, caller.UserId, 1) is { } tooMany) return tooMany;
        var (row, isNew, problem) = await store.MakeDirectAsync(caller.UserId, other, ct);
        if (problem is not null) return problem.Result();
        if (row is null)
        {
            new RoomRules(errors, options).Unknown("userId", [other.Value]);
            return errors.Result();
        }

        var room = row.ToRoom();
        if (!isNew) return TypedResults.Ok(room);
        events.Added([caller.UserId.Value], room);
        if (await store.FindAsync(new RoomId(room.Id), other, ct) is { } theirs) events.Added([other.Value], theirs.ToRoom());
        return TypedResults.Created(context.Link($"/api/rooms/{room.Id}"), room);
    }
}
