using System.Reflection;
using Maru.Engine;
using Maru.Load.Runs;

namespace Maru.Server.Tests;

/// <summary>
/// The folders of a project stand one on another: each knows only those before it in its list, so there are no circles.
/// A new folder gets its place in the list; <c>X.*</c> stands for all folders in X, which do not know each other.
/// "" is the project's own folder; the engine's composition root stands on all of them, and all settings together on those that have them.
/// What still points the wrong way is listed too: it may only become less, and a pair that is gone must leave the list.
/// </summary>
public sealed class FoldersTests(ITestOutputHelper output)
{
    [Fact]
    public void Folders_of_the_engine_know_only_those_they_stand_on() => Check(
        typeof(ChatEngine).Assembly,
        "Maru.Engine",
        [
            "", "Queues", "Problems", "Codecs", "Output", "Lanes", "Log", "Bus", "Connections", "People", "Discover", "Rooms", "Commit",
            "Clients", "Protocols", "Protocols.*", "Telemetry", nameof(ChatEngine),
        ],
        []);

    [Fact]
    public void Folders_of_the_server_know_only_those_they_stand_on() => Check(
        typeof(MaruOptions).Assembly,
        "Maru.Server",
        [
            "Files", "Configuration", "Platform.Text", "Platform.Tokens", "Platform.Tokens.Issuers", "Platform.Security", "Storage",
            "Storage.Sqlite", "Storage.Postgres",
            "Platform", "Platform.Limits", "Platform.Api", "Platform.Http", "Platform.Pages", "Platform.Sockets",
            "Platform.Credentials", "RoomLog", "Cluster", "Platform.Logging", "Platform.Telemetry", "Platform.Alerts", "Bus", "Audit",
            "Followers", "Features.Health", "Features.Sessions", "Features.Accounts", "Features.Identities",
            "Features.Contacts", "Features.Blocks",
            "Features.Presence", "Features.OwnSettings", "Features.ReadState",
            "Features.Messages", "Features.Files.Stores", "Features.Files.Pictures", "Features.Files",
            "Features.Files.Uploads", "Features.LinkPreviews.Fetching", "Features.LinkPreviews",
            "Features.Search", "Features.Mentions", "Features.Reactions", "Features.Pins", "Features.Polls",
            "Features.Stars", "Features.Drafts", "Features.Scheduled",
            "Features.Rooms", "Features.Members", "Features.Guests", "Features.Invitations",
            "Features.Operations", "Backup.Places", "Backup",
            "Realtime.Sinks", "Realtime", nameof(MaruOptions), "Commands.Doctor", "Commands.Status", "Commands", "",
        ],
        []);

    [Fact]
    public void Folders_of_the_load_generator_know_only_those_they_stand_on() => Check(
        typeof(LoadRun).Assembly,
        "Maru.Load",
        [
            "Scenarios", "Measuring", "Verification", "Inbound", "Faults", "Sockets", "Clients", "Readers", "Attacks", "Reporting",
            "Reporting.Html", "Runs", "Cli", "",
        ],
        []);

    private void Check(Assembly assembly, string root, string[] order, string[] known)
    {
        var folders = assembly.GetTypes().Select(type => FolderOf(type, root)).OfType<string>().Distinct();
        folders.Where(folder => PlaceOf(folder, order) < 0).ShouldBeEmpty("a folder needs its place in the list");

        var references = from pair in TypeReferences.Of(assembly)
                         let user = FolderOf(pair.From, root)
                         let used = FolderOf(pair.To, root)
                         where user is not null && used is not null && user != used && PlaceOf(used, order) >= PlaceOf(user, order)
                         group $"{NameOf(pair.From)} → {NameOf(pair.To)}" by $"{user} → {used}";
        var wrong = references.ToDictionary(pair => pair.Key, pair => $"{pair.Key}: {string.Join(", ", pair.Distinct())}");
        foreach (var line in wrong.Values.Order()) output.WriteLine(line);
        wrong.Where(pair => !known.Contains(pair.Key)).Select(pair => pair.Value).ShouldBeEmpty("a folder knows one that stands on it");
        known.Except(wrong.Keys).ShouldBeEmpty("they are gone: take them off the list");
    }

    private static int PlaceOf(string folder, string[] order) => Array.FindIndex(order, place => place is [.. var above, '.', '*']
        ? folder.StartsWith($"{above}.", StringComparison.Ordinal)
        : place == folder);

    /// <summary>The namespace below the project's own, which is the folder; null: of nobody's folder.</summary>
    private static string? FolderOf(Type type, string root)
    {
        if (type == typeof(ChatEngine) || type.DeclaringType == typeof(ChatEngine)) return nameof(ChatEngine);
        if (type == typeof(MaruOptions) || type.DeclaringType == typeof(MaruOptions)) return nameof(MaruOptions);
        if (type.Namespace == root) return "";
        return type.Namespace?.StartsWith($"{root}.", StringComparison.Ordinal) is true ? type.Namespace[(root.Length + 1)..] : null;
    }

    private static string NameOf(Type type) => type.DeclaringType is { } outer ? NameOf(outer) : type.Name;
}
