using Maru.Server.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Maru.Server.Platform.Logging;

internal static class Logs
{
    // Its two errors are told again: a failed start by the program's last line, a failed service by a Critical of the same category.
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>
    /// Logs one object of the Elastic Common Schema a line, unless <c>Logging:Console:FormatterName</c> says otherwise.
    /// </summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        var formatter = builder.Configuration["Logging:Console:FormatterName"] ?? HostSettings.LogFormat;
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ConsoleFormatter, EcsFormatter>());
        builder.Logging.AddConsole(options => options.FormatterName = formatter);
        builder.Logging.AddFilter<ConsoleLoggerProvider>(HostCategory, LogLevel.Critical);
    }
}
