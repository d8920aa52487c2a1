using Maru.Server.Features.Files.Stores;
using Maru.Server.Tests.Features.Files.Stores;

namespace Maru.Server.Tests.Commands.Doctor;

/// <summary>A bucket for people's files, and one for backups.</summary>
public sealed class BucketDoctorTests(S3Process s3) : IClassFixture<S3Process>
{
    [Fact]
    public async Task An_object_is_put_got_and_deleted()
    {
        using var folder = new Folder();
        var bucket = await s3.MakeBucketAsync();
        (await Examination.OfAsync(folder, S3Process.SettingsOf(bucket))).Of("files").Found.ShouldContain("put, got and deleted");
    }

    [Fact]
    public async Task The_place_of_backups_is_tried_too_and_must_be_apart_from_files()
    {
        using var folder = new Folder();
        var bucket = await s3.MakeBucketAsync();
        string[] settings = [$"--Maru:Backup:Folder=s3://{bucket.Bucket}/of", .. S3Process.BackupSettingsOf(bucket)];
        (await Examination.OfAsync(folder, settings)).Of("backups").Found.ShouldContain("put, got and deleted");
        (await Examination.OfAsync(folder, [.. settings, .. S3Process.SettingsOf(bucket)]))
            .ShouldFind("Problem", "backups", "lie in each other");
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_told()
    {
        using var folder = new Folder();
        var bucket = await s3.MakeBucketAsync();
        bucket.Bucket = "nobodys";
        (await Examination.OfAsync(folder, S3Process.SettingsOf(bucket))).ShouldFind("Problem", "files", "is not there");
    }

    [Fact]
    public async Task Keys_that_are_refused_are_told_and_never_said()
    {
        using var folder = new Folder();
        await using var refusing = new HostileS3(request => request.RespondAsync("403 Forbidden", "", []));
        var options = new S3Options { Endpoint = refusing.Address, Bucket = "bucket", AccessKey = "key", SecretKey = "open-sesame-4711" };
        var seen = await Examination.OfAsync(folder, S3Process.SettingsOf(options));
        seen.ShouldFind("Problem", "files", "refuses the keys");
        seen.Output.ShouldNotContain(options.SecretKey);
    }
}
