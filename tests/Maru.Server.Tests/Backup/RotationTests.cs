using System.Text.Json.Nodes;
using Maru.Server.Backup;
using Maru.Server.Backup.Places;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Backup;

/// <summary>Which backups are kept, and what a backup is that cannot remove the old ones, or is not whole.</summary>
[Trait("Store", "sqlite")]
public sealed class RotationTests(S3Process s3) : IClassFixture<S3Process>, IDisposable
{
    private readonly Folder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_may_not_remove_the_old_ones_is_made_and_says_so()
    {
        var bucket = await s3.MakeBucketAsync(mayDelete: false);
        using (var files = new S3Files(bucket))
        using (var manifest = new MemoryStream([1]))
            await files.PutAsync("20200101T000000Z/manifest.json", manifest, "application/json", Ct);
        await using var server = await MaruServer.StartAsync();
        var (code, lines) = await BackUpAsync(server, bucket, "--keep=1");
        code.ShouldBe(0, string.Join('\n', lines));
        string.Concat(lines).ShouldContain("Warning: what is not needed any more could not be removed.");
        using var place = new BucketPlace(bucket);
        (await place.ListAsync(Ct)).Whole.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Two_stores_do_not_share_a_place()
    {
        var bucket = await s3.MakeBucketAsync();
        await using var server = await MaruServer.StartAsync();
        await using var other = await MaruServer.StartAsync();
        await TestStore.ExecuteAsync(other.Store, "UPDATE migrations SET applied_at = applied_at + 1");     // as one that was made later
        (await BackUpAsync(server, bucket, "--keep=1")).Code.ShouldBe(0);
        var (code, lines) = await BackUpAsync(other, bucket, "--keep=1");
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain("has backups of another store");
        (await BackUpAsync(server, bucket, "--keep=1")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task One_that_lacks_a_content_says_so()
    {
        await using var server = await MaruServer.StartAsync();
        var backup = Path.Combine(_folder, "backup");
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync();
        await ann.SendAsync(await ann.MakeRoomAsync(), "with a file", file);
        File.Delete(Path.Combine(server.Folder, "files", "files", $"{file.Id}", "original"));
        var (code, lines) = await MaruProcess.RunAsync(["backup", backup, .. server.Settings()]);
        code.ShouldBe(1, string.Join('\n', lines));
        string.Concat(lines).ShouldContain($"files/{file.Id}/original was not whole in the file store: the backup lacks it");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(backup, "manifest.json"), Ct))!;
        ((long)manifest["lostCount"]!, manifest["lost"]!.AsArray().Count).ShouldBe((1, 1));
        (await Backups.TryRestoreAsync(backup, Path.Combine(_folder, "data"))).Code.ShouldBe(1, "the audit finds it");
    }

    [Fact]
    public async Task An_old_one_is_kept_for_what_the_newest_lacks()
    {
        var bucket = await s3.MakeBucketAsync();
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync();
        await ann.SendAsync(await ann.MakeRoomAsync(), "with a file", file);
        for (var i = 0; i < 2; i++) (await BackUpAsync(server, bucket)).Code.ShouldBe(0);
        using var place = new BucketPlace(bucket);
        await using var claim = await place.ClaimAsync(Ct);
        var whole = (await place.ListAsync(Ct)).Whole;
        var newest = (await BackupReader.OpenAsync(place, whole[1], Ct)).Manifest;
        foreach (var (lost, kept) in ((BackupManifest, int)[])
        [
            (newest with { Lost = [$"files/{file.Id}/original"], LostCount = 1 }, 2),
            (newest with { Lost = ["files/999/original"], LostCount = 2 }, 2),      // not all are named
            (newest with { Lost = ["files/999/original"], LostCount = 1 }, 1),
        ])
        {
            var scratch = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("n"))).FullName;
            await BackupRotation.RunAsync(place, claim, whole, 1, lost, scratch, Ct);
            (await place.ListAsync(Ct)).Whole.Count.ShouldBe(kept);
        }
    }

    [Fact]
    public async Task More_contents_go_than_one_request_can_delete()
    {
        const int contents = 2100;
        var bucket = await s3.MakeBucketAsync();
        await using var server = await MaruServer.StartAsync();
        (await BackUpAsync(server, bucket)).Code.ShouldBe(0);
        using var files = new S3Files(bucket);
        await Parallel.ForEachAsync(Enumerable.Range(1, contents), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (id, ct) =>
        {
            using var content = new MemoryStream([1]);
            await files.PutAsync($"files/files/{id}/original.1764500000000", content, "text/plain", ct);
        });
        (await BackUpAsync(server, bucket, "--keep=1")).Code.ShouldBe(0);
        await foreach (var key in files.ListAsync("files/", Ct)) throw new InvalidOperationException($"{key} is left");
    }

    public void Dispose() => _folder.Dispose();

    private static Task<(int Code, IReadOnlyList<string> Lines)> BackUpAsync(
        MaruServer server, S3Options bucket, params string[] options) =>
        MaruProcess.RunAsync(["backup", $"s3://{bucket.Bucket}", .. options, .. server.Settings(), .. S3Process.BackupSettingsOf(bucket)]);
}
