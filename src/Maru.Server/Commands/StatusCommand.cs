using System.CommandLine;
using Maru.Server.Commands.Doctor;
using Maru.Server.Commands.Status;
using Maru.Server.Configuration;
using Spectre.Console;

namespace Maru.Server.Commands;

/// <summary><c>maru status</c>: shows what a running server says of itself.</summary>
internal static class StatusCommand
{
    private const int Away = 1;

    /// <param name="guard">turns exceptions into an exit code</param>
    /// <param name="read">reads the settings, which say where the server listens</param>
    public static Command Create(Func<Func<Task>, Task<int>> guard, SettingsReader read)
    {
        var url = new Option<string?>("--url") { Description = "The server; left out: where the settings say that it listens" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line, for machines" };
        var watch = new Option<bool>("--watch") { Description = "Look each second, until it is ended" };
        var command = new Command(
            "status",
            "Show what a running server says of itself, from its metrics: messages a second and how long they take, connections, what "
            + "waits. It asks twice, a second apart. The exit code is 0, 1 if no server responds, and 2 if it cannot be asked so. "
            + "Takes the settings of the server: the same environment, or --urls=… here.")
        {
            url, json, watch,
        };
        command.TreatUnmatchedTokensAsErrors = false;   // settings: --urls=…
        command.SetAction(async (parsed, ct) =>
        {
            var isAway = false;
            var code = await guard(async () =>
            {
                ConfigurationArguments.Check("maru status", parsed.UnmatchedTokens);
                var server = Find(parsed.GetValue(url), read, [.. parsed.UnmatchedTokens]);
                isAway = !await ShowAsync(server, parsed.GetValue(json), parsed.GetValue(watch), ct);
            });
            return code == 0 && isAway ? Away : code;
        });
        return command;
    }

    private static Uri Find(string? url, SettingsReader read, string[] settings)
    {
        if (url is not null)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https"))
                throw new StartException($"--url is {url}, which is no address (http://127.0.0.1:8080).");
            return new Uri($"{given.GetLeftPart(UriPartial.Path).TrimEnd('/')}/");
        }

        var address = Listening.Of(read(settings)).FirstOrDefault(x => x.Address is { Port: > 0 })
            ?? throw new StartException("The settings name no port at which the server listens. Name it: --url=http://127.0.0.1:8080");
        return new Uri($"{address.ToUrl()}/");
    }

    /// <summary>Returns false when no server responds.</summary>
    private static async Task<bool> ShowAsync(Uri server, bool asJson, bool watches, CancellationToken ct)
    {
        using var look = new ServerLook(server, TimeProvider.System);
        try
        {
            do
            {
                var status = await look.NextAsync(ct);
                if (watches && !asJson && AnsiConsole.Profile.Out.IsTerminal) AnsiConsole.Clear();
                if (asJson) Console.WriteLine(status.ToJson());
                else AnsiConsole.Write(StatusTable.Of(status));
            }
            while (watches);
            return true;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return true;    // it was ended
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"maru: {server} does not respond. {e.Message.ReplaceLineEndings(" ")}");
            return false;
        }
    }
}
