using System.CommandLine;
using System.CommandLine.Invocation;
using System.Data.Common;
using System.Runtime.InteropServices;
using Maru.Server.Configuration;
using Maru.Server.Platform;
using Maru.Server.Platform.Sockets;
using Maru.Server.Realtime;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;

namespace Maru.Server.Commands;

/// <summary>Makes a server that is ready to start.</summary>
/// <param name="args">configuration, as on the command line</param>
/// <param name="adjust">adds or replaces services</param>
internal delegate Task<WebApplication> ServerBuilder(string[] args, Action<IServiceCollection>? adjust = null);

/// <summary>Reads the settings of a server, and makes none.</summary>
/// <param name="args">configuration, as on the command line</param>
/// <exception cref="StartException">A file of settings cannot be read.</exception>
internal delegate IConfigurationManager SettingsReader(string[] args);

/// <summary>
/// The command line: <c>maru</c> runs the server, <c>maru seed</c> fills a store, <c>maru audit</c> recounts one, <c>maru backup</c>
/// copies one, <c>maru restore</c> makes one of the copy, <c>maru migrate</c> moves one, <c>maru reindex</c> makes its index of search
/// anew, <c>maru user</c> makes admins, <c>maru doctor</c> looks at all that a server needs, <c>maru status</c> shows what a running one
/// does, and <c>maru health</c> asks one whether it is ready.
/// Other options must be configuration, and are passed on.
/// </summary>
internal static class MaruCommand
{
    public const int BadSetup = 2;
    private const int FileSizeExceeded = 25;   // SIGXFSZ on Linux and macOS

    /// <param name="args">the command line</param>
    /// <param name="build">makes the server</param>
    /// <param name="read">reads its settings</param>
    public static async Task<int> RunAsync(string[] args, ServerBuilder build, SettingsReader read)
    {
        var root = new RootCommand(
            "Maru, a real-time chat server. Settings: appsettings.json, Maru__… in the environment, --Maru:…=… and --urls here.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
        root.Subcommands.Add(SeedCommand.Create(GuardAsync, build));
        root.Subcommands.Add(AuditCommand.Create(GuardAsync, build));
        root.Subcommands.Add(BackupCommand.Create(GuardAsync, build));
        root.Subcommands.Add(RestoreCommand.Create(GuardAsync, build));
        root.Subcommands.Add(MigrateCommand.Create(GuardAsync));
        root.Subcommands.Add(ReindexCommand.Create(GuardAsync, build));
        root.Subcommands.Add(UserCommand.Create(GuardAsync, build));
        root.Subcommands.Add(DoctorCommand.Create(GuardAsync, read));
        root.Subcommands.Add(StatusCommand.Create(GuardAsync, read));
        root.Subcommands.Add(HealthCommand.Create());
        root.SetAction((_, _) => GuardAsync(() =>
        {
            Handles.CheckStart();
            return ServeAsync(args, build);
        }));

        // The host listens to SIGTERM itself, and takes the time that it needs.
        var run = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var code = await parsed.InvokeAsync(run);
        return parsed.Errors.Count > 0 ? BadSetup : code;
    }

    /// <summary>
    /// Runs a command: an error that the operator can mend is one line and exit code 2; any other exception is a bug and shows itself.
    /// </summary>
    private static async Task<int> GuardAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync($"maru: {e.Message.ReplaceLineEndings(" ")}");
            return BadSetup;
        }
    }

    private static async Task ServeAsync(string[] args, ServerBuilder build)
    {
        ConfigurationArguments.Check("maru", args);
        RealtimeSlice.HandleOnEventLoops();
        // A limit on the size of files should make a write fail, like a full disk, and not end the program.
        using var ignored = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create((PosixSignal)FileSizeExceeded, signal => signal.Cancel = true);
        await using var app = await build(args, services => services.AddSingleton<StoreClaim>());
        await StartAsync(app);
        await Console.Error.WriteLineAsync($"maru {Product.Version} is ready on {string.Join(' ', app.Urls)}");
        await app.WaitForShutdownAsync();
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (FaultOf(e, app.Services.GetRequiredService<Database>()) is { } fault)
        {
            await app.StopAsync();   // parts that have started end in good order
            throw new StartException(fault, e);
        }
    }

    /// <summary>Returns what the operator can mend; null: it is a bug.</summary>
    private static string? FaultOf(Exception e, Database database) => e switch
    {
        StartException start => start.Message,
        DbException failure => database.Unusable(failure).Message,
        _ => WebServer.StartFault(e),
    };

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"maru {Product.Version}");
            return 0;
        }
    }
}
