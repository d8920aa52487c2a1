using System.CommandLine;

namespace Maru.Server.Commands;

/// <summary><c>maru health</c>: asks a server whether it is ready, for images that have no other program.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "The server", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var command = new Command("health", "Ask a server whether it is ready. The exit code is 0 if it is, 1 if not.") { url };
        command.SetAction((parsed, ct) => AskAsync(parsed.GetRequiredValue(url), ct));
        return command;
    }

    private static async Task<int> AskAsync(string server, CancellationToken ct)
    {
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            await Console.Error.WriteLineAsync($"maru: --url is {server}, which is no address (http://127.0.0.1:8080).");
            return MaruCommand.BadSetup;
        }

        using var http = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(new Uri(address, "/health/ready"), ct);
            if (answer.IsSuccessStatusCode) return 0;
            await Console.Error.WriteLineAsync($"maru: {server} is not ready ({(int)answer.StatusCode}).");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"maru: {server} does not respond. {e.Message.ReplaceLineEndings(" ")}");
        }

        return 1;
    }
}
