using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Files;

/// <summary>A server whose bucket goes away while it runs.</summary>
[Trait("Store", "sqlite")]
public sealed class S3FaultTests
{
    [Fact]
    public async Task Uploads_and_downloads_are_refused_while_the_bucket_is_away_and_messages_go_on()
    {
        await using var s3 = new S3Process();
        await s3.InitializeAsync();
        var options = await s3.MakeBucketAsync();
        await using var server = await MaruServer.StartAsync([.. S3Process.SettingsOf(options), "--Maru:Files:S3:Timeout=00:00:00.5"]);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync("room", "private");
        var (content, upload) = (TusClient.Content(10_000), await ann.BeginAsync(10_000));
        var file = await ann.UploadAsync(content);
        (await ann.DownloadAsync(file)).SequenceEqual(content).ShouldBeTrue();
        await ann.AppendAsync(upload, 0, content[..5000]);

        s3.Kill();
        await ann.TryUploadAsync(content).ShouldRefuse(Problem.Unavailable);
        await ann.Http.TryAppendAsync(upload, 5000, content[5000..]).ShouldRefuse(Problem.Unavailable);
        await ann.Http.SendAsync($"GET {file.Url}").ShouldRefuse(Problem.Unavailable);
        (await ann.SeeAsync(upload)).Offset.ShouldBe(5000);
        await ann.SendAsync(room, "it goes on", file);
        server.Contents().ShouldBeEmpty();
    }
}
