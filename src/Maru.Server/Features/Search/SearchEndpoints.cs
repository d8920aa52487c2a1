using Maru.Engine.Codecs;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;

namespace Maru.Server.Features.Search;

/// <summary>The endpoint of search.</summary>
internal static class SearchEndpoints
{
    public static void MapSearch(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/search", SearchAsync).WithTags("Messages").RequireAuthorization()
        .WithName("search").WithSummary("Messages of your rooms that have all of the words, the newest or the best first")
        .WithDescription(
            "Words, \"phrases\", -without, and the filters from:@ann, from:me, in:harbour, before:2026-11-20, after:2026-11-01, has:file, "
            + "has:link and mentions:me. in: has the name of a room, in quotes where it has blanks, or its id.")
        .WithMetadata(
            new ApiParameter("q", "What to search for, at most 500 characters.", ApiSchemas.Text, "harbour from:@ben"),
            new ApiParameter("roomId", "In this room alone.", ApiSchemas.Text, "1"),
            new ApiParameter(
                "sort",
                "`newest` (the default), or `best`: of the newest 10,000, those that say little else, and lately.",
                ApiSchemas.Text,
                "best"),
            new ApiParameter(
                "before",
                "The `next` of the page before, of the same search; absent: the first page.",
                ApiSchemas.Text,
                "0pX5m2Vh8Qk3rT1cYb7NfKd9WqLzAeUoJg6sHiMxvRPnBtCwSyDlEjFaGuM"))
        .Produces<SearchPage>().Refuses(Problem.NotFound);

    private static async Task<IResult> SearchAsync(
        HttpContext context, Caller caller, SearchOptions options, SearchPages pages, SearchCursors cursors, SearchTurns turns,
        CancellationToken ct)
    {
        if (!options.Enabled) return Problem.NotFound.Result("This server does not search.");
        var errors = new FieldErrors();
        var parameters = context.Request.Query;
        var typed = parameters["q"].ToString();
        var query = SearchQuery.Read(typed, errors);
        var room = ReadRoom(parameters["roomId"].ToString(), errors);
        var sort = ReadSort(parameters["sort"].ToString(), errors);
        var search = SearchCursors.Of(caller.UserId, typed, sort, room);
        var before = cursors.Read(parameters["before"].ToString(), search);
        if (before is null && parameters["before"].ToString().Length > 0)
            errors.Add("before", "The next of the page before, of the same search.");
        var size = PageRequest.ReadSize(context, errors);
        if (errors.Any) return errors.Result();
        using var turn = await turns.TakeAsync(caller.UserId, ct);
        if (!turn.IsAcquired) return Problems.Busy(context);
        return new WrittenJson(await pages.FindAsync(caller.UserId, query, sort, room, before, size, search, ct));
    }

    private static SearchSort ReadSort(string value, FieldErrors errors)
    {
        if (value is "best") return SearchSort.Best;
        if (value is not ("" or "newest")) errors.Add("sort", "newest or best.");
        return SearchSort.Newest;
    }

    private static long? ReadRoom(string value, FieldErrors errors)
    {
        if (value.Length == 0) return null;
        if (Number.TryRead(value, out var room) && room > 0) return room;
        errors.Add("roomId", "The id of a room.");
        return null;
    }
}
