using Maru.Engine.Problems;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Uploads;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Files that clients put straight into the bucket of two nodes.</summary>
[Trait("Store", "postgres")]
public sealed class PresignedUploadTests(S3Process s3) : IClassFixture<S3Process>, IAsyncLifetime
{
    private readonly HttpClient _http = new();

    /// <summary>What the second node knows of uploads.</summary>
    private readonly HeldDatabase _store = new();
    private ClusterRig _cluster = null!;

    /// <summary>Ann as a client of each node.</summary>
    private Person[] _ann = null!;

    [Fact]
    public async Task What_one_node_signed_is_completed_through_the_other_by_nobody_else()
    {
        var ben = await _cluster[1].SignUpAsync("ben");
        var content = TusClient.Content(25_000);
        var upload = await _ann[0].PresignAsync(content.Length);
        await _ann[1].CompleteAsync(upload).ShouldRefuse(Problem.Conflict);
        (await _http.PutAsync(upload, content)).ShouldBe(200);
        await ben.CompleteAsync(upload).ShouldRefuse(Problem.NotFound);
        await _cluster[1].Http.SendAsync($"POST /api/files/presigned/{upload.Id}/complete").ShouldBe(401);
        var file = await _ann[1].CompleteAsync(upload).Read<SentFile>(201);
        (await _ann[0].CompleteAsync(upload).Read<SentFile>(201)).ShouldBe(file);
        foreach (var ann in _ann) (await ann.DownloadAsync(file)).SequenceEqual(content).ShouldBeTrue();
        (await ben.StatusAsync(file)).ShouldBe(404);
        await _ann[0].SendAsync(await _ann[0].MakeRoomAsync(members: ben.Id), "look", file);
        (await ben.DownloadAsync(file)).SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task What_lies_about_its_type_is_refused_by_the_other_and_is_over_on_both()
    {
        byte[] picture = [.. Uploads.Pixel.AsSpan(0, 20), .. new byte[1000]];
        var video = Uploads.Pdf(30_001);        // of videos so many bytes are taken, of what it is they are not
        foreach (var (name, content, problem) in ((string, byte[], Problem)[])
            [("cat.png", picture, FileProblems.UnsupportedFile), ("cat.mp4", video, Problem.TooLarge)])
        {
            var upload = await _ann[0].PresignAsync(content.Length, name);
            (await _http.PutAsync(upload, content)).ShouldBe(200);
            await _ann[1].CompleteAsync(upload).ShouldRefuse(problem);
            foreach (var ann in _ann) await ann.CompleteAsync(upload).ShouldRefuse(Problem.NotFound);
        }

        (await _ann[0].Http.SendAsync("GET /api/me/files").Read<UploadedFilePage>()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_nodes_that_complete_at_once_one_makes_the_file_and_both_tell_it()
    {
        for (var round = 0; round < 5; round++)
        {
            var content = TusClient.Content(20_000 + round);
            var upload = await _ann[0].PresignAsync(content.Length);
            (await _http.PutAsync(upload, content)).ShouldBe(200);
            var responses = await Task.WhenAll(_ann.Select(ann => ann.CompleteAsync(upload)));
            var statuses = responses.Select(response => (int)response.StatusCode).ToArray();
            foreach (var response in responses) response.Dispose();
            statuses.ShouldContain(201);
            statuses.ShouldAllBe(status => status == 201 || status == 429, "the other one is at it");
            var files = await Task.WhenAll(_ann.Select(ann => ann.CompleteAsync(upload).Read<SentFile>(201)));
            files[0].ShouldBe(files[1]);
            (await _ann[round % 2].DownloadAsync(files[0])).SequenceEqual(content).ShouldBeTrue();
        }

        (await _ann[0].Http.SendAsync("GET /api/me/files").Read<UploadedFilePage>()).Items.Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_node_whose_look_comes_when_the_other_has_taken_the_bytes_in_tells_what_became_of_them()
    {
        foreach (var (name, content, status) in ((string, byte[], int)[])
            [("report.pdf", Uploads.Pdf(), 201), ("cat.png", [.. Uploads.Pixel.AsSpan(0, 20), .. new byte[1000]], 415)])
        {
            var upload = await _ann[0].PresignAsync(content.Length, name);
            (await _http.PutAsync(upload, content)).ShouldBe(200);
            var look = _store.HoldReads(1, after: 1);       // behind the one of the upload
            var completing = _ann[1].CompleteAsync(upload);
            await look.Arrived;
            using (var first = await _ann[0].CompleteAsync(upload)) ((int)first.StatusCode).ShouldBe(status);
            look.Release();
            if (status == 201)
                (await completing.Read<SentFile>(201)).ShouldBe(await _ann[0].CompleteAsync(upload).Read<SentFile>(201));
            else
                await completing.ShouldRefuse(Problem.NotFound);
        }
    }

    public async ValueTask InitializeAsync()
    {
        var bucket = S3Process.SettingsOf(await s3.MakeBucketAsync());
        _cluster = await ClusterRig.StartAsync(
            nodes: 1, redis: 0, settings: [.. bucket, "--Maru:Files:S3:PresignedUploads=true", "--Maru:Files:DocumentBytes=30000"]);
        await _cluster.AddNodeAsync(_store.Use<UploadRecords>);
        var ann = await _cluster[0].SignUpAsync("ann");
        _ann = [ann, _cluster.At(1, ann)];
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _http.Dispose();
    }
}
