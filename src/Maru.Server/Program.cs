using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Maru.Server.Audit;
using Maru.Server.Backup;
using Maru.Server.Bus;
using Maru.Server.Cluster;
using Maru.Server.Commands;
using Maru.Server.Configuration;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Blocks;
using Maru.Server.Features.Contacts;
using Maru.Server.Features.Drafts;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Uploads;
using Maru.Server.Features.Guests;
using Maru.Server.Features.Health;
using Maru.Server.Features.Identities;
using Maru.Server.Features.Invitations;
using Maru.Server.Features.LinkPreviews;
using Maru.Server.Features.Members;
using Maru.Server.Features.Mentions;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Operations;
using Maru.Server.Features.OwnSettings;
using Maru.Server.Features.Pins;
using Maru.Server.Features.Polls;
using Maru.Server.Features.Presence;
using Maru.Server.Features.Reactions;
using Maru.Server.Features.ReadState;
using Maru.Server.Features.Rooms;
using Maru.Server.Features.Scheduled;
using Maru.Server.Features.Search;
using Maru.Server.Features.Sessions;
using Maru.Server.Features.Stars;
using Maru.Server.Followers;
using Maru.Server.Platform;
using Maru.Server.Platform.Alerts;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Logging;
using Maru.Server.Platform.Pages;
using Maru.Server.Platform.Security;
using Maru.Server.Platform.Sockets;
using Maru.Server.Platform.Telemetry;
using Maru.Server.Realtime;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server;

/// <summary>The table of contents: the parts of the server, and the order in which a request passes through them.</summary>
internal static class Program
{
    internal static Task<int> Main(string[] args)
    {
        if (args is [PictureProcess.Command, var memory])
            return Task.FromResult(PictureProcess.Run(long.Parse(memory, CultureInfo.InvariantCulture)));
        if (AddressSpace.Fault() is not { } fault) return RunAsync(args);
        Console.Error.WriteLine($"maru: {fault}");
        return Task.FromResult(MaruCommand.BadSetup);
    }

    /// <summary>Makes a server that is ready to start: settings read, store migrated.</summary>
    /// <param name="args">configuration, as on the command line: <c>--urls</c>, <c>--Maru:Database=…</c></param>
    /// <param name="adjust">adds or replaces services</param>
    /// <exception cref="StartException">It cannot run as it is set up.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args, Action<IServiceCollection>? adjust)
    {
        var builder = CreateBuilder(args);
        var options = MaruOptions.Read(builder.Configuration);
        HostSettings.Check(builder.Configuration);
        builder.AddWebServer(options.Limits);
        builder.AddLogs();
        builder.AddAlerts(options.Alerts);
        builder.AddTelemetry(options.Metrics, options.Tracing);

        var services = builder.Services;
        services.AddSettings(options);
        services.AddSingleton(TimeProvider.System);
        services.AddStore(options.Storage);
        services.AddCluster(options.Storage);
        services.AddBus(options.Storage, options.Redis);
        services.AddProblems();
        services.AddSingleton<SecurityLog>();
        services.Configure<RouteOptions>(options => options.SetParameterPolicy<NumberConstraint>(NumberConstraint.Name));
        services.AddJson();
        services.AddOrigins();
        services.AddStaticPages();
        services.AddAuth();
        services.AddRateLimits();
        services.AddSockets();
        services.AddApiDocument();
        services.AddHealth();
        services.AddAudit();
        services.AddSessions(options.Storage);
        services.AddAccounts();
        services.AddIdentities();
        services.AddContacts();
        services.AddBlocks();
        services.AddRooms();
        services.AddMembers();
        services.AddInvitations();
        services.AddGuests();
        services.AddReadState();
        services.AddMessages();
        services.AddPresence(options.Storage);
        services.AddFiles(options.Files, options.Storage);
        services.AddSearch(options.Search, options.Storage);
        services.AddLinkPreviews(options.LinkPreviews);
        services.AddUploads();
        services.AddReactions();
        services.AddMentions();
        services.AddStars();
        services.AddDrafts();
        services.AddScheduled();
        services.AddOwnSettings();
        services.AddPins();
        services.AddPolls();
        services.AddOperations();
        services.AddBackup(options.Backup, options.Files, options.Storage);
        builder.AddRealtime(options.StompTcp);
        services.AddFollowers();
        services.AddHostedService<IdleMemory>();
        adjust?.Invoke(services);

        var app = builder.Build();
        HostSettings.WarnOfOpenKeys(app.Configuration, app.Logger);
        await OpenStoreAsync(app.Services);
        await app.Services.OpenFilesAsync();
        app.UseProxies();
        app.UseBasePath();
        app.UseMethods();
        app.UseRequestLog();
        app.UseResponseHeaders(options.Http.StrictTransport);
        app.UseSecurityAudit();
        app.UseProblems();
        app.UseOrigins();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAdmission();
        app.UseRateLimits();
        app.UseStaticPages();
        app.UseAuthorization();
        app.UsePresence();
        app.UseContentCodings();
        app.UseRequestBodies();

        var routes = app.WithHead();
        routes.MapHealth();
        routes.MapMetrics();
        routes.MapApiDocument();
        routes.MapPublicKeys();
        routes.MapSessions();
        routes.MapAccounts();
        routes.MapContacts();
        routes.MapBlocks();
        routes.MapRooms();
        routes.MapMembers();
        routes.MapInvitations();
        routes.MapGuests();
        routes.MapMessages();
        routes.MapFiles();
        routes.MapSearch();
        routes.MapLinkPreviews();
        routes.MapUploads();
        routes.MapPresignedUploads();
        routes.MapReactions();
        routes.MapMentions();
        routes.MapStars();
        routes.MapDrafts();
        routes.MapScheduled();
        routes.MapOwnSettings();
        routes.MapPins();
        routes.MapPolls();
        routes.MapOperations();
        routes.MapReadState();
        routes.MapPresence();
        routes.MapRealtime();
        return app;
    }

    /// <summary>Reads the settings of a server, and makes none.</summary>
    /// <exception cref="StartException">A file of settings cannot be read.</exception>
    public static IConfigurationManager ReadSettings(string[] args) => CreateBuilder(args).Configuration;

    /// <summary>Not part of <see cref="Main"/>, which must be able to start in a small address space.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> RunAsync(string[] args) => MaruCommand.RunAsync(args, BuildAsync, ReadSettings);

    private static async Task OpenStoreAsync(IServiceProvider services)
    {
        await services.RestoreStoreAsync();
        try
        {
            await services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
            await services.GetRequiredService<SessionStore>().LoadEndedAsync(CancellationToken.None);
            await services.GetRequiredService<ForeignEnds>().LoadAsync(CancellationToken.None);
        }
        catch (DbException e)
        {
            throw services.GetRequiredService<Database>().Unusable(e);
        }
    }

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        try
        {
            var options = new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory };
            var builder = WebApplication.CreateSlimBuilder(options);
            SecretFiles.AddTo(builder.Configuration);
            return builder;
        }
        catch (InvalidDataException e)
        {
            throw new StartException($"A file of settings cannot be read. {Settings.Line(e)}", e);
        }
    }
}
