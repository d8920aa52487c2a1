using System.CommandLine;
using Maru.Server.Configuration;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;
using Spectre.Console;

namespace Maru.Server.Commands;

/// <summary><c>maru seed</c>: people, rooms and messages for load tests, and the tokens to use them with.</summary>
internal static class SeedCommand
{
    /// <param name="guard">turns exceptions into an exit code</param>
    /// <param name="build">makes the server whose store is filled</param>
    public static Command Create(Func<Func<Task>, Task<int>> guard, ServerBuilder build)
    {
        var users = new Option<int>("--users") { Description = "People to make", DefaultValueFactory = _ => 100 };
        var rooms = new Option<int>("--rooms")
        {
            Description = "Rooms to make; user number i is in room number i mod this",
            DefaultValueFactory = _ => 10,
        };
        var each = new Option<int>("--rooms-each")
        {
            Description = "Rooms that each user is in: that one, where they send, and the next ones",
            DefaultValueFactory = _ => 1,
        };
        var messages =
            new Option<long>("--messages") { Description = "Messages to make, spread over the rooms", DefaultValueFactory = _ => 0 };
        var files = new Option<int>("--files")
        {
            Description = "Messages, among these, that have a small text file",
            DefaultValueFactory = _ => 0,
        };
        var wordFile = new Option<FileInfo?>("--words")
        {
            Description = "File of words that the messages are made of, one a line, the most frequent first; left out: usual sentences",
        };
        var tokenFile =
            new Option<string?>("--tokens") { Description = "File to write the access tokens to, one a line, good for 24 hours" };
        var roomFile = new Option<string?>("--rooms-file") { Description = "File to write the room ids to, one a line" };
        foreach (Option number in (Option[])[users, rooms, each, messages, files]) number.Validators.Add(RefuseNegative);

        var command = new Command("seed", $"Fill the configured store for load tests. Everybody's password is: {Seeder.Password}")
        {
            users, rooms, each, messages, files, wordFile, tokenFile, roomFile,
        };
        command.TreatUnmatchedTokensAsErrors = false;   // settings: --Maru:Database=…
        command.SetAction((parsed, ct) => guard(() => RunAsync(
            build,
            new SeedPlan(
                parsed.GetValue(users), parsed.GetValue(rooms), parsed.GetValue(messages), parsed.GetValue(each), parsed.GetValue(files)),
            parsed.GetValue(wordFile),
            parsed.GetValue(tokenFile),
            parsed.GetValue(roomFile),
            parsed.UnmatchedTokens,
            ct)));
        return command;
    }

    private static async Task RunAsync(
        ServerBuilder build, SeedPlan plan, FileInfo? wordFile, string? tokenFile, string? roomFile, IReadOnlyList<string> settings,
        CancellationToken ct)
    {
        ConfigurationArguments.Check("maru seed", settings);
        if (plan.Messages > 0 && plan.Inhabited == 0)
            throw new StartException("--messages need a room with somebody in it: --users=1 and --rooms=1 at least.");
        if (plan.Files > plan.Messages)
            throw new StartException($"--files={plan.Files} need as many messages: --messages={plan.Files} at least.");
        var words = await ReadWordsAsync(wordFile, ct);
        await using var app = await build([.. ConfigurationArguments.OfCommands, .. settings]);
        var services = app.Services;
        var time = services.GetRequiredService<TimeProvider>();
        var seeder = new Seeder(
            services.GetRequiredService<Database>(), services.GetRequiredService<Passwords>(),
            services.GetRequiredService<AccessTokens>(), services.GetRequiredService<JwtOptions>(), time, new SeedTexts(words),
            new SeedFiles(services.GetRequiredService<IFileStore>(), Arrivals.FolderOf(services.GetRequiredService<StorageOptions>())));

        var started = time.GetTimestamp();
        var bar = AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());
        var made = await bar.StartAsync(console =>
        {
            var bars = new Dictionary<string, ProgressTask>();
            (string, long)[] all =
            [
                ("users", plan.Users), ("rooms", plan.Rooms), ("members", (long)plan.Users * plan.RoomsEach), ("files", plan.Files),
                ("messages", plan.Messages),
            ];
            foreach (var (what, rows) in all)
                bars[what] = console.AddTask(what, maxValue: Math.Max(1, rows));
            return seeder.RunAsync(plan, (what, rows) => bars[what].Increment(rows), ct);
        });
        await WriteAsync(tokenFile, made.Tokens, ct);
        await WriteAsync(roomFile, made.Rooms, ct);
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        var files = plan.Files > 0 ? $", {plan.Files:N0} of them with a file," : "";
        AnsiConsole.WriteLine($"{plan.Users:N0} users, {plan.Rooms:N0} rooms and {plan.Messages:N0} messages{files} in {seconds:F1} s");
    }

    private static async Task<string[]> ReadWordsAsync(FileInfo? file, CancellationToken ct)
    {
        if (file is null) return [];
        try
        {
            var lines = await File.ReadAllLinesAsync(file.FullName, ct);
            string[] words = [.. lines.Select(word => word.Trim()).Where(word => word.Length > 0)];
            return words.Length > 0 ? words : throw new StartException($"--words {file} has no word.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"--words {file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes a file that its owner alone can read: tokens are as good as passwords.</summary>
    private static async Task WriteAsync<T>(string? path, IReadOnlyList<T> lines, CancellationToken ct)
    {
        if (path is null) return;
        try
        {
            File.Delete(path);   // an old file would keep its mode
            await using var file = new StreamWriter(OwnFile.Open(path, FileMode.CreateNew));
            foreach (var line in lines) await file.WriteAsync($"{line}\n".AsMemory(), ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The users are made, but {path} cannot be written: {e.Message}", e);
        }
    }

    private static void RefuseNegative(System.CommandLine.Parsing.OptionResult option)
    {
        if (option.Tokens is [{ Value: ['-', ..] }]) option.AddError($"{option.Option.Name} must not be negative.");
    }
}
