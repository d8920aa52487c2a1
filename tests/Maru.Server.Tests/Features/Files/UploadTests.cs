using System.Net.Sockets;
using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Features.Files;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Files;

/// <summary>Uploads that are too large, too many, broken off, slow, or made to do harm.</summary>
public sealed class UploadTests
{
    [Fact]
    public async Task Each_kind_has_its_limit_and_what_is_more_is_refused_before_it_is_all_there()
    {
        await using var server = await MaruServer.StartAsync(
            "--Maru:Files:ImageBytes=5000", "--Maru:Files:VideoBytes=4000", "--Maru:Files:AudioBytes=3000",
            "--Maru:Files:DocumentBytes=2000");
        var ann = await server.SignUpAsync();
        (byte[] Start, int Most)[] kinds =
        [
            ([0xFF, 0xD8, 0xFF], 5000), ([0, 0, 0, 24, .. "ftypmp42"u8], 4000), ([.. "ID3"u8], 3000), ([.. "%PDF-"u8], 2000),
        ];
        foreach (var (start, most) in kinds)
        {
            byte[] just = [.. start, .. new byte[most - start.Length]];
            if (start[0] != 0xFF) await ann.UploadAsync(just);
            await ann.TryUploadAsync([.. just, 0]).ShouldRefuse(Problem.TooLarge);
        }

        await ann.TryUploadAsync([.. "%PDF-"u8, .. new byte[40_000_000]]).ShouldRefuse(Problem.TooLarge);
        server.Contents().Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_person_has_a_quota_which_uploads_at_once_do_not_exceed()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Files:BytesPerUser=10500", "--Maru:Files:PerUser=20");
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var statuses = await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            using var response = await ann.TryUploadAsync(Uploads.Pdf(1000));
            return (int)response.StatusCode;
        }));
        statuses.Count(status => status == 201).ShouldBe(10);
        statuses.Count(status => status == FileProblems.QuotaExceeded.Status).ShouldBe(20);
        var own = await ann.Http.SendAsync("GET /api/me/files").Read<UploadedFilePage>();
        (own.Used, own.Quota, own.Items.Count).ShouldBe((10_000, 10_500, 10));
        server.Contents().Length.ShouldBe(10);
        await ann.Http.SendAsync($"DELETE {own.Items[0].Url}").ShouldBe(204);
        await ann.UploadAsync(Uploads.Pdf(1000));
        for (var i = 0; i < 20; i++) await ben.UploadAsync(Uploads.Pdf(10));
        await ben.TryUploadAsync(Uploads.Pdf(10)).ShouldRefuse(FileProblems.QuotaExceeded);
    }

    [Fact]
    public async Task A_node_takes_so_many_uploads_at_once_and_asks_others_to_come_again()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Files:Uploads=2");
        var ann = await server.SignUpAsync();
        using (var refused = await UntilAsync(AsThirdAsync, x => (int)x.StatusCode == 429)) refused.Headers.RetryAfter.ShouldNotBeNull();

        // Both have left: their turns are free, and nothing of them stays.
        using var after = await UntilAsync(() => ann.TryUploadAsync(Uploads.Pdf()), x => (int)x.StatusCode == 201);
        server.Contents().Length.ShouldBe(1);

        // While two have begun: each time anew, since HTTP gives up a body of which nothing comes for some seconds. A third one that has
        // its turn is refused, too, for it is empty, and leaves nothing.
        async Task<HttpResponseMessage> AsThirdAsync()
        {
            using var first = await BeginAsync(server, ann, 1000);
            using var second = await BeginAsync(server, ann, 1000);
            return await ann.TryUploadAsync([]);
        }
    }

    [Fact]
    public async Task A_broken_or_crawling_upload_leaves_nothing()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Files:UploadTimeout=00:00:01");
        var ann = await server.SignUpAsync();
        using (var slow = await BeginAsync(server, ann, 1000))
        {
            var answer = await new StreamReader(new NetworkStream(slow)).ReadLineAsync(TestContext.Current.CancellationToken);
            answer.ShouldStartWith("HTTP/1.1 408");
        }

        using (var broken = await BeginAsync(server, ann, 1000)) broken.Shutdown(SocketShutdown.Both);
        await ann.UploadAsync();
        await UntilAsync(() => Task.FromResult(server.Contents().Length), count => count == 1);
    }

    [Theory]
    [InlineData("multipart/form-data", "")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--b--")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\r\n--b--")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n%PDF-")]
    [InlineData("multipart/form-data; boundary=b", "nothing of the kind")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"duration\"\r\n\r\nlong\r\n--b--")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"waveform\"\r\n\r\n[101]\r\n--b--")]
    [InlineData("application/json", "{}")]
    public async Task A_body_that_is_no_form_with_a_file_is_refused(string type, string body)
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await ann.Http.PostAsync("/api/files", content, TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBeOneOf(400, 415);
        server.Contents().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_voice_message_has_its_length_and_its_waveform()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        byte[] voice = [0x1A, 0x45, 0xDF, 0xA3, .. "....webm....A_OPUS"u8];
        var file = await ann.UploadAsync(voice, "voice.webm", ("duration", "3.25"), ("waveform", "[0, 50,100]"));
        (file.Kind, file.MediaType, file.Duration).ShouldBe(("audio", "audio/webm", 3.25));
        file.Waveform.ShouldBe([0, 50, 100]);
        var document = await ann.UploadAsync(Uploads.Pdf(), "x.pdf", ("duration", "3"), ("waveform", "[1]"));
        (document.Duration, document.Waveform).ShouldBe((null, null));
    }

    [Fact]
    public async Task What_was_not_sent_goes_after_a_day_and_what_was_or_is_somebodys_picture_stays()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var (unsent, sent, picture) = (await ann.UploadAsync(), await ann.UploadAsync(), await ann.UploadAsync(Uploads.Pixel));
        await ann.SendAsync(room, "kept", sent);
        await ann.Http.SendAsync("PATCH /api/me", new { avatarUrl = picture.Url }).ShouldBe(200);
        time.Sleep(TimeSpan.FromHours(25));
        await UntilAsync(() => IdsAsync(server), ids => !ids.Contains(unsent.Id));
        (await IdsAsync(server)).ShouldBe([sent.Id, picture.Id], ignoreOrder: true);
        server.Contents().ShouldAllBe(path => !path.Contains($"/{unsent.Id}/", StringComparison.Ordinal));
        server.Contents().Length.ShouldBe(4);
    }

    [Fact]
    public async Task A_full_disk_refuses_the_file_and_keeps_nothing_of_it()
    {
        using var folder = new Folder();
        var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        await using var mount = await Mount.DiskAsync(files, "2m");
        await using var server = await MaruServer.StartAsync($"--Maru:Data={folder.Path}");
        var ann = await server.SignUpAsync();
        await ann.TryUploadAsync(Uploads.Pdf(5_000_000)).ShouldRefuse(Problem.StorageFull);
        Uploads.Contents(files).ShouldBeEmpty();
        var file = await ann.UploadAsync(Uploads.Pdf(500_000));
        (await ann.DownloadAsync(file)).Length.ShouldBe(500_000);
    }

    private static Task<IReadOnlyList<long>> IdsAsync(MaruServer server) =>
        server.Service<Database>().ListAsync<long>("SELECT id FROM files", null, TestContext.Current.CancellationToken);

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isThere)
    {
        T? answer = default;
        await Deadline.Until(async () => isThere(answer = await ask()), "the answer that is waited for");
        return answer!;
    }

    /// <summary>Sends the beginning of an upload, and no more.</summary>
    private static async Task<Socket> BeginAsync(MaruServer server, Person person, int length)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        var head = $"POST /api/files HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {person.AccessToken}\r\n"
            + $"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        return socket;
    }
}
