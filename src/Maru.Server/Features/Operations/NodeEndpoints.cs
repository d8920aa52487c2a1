using System.Text.RegularExpressions;
using Maru.Engine.Codecs;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Operations;

/// <summary>The endpoints about nodes. Any node answers about each.</summary>
internal static partial class NodeEndpoints
{
    private static readonly string[] Levels = ["trace", "debug", "information"];

    private static readonly ApiParameter Node = new("nodeId", "The node's id.", ApiSchemas.Text, "0198e0a2-7d0c-4f3e-9f5c-0a1b2c3d4e5f");
    private static readonly ApiParameter After = new(
        "after", "The number of the last point that you have; absent: all points.", ApiSchemas.Text, "12");

    public static void MapNodes(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/nodes", ListAsync).WithName("listNodes")
            .WithSummary("The nodes of this server, with what each measured last").Refuses(Problem.Forbidden);
        var node = admin.MapGroup("/nodes/{nodeId:guid}").WithMetadata(Node);
        node.MapGet("/points", PointsAsync).WithName("listNodePoints").WithMetadata(After)
            .WithSummary("What a node measured in the last 30 minutes, a point every five seconds").Refuses(Problem.Forbidden);
        node.MapGet("/queries", QueriesAsync).WithName("listSlowQueries")
            .WithSummary("The statements to the store that took a node longest lately; another node's are up to fifteen seconds old")
            .Refuses(Problem.Forbidden);
        node.MapGet("/errors", ErrorsAsync).WithName("listNodeErrors")
            .WithSummary("The kinds of errors in a node's log since its start; another node's are up to fifteen seconds old")
            .Refuses(Problem.Forbidden);
        node.MapPost("/drain", DrainAsync).LimitBy(Limit.Messages).Audits(SecurityKind.NodeDrain).WithName("drainNode")
            .WithSummary("Send a node's clients to the others: it takes no new ones until it is started anew; a repeat changes nothing")
            .Refuses(Problem.Forbidden);
        node.MapPut("/log-level", SetLevelAsync).LimitBy(Limit.Messages).Audits(SecurityKind.LogLevel).WithName("setLogLevel")
            .WithSummary("Make a node log more for a while, an hour at most; then it goes back by itself").Refuses(Problem.Forbidden);
    }

    private static async Task<Ok<NodeList>> ListAsync(NodeDirectory nodes, CancellationToken ct) =>
        TypedResults.Ok(await nodes.ListAsync(ct));

    private static async Task<Results<Ok<NodePoints>, ProblemHttpResult>> PointsAsync(
        Guid nodeId, string? after, NodeDirectory nodes, NodeBook book, CancellationToken ct)
    {
        if (await nodes.FindAsync(nodeId, ct) is not { } node) return Problem.NotFound.Result();
        var errors = new FieldErrors();
        var number = 0L;
        if (after is not null && !Number.TryRead(after, out number)) errors.Add("after", "The number of a point.");
        return errors.Any ? errors.Result() : TypedResults.Ok(new NodePoints(book.PointsOf(node, number)));
    }

    private static async Task<Results<Ok<SlowQueries>, ProblemHttpResult>> QueriesAsync(
        Guid nodeId, NodeDirectory nodes, CancellationToken ct) =>
        await nodes.FindAsync(nodeId, ct) is { } node
            ? TypedResults.Ok(nodes.ReportOf(node)?.Queries ?? new SlowQueries([], []))
            : Problem.NotFound.Result();

    private static async Task<Results<Ok<LoggedErrors>, ProblemHttpResult>> ErrorsAsync(
        Guid nodeId, NodeDirectory nodes, CancellationToken ct) =>
        await nodes.FindAsync(nodeId, ct) is { } node
            ? TypedResults.Ok(new LoggedErrors(nodes.ReportOf(node)?.Errors ?? []))
            : Problem.NotFound.Result();

    private static async Task<Results<NoContent, ProblemHttpResult>> DrainAsync(
        Guid nodeId, HttpContext context, NodeDirectory nodes, NodeOrders orders, CancellationToken ct)
    {
        if (await nodes.FindAsync(nodeId, ct) is not { } node) return Problem.NotFound.Result();
        SecurityNote.Of(context).Detail = node.ToString();
        orders.DrainNode(node);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SetLevelAsync(
        Guid nodeId, LogLevelChange request, HttpContext context, NodeDirectory nodes, NodeOrders orders, TimeProvider time,
        CancellationToken ct)
    {
        if (await nodes.FindAsync(nodeId, ct) is not { } node) return Problem.NotFound.Result();
        var errors = new FieldErrors();
        // Loggers of others may write addresses with what they carry, and what people wrote.
        if (request.Category is not { Length: <= 200 } category || !OwnCategory().IsMatch(category))
        {
            errors.Add("category", "Maru or one of its parts, as log.logger in the log has it: Maru.Server.Bus.");
            category = "";
        }

        var level = request.Level ?? "";
        if (!Levels.Contains(level)) errors.Add("level", "trace, debug or information: the log can be made finer alone.");
        if (request.Minutes is < 0 or > 60) errors.Add("minutes", "0 to 60.");
        if (errors.Any) return errors.Result();
        SecurityNote.Of(context).Detail = $"{level} for {request.Minutes} minutes on {node}";
        orders.SetLevel(node, new LogLevelSetting(category, level, time.GetUtcNow().AddMinutes(request.Minutes)));
        return TypedResults.NoContent();
    }

    [GeneratedRegex(@"^Maru(\.[A-Za-z0-9_]+)*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex OwnCategory();
}
