using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

namespace Maru.Server.Tests.Features.Files.Stores;

/// <summary>An S3 store that fails in every way ends in an exception, soon; what can be gone on with is gone on with.</summary>
[Trait("Store", "sqlite")]
public sealed class HostileS3Tests : IDisposable
{
    private const string Version = "ETag: \"v1\"\r\n";

    private readonly Folder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("500 Internal Server Error")]
    [InlineData("503 Slow Down")]
    public async Task A_store_that_answers_with_failures_is_asked_a_few_times(string status)
    {
        await using var s3 = new HostileS3(request => request.RespondAsync(status, "", []));
        using var store = StoreAt(s3);
        await ShouldFailAsync(store, Problem.Unavailable);
        s3.Requests.Count.ShouldBeInRange(2 * 4, 4 * 4, "four kinds; who shall slow down is waited for");
    }

    [Fact]
    public async Task A_store_that_hangs_is_given_up()
    {
        await using var s3 = new HostileS3(request => request.HangAsync());
        using var store = ImpatientAt(s3);
        await ShouldFailAsync(store, Problem.Unavailable);
    }

    [Fact]
    public async Task A_store_that_hangs_in_its_words_is_given_up()
    {
        await using var s3 = new HostileS3(async request =>
        {
            await request.RespondAsync("500 Internal Server Error", "Content-Type: application/xml\r\n", new byte[1000], sent: 10);
            await request.HangAsync();
        });
        using var store = ImpatientAt(s3);
        await Should.ThrowAsync<FileStoreException>(() => store.PutAsync("files/1/original", Source(10), "image/png", Ct))
            .Within("the store to be given up");
    }

    /// <summary>Sockets share some event loops: what waits on one of them would hold up a part of all others.</summary>
    [Theory]
    [InlineData("500 Internal Server Error")]
    [InlineData("200 OK")]
    public async Task A_store_whose_words_do_not_come_holds_up_no_other_socket(string status)
    {
        const int Requests = 4, Others = 16;
        var words = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hanging = new SemaphoreSlim(0);
        await using var s3 = new HostileS3(async request =>
        {
            await request.RespondAsync(status, "Content-Type: application/xml\r\n", "<Error></Error>"u8.ToArray(), sent: 5);
            hanging.Release();
            await words.Task;
        });
        using var store = StoreAt(s3);
        var asked = Enumerable.Range(0, Requests).Select(_ => store.DeleteAsync(["files/1/original"], Ct)).ToArray();
        for (var i = 0; i < Requests; i++) await hanging.WaitAsync(Ct);

        try
        {
            await using var server = await MaruServer.StartAsync();
            await Task.WhenAll(Enumerable.Range(0, Others).Select(async i =>
            {
                using var http = ApiCheck.Client(server.Address);
                await http.GetAsync(new Uri("/health/live", UriKind.Relative), Ct).ShouldBe(200);
            })).Within("the others to be answered", TimeSpan.FromSeconds(60));
            asked.ShouldAllBe(x => !x.IsCompleted);
        }
        finally
        {
            words.SetResult();
        }

        foreach (var one in asked) await Should.ThrowAsync<FileStoreException>(() => one).Within("the end");
    }

    [Fact]
    public async Task A_store_that_drops_connections_fails()
    {
        await using var s3 = new HostileS3(_ => Task.CompletedTask);
        using var store = StoreAt(s3);
        await ShouldFailAsync(store, Problem.Unavailable);
    }

    [Fact]
    public async Task A_store_that_talks_of_something_else_fails()
    {
        await using var s3 = new HostileS3(request => request.RespondAsync("404 Not Found", "", Encoding.ASCII.GetBytes("<html>")));
        using var store = StoreAt(s3);
        await Should.ThrowAsync<FileStoreException>(() => store.PutAsync("files/1/original", Source(10), "image/png", Ct));
        await Should.ThrowAsync<FileStoreException>(() => store.DeleteAsync(["files/1/original"], Ct));
    }

    [Fact]
    public async Task A_store_that_is_not_there_fails()
    {
        using var store = new S3Files(Options($"http://127.0.0.1:{Ports.Free()}", TimeSpan.FromSeconds(10)));
        await ShouldFailAsync(store, Problem.Unavailable);
    }

    [Fact]
    public async Task A_store_without_room_is_full()
    {
        await using var s3 = new HostileS3(request => request.RespondAsync("507 Insufficient Storage", "", []));
        using var store = StoreAt(s3);
        var full = await Should.ThrowAsync<FileStoreException>(() => store.PutAsync("files/1/original", Source(10), "image/png", Ct));
        full.Problem.ShouldBe(Problem.StorageFull, full.ToString());
    }

    [Fact]
    public async Task A_response_that_breaks_off_is_gone_on_with_from_there()
    {
        var bytes = RandomNumberGenerator.GetBytes(500_000);
        await using var s3 = new HostileS3(request => SendAsync(request, bytes, most: 100_000));
        using var store = StoreAt(s3);
        await using var stream = await store.OpenAsync("files/1/original", Ct);
        using var read = new MemoryStream();
        await stream!.CopyToAsync(read, Ct);
        read.ToArray().SequenceEqual(bytes).ShouldBeTrue();
        s3.Requests.Count(line => line.StartsWith("GET", StringComparison.Ordinal)).ShouldBe(5);
    }

    [Fact]
    public async Task A_response_that_stops_in_the_middle_fails_after_a_while()
    {
        await using var s3 = new HostileS3(async request =>
        {
            var isFirst = !request.Headers.TryGetValue("Range", out var range) || range == "bytes=0-499999";
            await SendAsync(request, new byte[500_000], most: isFirst ? 100_000 : 0);
            if (range is not null) await request.HangAsync();
        });
        using var store = ImpatientAt(s3);
        await using var stream = await store.OpenAsync("files/1/original", Ct);
        await ShouldBreakAsync(stream!);
        stream!.Position.ShouldBe(100_000);
    }

    [Fact]
    public async Task A_file_that_changes_as_it_is_read_is_not_mixed()
    {
        var changed = false;
        await using var s3 = new HostileS3(request =>
            changed && request.Headers.ContainsKey("If-Match")
                ? request.RespondAsync("412 Precondition Failed", "", [])
                : SendAsync(request, new byte[500_000], most: 100_000));
        using var store = StoreAt(s3);
        await using var stream = await store.OpenAsync("files/1/original", Ct);
        await stream!.ReadExactlyAsync(new byte[50_000], Ct);
        changed = true;
        await ShouldBreakAsync(stream);
    }

    [Fact]
    public async Task A_large_file_that_fails_in_its_middle_is_given_up_with_its_parts()
    {
        await using var s3 = new HostileS3(request => request.Line switch
        {
            var line when line.StartsWith("POST", StringComparison.Ordinal) => request.RespondAsync(
                "200 OK", "Content-Type: application/xml\r\n",
                "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"u8.ToArray()),
            var line when line.Contains("partNumber=2", StringComparison.Ordinal) =>
                request.RespondAsync("500 Internal Server Error", "", []),
            var line when line.StartsWith("DELETE", StringComparison.Ordinal) => request.RespondAsync("204 No Content", "", []),
            _ => request.RespondAsync("200 OK", Version, []),
        });
        using var store = StoreAt(s3);
        var failed = await Should.ThrowAsync<FileStoreException>(
            () => store.PutAsync("files/1/original", Source(20_000_000), "video/mp4", Ct));
        s3.Requests.ShouldContain(
            line => line.StartsWith("DELETE", StringComparison.Ordinal) && line.Contains("uploadId=u1"),
            $"{failed.Message} {string.Join(", ", s3.Requests)}");
        s3.Requests.ShouldNotContain(line => line.Contains("partNumber=3"));
    }

    [Theory]
    [InlineData("403 Forbidden", "refuses the keys")]
    [InlineData("301 Moved Permanently", "is in another region")]
    [InlineData("500 Internal Server Error", "cannot be used")]
    public async Task A_start_says_what_the_store_says(string status, string reason)
    {
        await using var s3 = new HostileS3(request => request.RespondAsync(status, "", []));
        using var store = StoreAt(s3);
        var refused = await Should.ThrowAsync<StartException>(() => store.CheckAsync(Ct));
        refused.Message.ShouldContain(reason);
        refused.ToString().ShouldNotContain("the-secret");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>For stores that answer: none of their failures shall be that a busy machine took its time.</summary>
    private static S3Files StoreAt(HostileS3 s3) => new(Options(s3.Address, TimeSpan.FromMinutes(1)));

    /// <summary>For stores that hang.</summary>
    private static S3Files ImpatientAt(HostileS3 s3) => new(Options(s3.Address, TimeSpan.FromMilliseconds(300)));

    private static S3Options Options(string address, TimeSpan timeout) => new()
    {
        Endpoint = address,
        Bucket = "bucket",
        AccessKey = "the-key",
        SecretKey = "the-secret",
        Timeout = timeout,
    };

    /// <summary>Sends the range that was asked for, of which not more than some bytes come.</summary>
    private static Task SendAsync(HostileS3.Request request, byte[] bytes, int most)
    {
        if (request.Line.StartsWith("HEAD", StringComparison.Ordinal)) return request.RespondAsync("200 OK", Version, bytes);
        var start = int.Parse(request.Headers["Range"]["bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture);
        var range = $"Content-Range: bytes {start}-{bytes.Length - 1}/{bytes.Length}\r\n";
        return request.RespondAsync("206 Partial Content", Version + range, bytes[start..], Math.Min(most, bytes.Length - start));
    }

    private static Task ShouldBreakAsync(Stream stream) => Should.ThrowAsync<FileStoreException>(
        async () => await stream.CopyToAsync(Stream.Null, Ct)).Within("the response to be given up");

    private async Task ShouldFailAsync(S3Files store, Problem problem)
    {
        foreach (var work in (Func<Task>[])[
            () => store.PutAsync("files/1/original", Source(10), "image/png", Ct),
            () => store.PutAsync("files/1/original", Source(20_000_000), "image/png", Ct),
            () => store.OpenAsync("files/1/original", Ct),
            () => store.DeleteAsync(["files/1/original"], Ct),
        ])
        {
            var failed = await Should.ThrowAsync<FileStoreException>(work).Within("the store to be given up");
            failed.Problem.ShouldBe(problem);
            failed.Message.ShouldNotContain("the-secret");
        }
    }

    private string Source(int size)
    {
        var path = $"{_folder.Path}/{Guid.NewGuid():n}";
        File.WriteAllBytes(path, new byte[size]);
        return path;
    }
}
