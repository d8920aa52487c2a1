using Maru.Server.Platform;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Maru.Server.Features.Operations;

/// <summary>What admins of the whole server see of it and do with it: nodes, queries, errors, users and rooms.</summary>
internal static class OperationsSlice
{
    public static void AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<NodeBook>();
        services.ConfigureOpenTelemetryMeterProvider((provider, meters) => meters.AddReader(new PeriodicExportingMetricReader(
            new PointExporter(provider.GetRequiredService<NodeBook>(), provider.GetRequiredService<TimeProvider>()), PointExporter.Interval)
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Delta,
        }));
        services.AddSingleton<ErrorBook>();
        services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<ErrorBook>());
        services.Configure<LoggerFilterOptions>(options => options.AddFilter<ErrorBook>(null, LogLevel.Error));
        services.AddSingleton<LogLevels>();
        services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>());
        services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>());
        services.AddSingleton<NodeReports>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeReports>());
        services.AddSingleton<NodeOrders>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeOrders>());
        services.AddSingleton<NodeDirectory>();
        services.AddSingleton<AdminUsers>();
        services.AddSingleton<AdminRooms>();
        services.AddJson(OperationsJson.Default);
    }

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/api/admin").WithTags("Administration").RequireAdmin();
        admin.MapNodes();
        admin.MapLists();
    }
}
