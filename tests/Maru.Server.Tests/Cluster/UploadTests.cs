using Maru.Server.Tests.Features.Files;

namespace Maru.Server.Tests.Cluster;

/// <summary>Uploads in parts over two nodes that share a bucket.</summary>
[Trait("Store", "postgres")]
public sealed class UploadTests(S3Process s3) : IClassFixture<S3Process>
{
    [Fact]
    public async Task Any_node_goes_on_with_an_upload_and_sends_its_file()
    {
        await using var cluster = await StartAsync();
        var ann = await cluster[0].SignUpAsync();
        HttpClient[] nodes = [ann.Http, cluster.At(1, ann).Http];
        var content = TusClient.Content(500_000);
        var upload = await nodes[0].BeginAsync(content.Length);
        var offset = 0L;
        for (var i = 0; i < 5; i++)
            offset = await nodes[i % 2].AppendAsync(upload, offset, content[(int)offset..(int)(offset + 100_000)]);
        foreach (var http in nodes)
        {
            var file = (await http.SeeAsync(upload)).File.ShouldNotBeNull();
            (await http.GetByteArrayAsync(new Uri(file.Url, UriKind.Relative), TestContext.Current.CancellationToken))
                .SequenceEqual(content).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Of_parts_that_come_to_two_nodes_at_once_one_is_taken()
    {
        await using var cluster = await StartAsync();
        var ann = await cluster[0].SignUpAsync();
        HttpClient[] nodes = [ann.Http, cluster.At(1, ann).Http];
        var content = TusClient.Content(300_000);
        for (var round = 0; round < 5; round++)
        {
            var upload = await nodes[0].BeginAsync(content.Length);
            for (var offset = 0; offset < content.Length; offset += 100_000)
            {
                var responses = await Task.WhenAll(nodes.Select(http =>
                    http.TryAppendAsync(upload, offset, content[offset..(offset + 100_000)])));
                responses.Select(response => (int)response.StatusCode).Order().ShouldBe([204, 409]);
                foreach (var response in responses) response.Dispose();
            }

            var file = (await nodes[1].SeeAsync(upload)).File.ShouldNotBeNull();
            (await nodes[1].GetByteArrayAsync(new Uri(file.Url, UriKind.Relative), TestContext.Current.CancellationToken))
                .SequenceEqual(content).ShouldBeTrue();
        }
    }

    private async Task<ClusterRig> StartAsync() =>
        await ClusterRig.StartAsync(redis: 0, settings: S3Process.SettingsOf(await s3.MakeBucketAsync()));
}
