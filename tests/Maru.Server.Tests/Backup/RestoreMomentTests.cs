using Maru.Server.Features.Files.Stores;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Backup;

/// <summary>What others do while a restore works, which stands still meanwhile.</summary>
[Trait("Store", "sqlite")]
public sealed class RestoreMomentTests(S3Process s3) : IClassFixture<S3Process>, IDisposable
{
    private readonly Folder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "maru");

    private string Target => Path.Combine(_folder, "data");

    private string Store => Path.Combine(Target, "maru.db");

    [Fact]
    public async Task No_server_starts_on_the_store_and_it_comes_whole()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SendAsync(room, "kept");
        await using (var restoring = await BeginAsync(server))
        {
            var (code, lines) = await MaruProcess.RunAsync(["--urls=http://127.0.0.1:0", .. await MaruProcess.StoreAsync(Target)]);
            (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
            lines[0].ShouldContain("or a restore makes it");
            Signals.Resume(restoring.Id);
            (await restoring.ExitAsync()).ShouldBe(0, string.Join('\n', restoring.Lines));
        }

        await using var restored = await MaruProcess.StartAsync(Target);
        (await (await restored.SignInAsync(ann.Handle)).HistoryAsync(room)).ShouldContain(x => x.Text == "kept");
    }

    [Fact]
    public async Task Nothing_comes_over_a_store_that_came_meanwhile_and_nothing_is_removed()
    {
        await using var server = await MaruServer.StartAsync();
        await server.SignUpAsync();
        await using var restoring = await BeginAsync(server);
        await File.WriteAllTextAsync($"{Store}-wal", "somebody's commits", Ct);
        Signals.Resume(restoring.Id);
        (await restoring.ExitAsync()).ShouldBe(2, string.Join('\n', restoring.Lines));
        restoring.Lines[^1].ShouldContain("There is a store already");
        restoring.Lines[^1].ShouldContain("what it has made is left");
        new FileInfo(Store).Length.ShouldBe(0);
        File.Exists($"{Store}.restoring").ShouldBeTrue();
        Directory.GetFiles(Path.Combine(Target, "keys")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task One_that_is_ended_removes_what_it_has_put_into_a_bucket_and_nothing_else()
    {
        var (live, other) = (await s3.MakeBucketAsync(), await s3.MakeBucketAsync());
        await using var server = await MaruServer.StartAsync(S3Process.SettingsOf(live));
        var ann = await server.SignUpAsync();
        await ann.SendAsync(await ann.MakeRoomAsync(), "with a file", await ann.UploadAsync());
        using var bucket = new S3Files(other);
        await using var restoring = await BeginAsync(server, S3Process.SettingsOf(live), S3Process.SettingsOf(other));
        (await KeysAsync(bucket)).ShouldHaveSingleItem();
        using (var content = new MemoryStream([1])) await bucket.PutAsync("files/999/original", content, "text/plain", Ct);
        var ending = restoring.TerminateAsync();
        Signals.Resume(restoring.Id);
        (await ending).ShouldBe(2, string.Join('\n', restoring.Lines));
        (await KeysAsync(bucket)).ShouldBe(["files/999/original"]);
        Directory.GetFiles(Target, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Begins to restore a backup of the server, and lets it stand still when it has the store in work.</summary>
    private async Task<MaruProcess> BeginAsync(MaruServer server, string[]? settings = null, string[]? others = null)
    {
        var backup = Path.Combine(_folder, "backup");
        await server.BackUpAsync(backup, settings ?? []);
        var restoring = MaruProcess.LaunchScript(
            Program, ["restore", backup, .. await MaruProcess.StoreAsync(Target), .. others ?? []]);
        await Deadline.Until(() => File.Exists($"{Store}.restoring"), "the store to be restored");
        Signals.Pause(restoring.Id);
        (new FileInfo(Store) is { Exists: true, Length: 0 }).ShouldBeTrue("the test was too slow: the restore is over");
        return restoring;
    }

    private static async Task<List<string>> KeysAsync(S3Files bucket)
    {
        var keys = new List<string>();
        await foreach (var key in bucket.ListAsync("", Ct)) keys.Add(key);
        return keys;
    }
}
