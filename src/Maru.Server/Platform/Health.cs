using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Platform.Limits;
using Maru.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Platform;

/// <summary>For whoever starts, stops and routes to this process.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health").DoNotLimit();
        group.MapGet("/live", () => TypedResults.Ok(new HealthReport("live", Version)))
            .WithSummary("Is the process alive? If not, start it again.");
        group.MapGet("/ready", ReadyAsync).WithSummary("Can it serve? If not, send requests elsewhere.")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    public static string Version { get; } = typeof(Health).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private static async Task<Results<Ok<HealthReport>, ProblemHttpResult>> ReadyAsync(
        IHostApplicationLifetime lifetime, ChatEngine engine, Database database, CancellationToken ct)
    {
        if (engine.IsDraining || lifetime.ApplicationStopping.IsCancellationRequested) return Problem.ShuttingDown.Result();
        await database.FirstAsync<long>("SELECT count(*) FROM migrations", null, ct);   // a store that fails makes the problem itself
        return TypedResults.Ok(new HealthReport("ready", Version));
    }
}

/// <param name="Status"><c>live</c> or <c>ready</c></param>
/// <param name="Version">of the program</param>
public sealed record HealthReport(string Status, string Version);
