using Maru.Server.Platform.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Maru.Server.Platform.Telemetry;

/// <summary>Says of exceptions in the log that is sent by OTLP what the console's lines say of them, and no more.</summary>
internal sealed class QuietErrors : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        if (data.Exception is not { } e) return;
        data.Exception = null;
        data.Attributes =
        [
            .. data.Attributes ?? [],
            new("exception.type", e.GetType().FullName),
            new("exception.message", ErrorText.Messages(e)),
            new("exception.stacktrace", ErrorText.StackTrace(e)),
        ];
    }
}
