using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Health;

/// <summary>Health checks for balancers and for programs that start and stop this process.</summary>
internal static class HealthEndpoints
{
    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<Readiness>();

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health").DoNotLimit();
        group.MapGet("/live", () => TypedResults.Ok(new HealthReport("live", Product.Version)))
            .WithName("getLiveness").WithSummary("Is the process alive? If not, start it again.");
        group.MapGet("/ready", ReadyAsync)
            .WithName("getReadiness").WithSummary("Can it serve? If not, send requests elsewhere.")
            .Refuses(Problem.ShuttingDown, Problem.Unavailable);
    }

    private static async Task<Results<Ok<HealthReport>, ProblemHttpResult>> ReadyAsync(Readiness readiness, CancellationToken ct) =>
        await readiness.FindFaultAsync(ct) is { } fault ? fault.Result() : TypedResults.Ok(new HealthReport("ready", Product.Version));
}

/// <param name="Status"><c>live</c> or <c>ready</c></param>
/// <param name="Version">the version of the program</param>
[Example("""{"status":"ready","version":"0.1.0"}""")]
public sealed record HealthReport(string Status, string Version);
