using System.Text.Json.Nodes;
using Maru.Engine.Problems;
using Maru.Server.Files;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Search;

namespace Maru.Server.Tests.Backup;

/// <summary>Backups that are made beside a running server, and what is restored of them.</summary>
public sealed class BackupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_was_there_is_restored_and_what_came_later_is_not()
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var (backup, target) = (Path.Combine(folder, "backup"), Path.Combine(folder, "data"));
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var picture = await ann.UploadAsync(Uploads.Pixel, "dot.png");
        await ann.SendAsync(room, "kept", picture);
        var (history, content) = ((await ann.HistoryAsync(room)).Json(), await ann.DownloadAsync(picture));
        await server.BackUpAsync(backup);
        await ann.SendAsync(room, "later", await ann.UploadAsync());

        await using var restored = await Backups.RestoreAsync(backup, target);
        var again = await restored.SignInAsync(ann.Handle);
        (await again.HistoryAsync(room)).Json().ShouldBe(history);
        (await again.DownloadAsync(picture)).ShouldBe(content);
        (await again.SendAsync(room, "new")).Seq.ShouldBe(await SeqAsync(ann, room), "the log goes on behind what was kept");
    }

    [Fact]
    public async Task Everybody_is_signed_out_by_a_restore()
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var (backup, target) = (Path.Combine(folder, "backup"), Path.Combine(folder, "data"));
        var before = await server.SignUpAsync();
        var signedOut = await server.SignInAsync(before.Handle);
        await server.BackUpAsync(backup);
        await signedOut.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        var later = await server.SignInAsync(before.Handle);
        var newcomer = await server.SignUpAsync("bob");

        await using var restored = await Backups.RestoreAsync(backup, target);
        using var anybody = restored.Client();
        foreach (var person in (Person[])[before, signedOut, later, newcomer])
        {
            using var http = restored.Client(person.AccessToken);
            await http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
            await anybody.SendAsync("POST /api/auth/refresh", new { person.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
        }

        await (await restored.SignInAsync(before.Handle)).Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    [Fact]
    public async Task Nobody_but_its_owner_reads_a_backup_and_what_is_restored()
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var (backup, target) = (Path.Combine(folder, "backup"), Path.Combine(folder, "data"));
        await (await server.SignUpAsync()).UploadAsync();
        await server.BackUpAsync(backup);
        (await Backups.TryRestoreAsync(backup, target)).Code.ShouldBe(0);
        foreach (var root in (string[])[backup, target])
        {
            var files = Directory.GetFiles(root, "*", SearchOption.AllDirectories);
            files.ShouldContain(file => file.EndsWith("jwt-hs256.key"));
            var folders = Directory.GetDirectories(root, "*", SearchOption.AllDirectories);
            ((string[])[root, .. folders, .. files]).Where(OwnFile.IsOpen).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_nothing_that_is_damaged_is_restored()
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var (backup, target) = (Path.Combine(folder, "backup"), Path.Combine(folder, "data"));
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync();
        await server.BackUpAsync(backup);
        await RefusesAsync("is not empty", ["backup", backup, .. server.Settings()]);
        await RefusesAsync("already", ["restore", backup, .. server.Settings()], "is not empty");
        await ann.Http.SendAsync("GET /api/me").ShouldBe(200);

        var manifest = Path.Combine(backup, "manifest.json");
        var whole = await File.ReadAllTextAsync(manifest, Ct);
        var newer = JsonNode.Parse(whole)!;
        newer["needs"] = 9999;
        await File.WriteAllTextAsync(manifest, newer.ToJsonString(), Ct);
        await RefusesAsync("Take a newer program", ["restore", backup, .. await MaruProcess.StoreAsync(target)]);
        await File.WriteAllTextAsync(manifest, whole, Ct);

        var content = Backups.OriginalIn(backup, file);
        var bytes = await File.ReadAllBytesAsync(content, Ct);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(content, bytes, Ct);
        await RefusesAsync("is damaged", ["restore", backup, .. await MaruProcess.StoreAsync(target)]);
        File.Delete(content);
        await RefusesAsync("lacks", ["restore", backup, .. await MaruProcess.StoreAsync(target)]);
        File.Delete(manifest);
        await RefusesAsync("it is no backup", ["restore", backup, .. await MaruProcess.StoreAsync(target)]);
        if (Directory.Exists(target)) Directory.GetFiles(target, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    /// <summary>Looks that the program ends with code 2, and says in one line why.</summary>
    private static async Task RefusesAsync(string what, string[] arguments, string? or = null)
    {
        var (code, lines) = await MaruProcess.RunAsync(arguments);
        code.ShouldBe(2, string.Join('\n', lines));
        var line = lines.ShouldHaveSingleItem();
        line.ShouldStartWith("maru: ");
        if (or is null || !line.Contains(or, StringComparison.Ordinal)) line.ShouldContain(what);
    }

    private static async Task<long> SeqAsync(Person person, Maru.Server.Features.Rooms.Room room) =>
        (await person.HistoryAsync(room)).Single(x => x.Text == "later").Seq;
}
