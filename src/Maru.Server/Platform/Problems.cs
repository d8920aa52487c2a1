using System.Data.Common;
using System.Globalization;
using Maru.Engine.Problems;
using Maru.Server.Files;
using Maru.Server.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Maru.Server.Platform;

/// <summary>
/// Makes every refusal over HTTP a <see cref="Problem"/>, as problem details (RFC 9457): also those of the framework, and exceptions that
/// no handler caught.
/// </summary>
internal static partial class Problems
{
    // Refusals that only HTTP has.
    public static readonly Problem MethodNotAllowed = new("method-not-allowed", 405, "This address does not take this method.");
    public static readonly Problem RequestTimeout = new("request-timeout", 408, "The body did not arrive in time.");
    public static readonly Problem PreconditionFailed = new("precondition-failed", 412, "It is not as the request demands.");
    public static readonly Problem UnsupportedMediaType = new(
        "unsupported-media-type", 415, "The body is not in a form that this address takes.");
    public static readonly Problem RangeNotSatisfiable = new("range-not-satisfiable", 416, "There are no bytes in this range.");

    private const string Json = "application/json";

    public static void AddProblems(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        // else a body that cannot be read gets an empty response
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems));
        app.Use(next => context => GuardAsync(context, next, log));
    }

    /// <summary>Returns the result for a handler.</summary>
    public static ProblemHttpResult Result(this Problem problem, string? detail = null) => TypedResults.Problem(Details(problem, detail));

    /// <summary><see cref="Problem.Invalid"/> with the texts for each field.</summary>
    public static ProblemHttpResult Invalid(IDictionary<string, string[]> errors) => TypedResults.Problem(
        new HttpValidationProblemDetails(errors)
        {
            Type = Problem.Invalid.Slug,
            Status = Problem.Invalid.Status,
            Title = Problem.Invalid.Title,
        });

    /// <summary>Returns <see cref="Problem.RateLimited"/>, for now.</summary>
    /// <param name="wait">the time until it is worth trying again; a second at least, which is also right where a queue is full</param>
    public static ProblemHttpResult Busy(HttpContext context, TimeSpan wait = default)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Problem.RateLimited.Result();
    }

    /// <summary>Returns a refusal that says when to try again.</summary>
    public static ProblemHttpResult Later(HttpContext context, Refusal refusal)
    {
        context.Response.Headers.RetryAfter = refusal.RetryAfter.ToString(CultureInfo.InvariantCulture);
        var details = Details(refusal.Problem, refusal.Detail);
        details.Extensions["retryAfter"] = refusal.RetryAfter;
        return TypedResults.Problem(details);
    }

    public static Task WriteAsync(HttpContext context, Problem problem, string? detail = null) =>
        problem.Result(detail).ExecuteAsync(context);

    /// <summary>Returns the route's template: an address may carry secrets that must not be logged.</summary>
    public static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(none)";

    private static ProblemDetails Details(Problem problem, string? detail) =>
        new() { Type = problem.Slug, Status = problem.Status, Title = problem.Title, Detail = detail };

    private static async Task GuardAsync(HttpContext context, RequestDelegate next, ILogger log)
    {
        try
        {
            await next(context);
            if (Refusal(context.Response) is { } problem) await RefuseAsync(context, problem, context.Response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left: there is nobody to respond to.
        }
        catch (Exception e)
        {
            var problem = ProblemOf(e, context.RequestServices);
            if (problem.Status >= StatusCodes.Status500InternalServerError) Log.Failed(log, e, context.Request.Method, Route(context));
            if (context.Response.HasStarted) throw;
            context.Response.ContentLength = null;
            await RefuseAsync(context, problem, (e as BadHttpRequestException)?.StatusCode);
        }
    }

    /// <param name="status">the framework's status, where it was the one that refused</param>
    private static async Task RefuseAsync(HttpContext context, Problem problem, int? status)
    {
        if (problem == UnsupportedMediaType) context.Response.Headers.Accept = TypesOf(context);
        if (problem == MethodNotAllowed) TidyAllow(context);
        try
        {
            await WriteAsync(context, problem, Detail(context, status));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left meanwhile: a body that broke off is refused too.
        }
    }

    /// <summary>Takes CONNECT out of <c>Allow</c> where there is none: only HTTP/2 has that of RFC 8441.</summary>
    private static void TidyAllow(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (HttpProtocol.IsHttp2(context.Request.Protocol) || headers.Allow is not [{ } allow]) return;
        headers.Allow = allow.Replace("CONNECT, ", "", StringComparison.Ordinal);
    }

    /// <summary>Returns the reason of the framework's refusal, in our words: its own names our types.</summary>
    private static string? Detail(HttpContext context, int? status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge =>
            $"The body may have {context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize} bytes.",
        StatusCodes.Status415UnsupportedMediaType => $"The body must come with Content-Type: {TypesOf(context)}.",
        StatusCodes.Status400BadRequest when TypesOf(context) == Json =>
            "The body must be a JSON object of the documented shape.",
        _ => null,
    };

    /// <summary>Returns the media types of the endpoint's body.</summary>
    private static string TypesOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepted ? string.Join(", ", accepted.ContentTypes) : Json;

    /// <summary>Returns the problem that the framework meant by a bare status.</summary>
    private static Problem? Refusal(HttpResponse response)
    {
        if (response.HasStarted || response.StatusCode < StatusCodes.Status400BadRequest) return null;
        return response.ContentLength is null && response.ContentType is null ? ProblemOf(response.StatusCode) : null;
    }

    private static Problem ProblemOf(Exception exception, IServiceProvider services) => exception switch
    {
        BadHttpRequestException bad => ProblemOf(bad.StatusCode),
        FileStoreException e => e.Problem,
        DbException e => services.GetRequiredService<Database>().ProblemOf(e),
        _ => Problem.Internal,
    };

    private static Problem ProblemOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => Problem.Unauthenticated,
        StatusCodes.Status403Forbidden => Problem.Forbidden,
        StatusCodes.Status404NotFound => Problem.NotFound,
        StatusCodes.Status405MethodNotAllowed => MethodNotAllowed,
        StatusCodes.Status408RequestTimeout => RequestTimeout,
        StatusCodes.Status412PreconditionFailed => PreconditionFailed,
        StatusCodes.Status413PayloadTooLarge => Problem.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType,
        StatusCodes.Status416RangeNotSatisfiable => RangeNotSatisfiable,
        StatusCodes.Status429TooManyRequests => Problem.RateLimited,
        >= StatusCodes.Status500InternalServerError => Problem.Internal,
        _ => Problem.Malformed,
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Method} {Route} failed")]
        public static partial void Failed(ILogger log, Exception e, string method, string route);
    }
}
