using Maru.Server.Backup.Places;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Backup;

/// <summary>Backups that lie in a bucket: how they share contents, what is kept of them, and what a broken one is.</summary>
[Trait("Store", "sqlite")]
public sealed class BucketBackupTests(S3Process s3) : IClassFixture<S3Process>, IAsyncLifetime
{
    private const string Slow = "--Maru:Backup:BytesPerSecond=65536";

    private readonly Folder _folder = new();
    private S3Options _options = null!;
    private S3Files _bucket = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "maru");

    private string Place => $"s3://{_options.Bucket}/of/maru";

    [Fact]
    public async Task The_newest_are_kept_with_their_contents_alone()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var (brief, kept) = (await ann.UploadAsync(Uploads.Pdf(fill: 1)), await ann.UploadAsync(Uploads.Pdf(fill: 2)));
        await ann.SendAsync(room, "first", brief, kept);
        await BackUpAsync(server);
        (await ContentsAsync()).Count.ShouldBe(2);
        await ann.Http.SendAsync($"DELETE /api/files/{brief.Id}").ShouldBe(204);
        await BackUpAsync(server, "--keep=2");
        (await ContentsAsync()).Count.ShouldBe(2, "the first backup has it still");
        await ann.SendAsync(room, "last");
        await BackUpAsync(server, "--keep=2");
        (await ContentsAsync()).ShouldHaveSingleItem().ShouldStartWith($"files/files/{kept.Id}/original.");
        var backups = await BackupsAsync();
        backups.Length.ShouldBe(2);

        foreach (var (backup, i) in backups.Select((backup, i) => (backup, i)))
        {
            var target = Path.Combine(_folder, $"data{i}");
            await using var restored = await RestoreAsync(backup, target);
            var again = await restored.SignInAsync(ann.Handle);
            (await again.DownloadAsync(kept)).ShouldBe(Uploads.Pdf(fill: 2));
            (await again.HistoryAsync(room)).Any(x => x.Text == "last").ShouldBe(i == 1);
        }
    }

    [Fact]
    public async Task A_content_that_is_there_is_not_sent_again_and_one_that_is_damaged_is_told()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync(Uploads.Pdf(fill: 1));
        await ann.SendAsync(await ann.MakeRoomAsync(), "with a file", file);
        await BackUpAsync(server);
        var content = (await ContentsAsync()).ShouldHaveSingleItem();
        var damaged = Uploads.Pdf(fill: 9);
        using (var bytes = new MemoryStream(damaged)) await _bucket.PutAsync(content, bytes, "application/pdf", Ct);
        await BackUpAsync(server);
        await using (var there = await _bucket.OpenAsync(content, Ct))
        {
            var bytes = new byte[damaged.Length];
            await there!.ReadExactlyAsync(bytes, Ct);
            bytes.ShouldBe(damaged, "it was sent again");
        }

        var backup = (await BackupsAsync())[^1];
        await RefusesAsync("is damaged: files/files", backup);
        await _bucket.DeleteAsync([content], Ct);
        await RefusesAsync("lacks files/files", backup);
        await BackUpAsync(server);      // it is not there, so it is sent
        await using var restored = await RestoreAsync((await BackupsAsync())[^1], Path.Combine(_folder, "data"));
        (await (await restored.SignInAsync(ann.Handle)).DownloadAsync(file)).ShouldBe(Uploads.Pdf(fill: 1));
    }

    [Fact]
    public async Task One_that_is_killed_is_none_and_the_next_one_succeeds()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync(Uploads.Pdf(fill: 3));
        await ann.SendAsync(await ann.MakeRoomAsync(), "with a file", file);
        await using var running = Launch(server);
        await Deadline.Until(async () => (await ContentsAsync()).Count == 1, "the content to be copied");
        await running.KillAsync();
        await RefusesAsync("There is none", Place);
        await BackUpAsync(server);
        await using var restored = await RestoreAsync((await BackupsAsync()).Single(), Path.Combine(_folder, "data"));
        (await (await restored.SignInAsync(ann.Handle)).DownloadAsync(file)).ShouldBe(Uploads.Pdf(fill: 3));
    }

    [Fact]
    public async Task One_that_is_ended_leaves_nothing()
    {
        await using var server = await MaruServer.StartAsync();
        await using var running = await BeginAsync(server);
        (await running.TerminateAsync()).ShouldBe(2, string.Join('\n', running.Lines));
        (await KeysAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_is_ended_leaves_files_for_the_next_one_alone()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        await ann.SendAsync(
            await ann.MakeRoomAsync(), "two files", await ann.UploadAsync(), await ann.UploadAsync(Uploads.Pdf(4_000_000)));
        await using var running = Launch(server);
        await Deadline.Until(async () => (await ContentsAsync()).Count == 1, "the first file to be copied");
        (await running.TerminateAsync()).ShouldBe(2, string.Join('\n', running.Lines));
        running.Lines.ShouldHaveSingleItem().ShouldContain("it is none");
        (await KeysAsync("")).ShouldBe(await ContentsAsync());
        await BackUpAsync(server);
        (await ContentsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Two_do_not_write_to_one_place_at_a_time()
    {
        await using var server = await MaruServer.StartAsync();
        await using var other = await BucketClaim.TakeAsync(_bucket, Place, Ct);
        var (code, lines) = await MaruProcess.RunAsync(["backup", Place, .. All(server)]);
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain("Another program makes a backup");
        await other.CheckAsync(Ct);
    }

    [Fact]
    public async Task Who_lost_its_claim_makes_no_backup()
    {
        await using var server = await MaruServer.StartAsync();
        await using var running = await BeginAsync(server);
        using (var other = new MemoryStream([.. "elsewhere 1"u8])) await _bucket.PutAsync("lock", other, "text/plain", Ct);
        (await running.ExitAsync()).ShouldBe(2, string.Join('\n', running.Lines));
        running.Lines.ShouldHaveSingleItem().ShouldContain("nother program");   // by the next renewal, or at the end
        (await KeysAsync("2")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_larger_than_a_part_is_sent_in_parts()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var text = new string('x', 4000);
        await TestStore.ExecuteAsync(
            server.Store,
            "CREATE TABLE filler AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
            + $"SELECT i, '{text}' AS t FROM n");
        await ann.SendAsync(room, "kept");
        await BackUpAsync(server);
        await foreach (var (key, size) in _bucket.ListSizesAsync("2", Ct))
            if (key.EndsWith("maru.db", StringComparison.Ordinal)) size.ShouldBeGreaterThan(2 * 8 * 1024 * 1024);
        await using var restored = await RestoreAsync((await BackupsAsync()).Single(), Path.Combine(_folder, "data"));
        (await (await restored.SignInAsync(ann.Handle)).HistoryAsync(room)).ShouldContain(x => x.Text == "kept");
    }

    [Theory]
    [InlineData("s3://Bad_bucket", "is no place for backups")]
    [InlineData("s3://bucket/with space", "is no place for backups")]
    public async Task What_is_no_place_is_refused(string place, string what)
    {
        await using var server = await MaruServer.StartAsync();
        var (code, lines) = await MaruProcess.RunAsync(["backup", place, .. All(server)]);
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain(what);
    }

    [Fact]
    public async Task A_bucket_needs_keys_of_its_own()
    {
        await using var server = await MaruServer.StartAsync();
        var (code, lines) = await MaruProcess.RunAsync(["backup", Place, .. server.Settings()]);
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain("needs Maru:Backup:S3:AccessKey");
    }

    public async ValueTask InitializeAsync()
    {
        var bucket = await s3.MakeBucketAsync();
        _options = bucket.Of(bucket.Bucket, "of/maru/");
        _bucket = new S3Files(_options);
    }

    public ValueTask DisposeAsync()
    {
        _bucket.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private string[] All(MaruServer server) => [.. server.Settings(), .. S3Process.BackupSettingsOf(_options)];

    private async Task BackUpAsync(MaruServer server, params string[] options)
    {
        var (code, lines) = await MaruProcess.RunAsync(["backup", Place, .. options, .. All(server)]);
        code.ShouldBe(0, string.Join('\n', lines));
    }

    private MaruProcess Launch(MaruServer server) => MaruProcess.LaunchScript(Program, ["backup", Place, .. All(server), Slow]);

    /// <summary>Begins a backup that takes a minute, and returns when it writes.</summary>
    private async Task<MaruProcess> BeginAsync(MaruServer server)
    {
        var ann = await server.SignUpAsync();
        await ann.SendAsync(await ann.MakeRoomAsync(), "with a large file", await ann.UploadAsync(Uploads.Pdf(4_000_000)));
        var running = Launch(server);
        await Deadline.Until(async () => (await KeysAsync("lock")).Count == 1, "the backup to begin");
        return running;
    }

    private async Task<MaruProcess> RestoreAsync(string backup, string target)
    {
        var (code, lines) = await Backups.TryRestoreAsync($"{Place}/{backup}", target, S3Process.BackupSettingsOf(_options));
        code.ShouldBe(0, string.Join('\n', lines));
        return await MaruProcess.StartAsync(target);
    }

    private async Task RefusesAsync(string what, string backup)
    {
        var target = Path.Combine(_folder, "refused");
        var (code, lines) = await Backups.TryRestoreAsync(
            backup == Place ? backup : $"{Place}/{backup}", target, S3Process.BackupSettingsOf(_options));
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain(what);
    }

    private async Task<string[]> BackupsAsync()
    {
        using var place = new BucketPlace(_options);
        return [.. (await place.ListAsync(Ct)).Whole];
    }

    private Task<List<string>> ContentsAsync() => KeysAsync("files/");

    private async Task<List<string>> KeysAsync(string above)
    {
        var keys = new List<string>();
        await foreach (var key in _bucket.ListAsync(above, Ct)) keys.Add(key);
        return keys;
    }
}
