using Maru.Server.Bus;
using Maru.Server.Cluster;
using Maru.Server.Commands;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Realtime;
using Maru.Server.Storage;

namespace Maru.Server;

/// <summary>The table of contents: what the server is made of, and in which order a request meets it.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => MaruCommand.RunAsync(args);

    /// <summary>A server that is ready to start: settings read, store migrated.</summary>
    /// <param name="args">configuration, as on the command line: <c>--urls</c>, <c>--Maru:Database=…</c></param>
    /// <param name="adjust">adds or replaces services</param>
    /// <exception cref="StartException">It cannot run as it is set up.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var builder = CreateBuilder(args);
        var options = Settings.Read(builder.Configuration);
        HostSettings.Check(builder.Configuration);
        builder.AddWebServer(options.Limits);
        builder.AddLogs();

        var services = builder.Services;
        options.AddTo(services);
        services.AddSingleton(TimeProvider.System);
        services.AddStorage(options);
        services.AddCluster(options);
        services.AddBus(options);
        services.AddProblems();
        services.Configure<RouteOptions>(options => options.SetParameterPolicy<NumberConstraint>(NumberConstraint.Name));
        services.AddJson();
        services.AddOrigins();
        services.AddAuth();
        services.AddRateLimits();
        services.AddApiDocument();
        services.AddAccounts(options);
        services.AddRooms();
        services.AddMessages();
        builder.AddRealtime();
        services.AddHostedService<IdleMemory>();
        adjust?.Invoke(services);

        var app = builder.Build();
        await app.Services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
        await app.Services.GetRequiredService<SessionStore>().LoadEndedAsync(CancellationToken.None);
        app.UseProxies();
        app.UseBasePath();
        app.UseRequestLog();
        app.UseProblems();
        app.UseStaticPages();
        app.UseOrigins();
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimits();
        app.UseAuthorization();
        app.UseContentCodings();

        var routes = app.WithHead();
        routes.MapHealth();
        routes.MapApiDocument();
        routes.MapPublicKeys();
        routes.MapAccounts();
        routes.MapRooms();
        routes.MapMessages();
        routes.MapRealtime();
        return app;
    }

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        try
        {
            return WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        }
        catch (InvalidDataException e)
        {
            throw new StartException($"A file of settings cannot be read. {Settings.Line(e)}", e);
        }
    }
}
