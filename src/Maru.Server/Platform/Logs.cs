using Microsoft.Extensions.Logging.Console;

namespace Maru.Server.Platform;

internal static class Logs
{
    // Its two errors are told again: a failed start by the program's last line, a failed service by a Critical of the same category.
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>
    /// Logs one JSON object a line, unless <c>Logging:Console:FormatterName</c> says otherwise: the slim builder would use plain text.
    /// </summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        var formatter = builder.Configuration["Logging:Console:FormatterName"] ?? ConsoleFormatterNames.Json;
        builder.Logging.AddConsole(options => options.FormatterName = formatter);
        builder.Logging.AddFilter<ConsoleLoggerProvider>(HostCategory, LogLevel.Critical);
    }
}
