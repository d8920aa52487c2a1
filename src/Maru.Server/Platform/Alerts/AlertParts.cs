using Maru.Server.Cluster;

namespace Maru.Server.Platform.Alerts;

/// <summary>Registers what tells people of errors. Where nobody is to be told, nothing of it runs.</summary>
internal static class AlertParts
{
    public static void AddAlerts(this WebApplicationBuilder builder, AlertOptions options)
    {
        var services = builder.Services;
        services.AddSingleton<AlertMetrics>();
        if (!options.IsUsed) return;
        services.AddSingleton<ILoggerProvider>(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var metrics = provider.GetRequiredService<AlertMetrics>();
            var queue = new AlertQueue(options.Every, time);
            var messages = new SlackMessages(provider.GetRequiredService<ThisNode>().Name, options.Link);
            var sender = new AlertSender(
                options, queue, metrics, messages, time,
                () => provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AlertSender).FullName ?? ""));
            return new AlertLogs(sender, queue, metrics, time);
        });
    }
}
