using System.CommandLine;
using System.Globalization;
using Maru.Server.Configuration;
using Maru.Server.Features.Search;
using Maru.Server.Storage;
using Spectre.Console;

namespace Maru.Server.Commands;

/// <summary><c>maru reindex</c>: lets the servers of a store make its index of search anew, and shows how far they are.</summary>
internal static class ReindexCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="guard">turns exceptions into an exit code</param>
    /// <param name="build">makes the server whose store is meant</param>
    public static Command Create(Func<Func<Task>, Task<int>> guard, ServerBuilder build)
    {
        var leaves = new Option<bool>("--no-wait") { Description = "Say so to the servers, and do not wait until it is done" };
        var command = new Command(
            "reindex",
            "Make the index of search anew from all messages. The servers that run on the store do it, one of them at a time, while they "
            + "serve; what the index has is found all the while. Without a server it begins when one starts. Ending this command does not "
            + "end the work. The exit code is 0 when it is done, and 2 if there is no such store or it cannot be used. "
            + "Takes the settings of the server: the same environment, or --Maru:Database=… here.")
        {
            leaves,
        };
        command.TreatUnmatchedTokensAsErrors = false;   // settings: --Maru:Database=…
        command.SetAction((parsed, ct) => guard(() => RunAsync(build, !parsed.GetValue(leaves), parsed.UnmatchedTokens, ct)));
        return command;
    }

    private static async Task RunAsync(ServerBuilder build, bool waits, IReadOnlyList<string> settings, CancellationToken ct)
    {
        ConfigurationArguments.Check("maru reindex", settings);
        await using var app = await build(
            [.. ConfigurationArguments.OfCommands, .. settings], services => services.AddSingleton<ExistingStore>());
        if (!app.Services.GetRequiredService<SearchOptions>().Enabled)
            throw new StartException("Maru:Search:Enabled is false: there is no index. Set it to true first.");
        await app.Services.GetRequiredService<Database>().ReachAsync(ct);
        var state = app.Services.GetRequiredService<SearchState>();
        var wanted = await state.WantAsync(ct);
        if (!waits)
        {
            AnsiConsole.WriteLine("The servers of the store know. Look at their logs, or run maru reindex without --no-wait.");
            return;
        }

        var count = new SearchCount(state);
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async console => await WatchAsync(state, count, wanted, console.AddTask("reindex"), ct));
        var (_, all) = await count.ReadAsync(ct);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"The index of search is made anew: {all:N0} entries of the rooms' logs were gone through."));
    }

    private static async Task WatchAsync(
        SearchState state, SearchCount count, long wanted, ProgressTask bar, CancellationToken ct)
    {
        var (moved, last, told) = (TimeProvider.System.GetTimestamp(), -1L, false);
        while ((await state.ReadAsync(ct)).Built < wanted)
        {
            var (done, all) = await count.ReadAsync(ct);
            (bar.MaxValue, bar.Value) = (Math.Max(1, all), done);
            if (done != last) (moved, last) = (TimeProvider.System.GetTimestamp(), done);
            if (!told && TimeProvider.System.GetElapsedTime(moved) > Patience)
            {
                told = true;
                AnsiConsole.WriteLine("No server is at work on it. It begins when one runs on this store with search on: this waits.");
            }

            await Task.Delay(LookEvery, TimeProvider.System, ct);
        }

        bar.Value = bar.MaxValue;
    }
}
