using Maru.Server.Backup;
using Spectre.Console;

namespace Maru.Server.Commands;

/// <summary>Shows on standard error, where that is a terminal, how far each part of a backup or restore is.</summary>
internal static class CopyBars
{
    public static async Task<T> ShowAsync<T>(Func<BackupProgress, Task<T>> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!console.Profile.Out.IsTerminal) return await run((_, _, _) => { });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bars = new Dictionary<string, ProgressTask>();
                return await run((what, done, all) =>
                {
                    if (!bars.TryGetValue(what, out var bar)) bars[what] = bar = context.AddTask(what);
                    (bar.MaxValue, bar.Value) = (Math.Max(1, all), all == 0 ? 1 : done);
                });
            });
    }
}
