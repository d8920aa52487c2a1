using System.Text.Json.Nodes;
using Maru.Server.Features.Messages;
using Maru.Server.Files;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Backup;

/// <summary>What happens while a backup is made, at a pace that lets a test see it: deletions, an end, a kill.</summary>
[Trait("Store", "sqlite")]
public sealed class BackupMomentTests
{
    private const string Slow = "--Maru:Backup:BytesPerSecond=400000";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_of_the_snapshot_is_in_the_backup_though_it_is_deleted_meanwhile()
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var (backup, target) = (Path.Combine(folder, "backup"), Path.Combine(folder, "data"));
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var old = await ann.UploadAsync(Uploads.Pdf(600_000));
        await ann.SendAsync(room, "old", old);
        await using var running = MaruProcess.LaunchScript(Program, ["backup", backup, .. server.Settings(), Slow]);
        await Deadline.Until(() => Directory.Exists(Path.Combine(backup, "files")), "the first content to be copied");
        var brief = await ann.UploadAsync(Uploads.Pdf(fill: 2));
        await ann.SendAsync(room, "brief", brief);
        await Deadline.Until(() => File.Exists(Path.Combine(backup, "maru.db")), "the store to be copied");
        foreach (var file in (SentFile[])[old, brief]) await ann.Http.SendAsync($"DELETE /api/files/{file.Id}").ShouldBe(204);
        File.Exists(Path.Combine(backup, "manifest.json")).ShouldBeFalse("the test was too slow: the backup is over");
        (await running.ExitAsync()).ShouldBe(0, string.Join('\n', running.Lines));
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(backup, "manifest.json"), Ct))!;
        manifest["deleted"]!["files"]!.AsArray().Select(x => (long)x!).ShouldBe([brief.Id]);
        manifest["lost"]!.AsArray().ShouldBeEmpty();

        await using var restored = await Backups.RestoreAsync(backup, target);
        var again = await restored.SignInAsync(ann.Handle);
        (await again.DownloadAsync(old)).ShouldBe(Uploads.Pdf(600_000));
        await Deadline.Until(
            async () => (await again.HistoryAsync(room)).Single(x => x.Text == "brief").Files.Count == 0,
            "the deleted file to be out of its message");
    }

    [Fact]
    public async Task A_backup_that_is_ended_leaves_nothing()
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var backup = Path.Combine(folder, "backup");
        await using var running = await BeginAsync(server, backup);
        (await running.TerminateAsync()).ShouldBe(2);
        running.Lines.ShouldHaveSingleItem().ShouldContain("it is none");
        Directory.Exists(backup).ShouldBeFalse();
    }

    [Fact]
    public async Task A_backup_that_is_killed_is_none_and_does_the_store_no_harm()
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var (backup, target) = (Path.Combine(folder, "backup"), Path.Combine(folder, "data"));
        await using var running = await BeginAsync(server, backup);
        await running.KillAsync();
        File.Exists(Path.Combine(backup, "maru.db")).ShouldBeTrue("it was killed amid the copy");
        var (code, lines) = await Backups.TryRestoreAsync(backup, target);
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain("it is no backup");

        var ann = await server.SignUpAsync();
        await ann.SendAsync(await ann.MakeRoomAsync(), "goes on");
        await server.BackUpAsync($"{backup}2");
        (await Backups.TryRestoreAsync($"{backup}2", target)).Code.ShouldBe(0);
        (await MaruProcess.RunAsync(["audit", "--contents", .. server.Settings()])).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Two_do_not_write_to_one_folder_at_a_time()
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var backup = Path.Combine(folder, "backup");
        Directory.CreateDirectory(backup);
        using (FileLock.TryHold(Path.Combine(backup, ".lock")))
        {
            var (code, lines) = await MaruProcess.RunAsync(["backup", backup, .. server.Settings()]);
            (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
            lines[0].ShouldContain("Another program makes a backup");
        }

        await server.BackUpAsync(backup);
        File.Exists(Path.Combine(backup, ".lock")).ShouldBeFalse();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "maru");

    /// <summary>Begins a backup that takes minutes, and returns when it copies the store.</summary>
    private static async Task<MaruProcess> BeginAsync(MaruServer server, string backup)
    {
        var running = MaruProcess.LaunchScript(Program, ["backup", backup, .. server.Settings(), "--Maru:Backup:BytesPerSecond=65536"]);
        var copy = Path.Combine(backup, "maru.db");
        await Deadline.Until(() => new FileInfo(copy) is { Exists: true, Length: > 0 }, "the store to be copied");
        return running;
    }
}
