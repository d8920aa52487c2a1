using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Backup;

/// <summary>A backup of files that are in a bucket: restored into another one, and never into that of a living server.</summary>
public sealed class BucketTests(S3Process s3) : IClassFixture<S3Process>
{
    [Fact]
    public async Task Files_of_a_bucket_are_restored_into_another_one()
    {
        string[] settings = S3Process.SettingsOf(await s3.MakeBucketAsync()), other = S3Process.SettingsOf(await s3.MakeBucketAsync());
        await using var server = await MaruServer.StartAsync(settings);
        using var folder = new Folder();
        var (backup, target) = (Path.Combine(folder, "backup"), Path.Combine(folder, "data"));
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var file = await ann.UploadAsync(Uploads.Pdf(fill: 7));
        await ann.SendAsync(room, "with a file", file);
        await server.BackUpAsync(backup, settings);

        var (code, lines) = await Backups.TryRestoreAsync(backup, target, settings);
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain("The bucket of files has some already");
        (await ann.DownloadAsync(file)).ShouldBe(Uploads.Pdf(fill: 7), "the living server has its files");

        await using var restored = await Backups.RestoreAsync(backup, target, other);
        (await (await restored.SignInAsync(ann.Handle)).DownloadAsync(file)).ShouldBe(Uploads.Pdf(fill: 7));
    }
}
