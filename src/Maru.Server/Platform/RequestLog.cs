using System.Diagnostics;

namespace Maru.Server.Platform;

/// <summary>
/// Logs one line a request, under the category <c>Maru.Requests</c>: Warning for failures of the server, Information for slow requests,
/// Debug for all others. Never an address, a header or a body: they carry tokens and people's words. Lines that others write within
/// the request have its <see cref="RequestScope"/>.
/// </summary>
internal static partial class RequestLog
{
    // The longest work of a request is a password's hash, some 60 ms: one beyond a second waited.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    public static void UseRequestLog(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Maru.Requests");
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use(next => context => LoggedAsync(context, next, log, time));
    }

    private static async Task LoggedAsync(HttpContext context, RequestDelegate next, ILogger log, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var failed = true;
        var request = RequestScope.Begin(context);
        using var scope = log.BeginScope(request);
        try
        {
            await next(context);
            failed = context.Response.StatusCode >= StatusCodes.Status500InternalServerError;
        }
        finally
        {
            var taken = time.GetElapsedTime(started);
            var level = failed ? LogLevel.Warning : taken > Slow && !IsLong(context) ? LogLevel.Information : LogLevel.Debug;
            if (log.IsEnabled(level))
            {
                var trace = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
                var user = (context.User as Caller)?.UserId.Value;
                var (method, route) = (context.Request.Method, Problems.Route(context));
                Log.Request(log, level, method, route, context.Response.StatusCode, taken.TotalMilliseconds, user, trace);
            }

            request.End();
        }
    }

    /// <summary>Returns whether the request lasts as long as its client stays: a socket, or a stream of events.</summary>
    private static bool IsLong(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols || HttpMethods.IsConnect(context.Request.Method)
        || context.Response.ContentType == "text/event-stream";

    private static partial class Log
    {
        [LoggerMessage("{Method} {Route} {Status} in {Milliseconds:F1} ms, user {UserId}, trace {TraceId}")]
        public static partial void Request(
            ILogger log, LogLevel level, string method, string route, int status, double milliseconds, long? userId, string traceId);
    }
}
