using System.CommandLine;
using Maru.Load.Cli;
using Maru.Load.Scenarios;

namespace Maru.Load;

/// <summary>The command line. Exit code: 0 = all checks held, 1 = some did not, 2 = it could not run as called.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var root = new RootCommand(
            "Loads a Maru server with thousands of STOMP clients and verifies what each of them gets.\n"
            + "Exit code: 0 = all guarantees and thresholds held, 1 = not, 2 = not usable as called, or no connection.")
        {
            RunCommand.Create(),
            MergeCommand.Create(),
            ReportCommand.Create(),
            ScenariosCommand.Create(),
        };

        try
        {
            var parsed = root.Parse(args);
            var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            return parsed.Errors.Count > 0 ? 2 : code;
        }
        catch (ScenarioException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Interrupted: there is no verdict.");
            return 2;
        }
    }
}
