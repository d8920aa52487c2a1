using Microsoft.Extensions.Logging.Console;

namespace Maru.Server.Platform;

internal static class Logs
{
    /// <summary>
    /// Logs one JSON object a line, unless <c>Logging:Console:FormatterName</c> says otherwise: the slim builder would use plain text.
    /// </summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        var formatter = builder.Configuration["Logging:Console:FormatterName"] ?? ConsoleFormatterNames.Json;
        builder.Logging.AddConsole(options => options.FormatterName = formatter);
    }
}
