using System.Diagnostics;

namespace Maru.Server.Platform;

/// <summary>
/// One line a request, at Debug under the category <c>Maru.Requests</c> (<c>Logging:LogLevel:Maru.Requests</c> turns it on). Never an address, a header or a body:
/// they carry tokens and people's words.
/// </summary>
internal static partial class RequestLog
{
    public static void UseRequestLog(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Maru.Requests");
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use(next => context => log.IsEnabled(LogLevel.Debug) ? LoggedAsync(context, next, log, time) : next(context));
    }

    private static async Task LoggedAsync(HttpContext context, RequestDelegate next, ILogger log, TimeProvider time)
    {
        var started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var trace = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
            var milliseconds = time.GetElapsedTime(started).TotalMilliseconds;
            var user = (context.User as Caller)?.UserId.Value;
            Log.Request(log, context.Request.Method, Problems.Route(context), context.Response.StatusCode, milliseconds, user, trace);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Method} {Route} {Status} in {Milliseconds:F1} ms, user {UserId}, trace {TraceId}")]
        public static partial void Request(ILogger log, string method, string route, int status, double milliseconds, long? userId, string traceId);
    }
}
