using System.Net.Http.Headers;
using Maru.Server.Features.Files.Uploads;
using Maru.Server.Tests.Features.Files;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed as it receives a part, and as it puts the parts together.</summary>
[Trait("Category", "Kill")]
public sealed class UploadKillTests
{
    // slow enough to be killed amid it
    private const string Pace = "--Maru:Files:UploadBytesPerSecond=2000000";

    [Fact]
    public async Task An_upload_goes_on_after_kills_and_every_acknowledged_byte_is_there()
    {
        using var folder = new Folder();
        var (tokens, _) = await MaruProcess.SeedAsync(folder, 2, 1);
        var content = TusClient.Content(3_000_000);
        ResumableUpload upload = null!;
        await LiveAsync(async http => upload = await http.BeginAsync(content.Length));
        var acknowledged = 0L;
        for (var life = 0; life < 4; life++)
        {
            await using var server = await MaruProcess.StartAsync(folder, Pace);
            using var http = Client(server, tokens[0]);
            var offset = await http.OffsetAsync(upload);
            offset.ShouldBeGreaterThanOrEqualTo(acknowledged);
            acknowledged = await http.AppendAsync(upload, offset, content[(int)offset..((int)offset + 300_000)]);
            // all of the rest takes 0.9 s or more
            var amid = http.TryAppendAsync(upload, acknowledged, content[(int)acknowledged..]);
            await Deadline.Until(() => ArrivingBytes() > 50_000, "a part to arrive");
            await server.KillAsync();
            await Should.ThrowAsync<HttpRequestException>(() => amid);
        }

        await LiveAsync(async http =>
        {
            var whole = await http.ResumeAsync(upload, content, part: 500_000);
            await SameAsync(http, whole, content);
        });

        long ArrivingBytes() => new DirectoryInfo($"{folder.Path}/files/arriving")
            .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        async Task LiveAsync(Func<HttpClient, Task> work)
        {
            await using var server = await MaruProcess.StartAsync(folder);
            using var http = Client(server, tokens[0]);
            await work(http);
        }
    }

    [Fact]
    public async Task An_upload_that_was_being_put_together_becomes_one_file_that_is_the_same()
    {
        using var folder = new Folder();
        var (tokens, _) = await MaruProcess.SeedAsync(folder, 2, 1);
        var content = TusClient.Content(3_000_000);
        ResumableUpload upload;
        await using (var server = await MaruProcess.StartAsync(folder, Pace))
        {
            using var http = Client(server, tokens[0]);
            upload = await http.BeginAsync(content.Length);
            await http.AppendAsync(upload, 0, content[..2_999_000]);
            var last = http.TryAppendAsync(upload, 2_999_000, content[2_999_000..]);
            await Deadline.Until(
                () => Directory.EnumerateFiles($"{folder.Path}/files/arriving", "*", SearchOption.AllDirectories)
                    .Any(file => new FileInfo(file) is { Exists: true, Length: > 100_000 }),
                "the parts to be put together");
            await server.KillAsync();
            await Should.ThrowAsync<HttpRequestException>(() => last);
        }

        Directory.Exists($"{folder.Path}/files/files").ShouldBeFalse("it was killed amid it");
        await using (var server = await MaruProcess.StartAsync(folder))
        {
            using var http = Client(server, tokens[0]);
            var whole = await http.SeeAsync(upload);
            await SameAsync(http, whole, content);
            (await http.SeeAsync(upload)).File!.Id.ShouldBe(whole.File!.Id);
        }

        Uploads.Contents($"{folder.Path}/files")
            .ShouldBe([$"{folder.Path}/files/files/1/original"]);
    }

    private static HttpClient Client(MaruProcess server, string token)
    {
        var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static async Task SameAsync(HttpClient http, ResumableUpload upload, byte[] content)
    {
        var url = new Uri(upload.File.ShouldNotBeNull().Url, UriKind.Relative);
        var bytes = await http.GetByteArrayAsync(url, TestContext.Current.CancellationToken);
        bytes.SequenceEqual(content).ShouldBeTrue();
    }
}
