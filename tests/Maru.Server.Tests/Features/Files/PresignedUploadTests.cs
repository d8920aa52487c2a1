using System.Text.RegularExpressions;
using Maru.Engine.Problems;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Features.Files.Uploads;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Files;

/// <summary>Files that clients put straight into the bucket.</summary>
public sealed partial class PresignedUploadTests(S3Process s3) : IClassFixture<S3Process>, IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly ManualTime _time = new();
    private S3Options _options = null!;
    private MaruServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_put_there_becomes_a_file_as_any_other_and_a_repeat_tells_the_same()
    {
        var ann = await _server.SignUpAsync();
        var content = TusClient.Content(250_000);
        var upload = await ann.PresignAsync(content.Length, "보고서 v2.pdf");
        (upload.ExpiresAt - _time.GetUtcNow()).ShouldBe(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1));
        (await _http.PutAsync(upload, content)).ShouldBe(200);
        var file = await ann.CompleteAsync(upload).Read<SentFile>(201);
        file.ShouldBe(new SentFile(file.Id, "document", "보고서 v2.pdf", "application/pdf", content.Length, $"/api/files/{file.Id}"));
        (await ann.DownloadAsync(file)).SequenceEqual(content).ShouldBeTrue();
        (await ann.CompleteAsync(upload).Read<SentFile>(201)).ShouldBe(file);
        (await LeftAsync()).ShouldBe(0, "it was taken in");
        (await ann.SendAsync(await ann.MakeRoomAsync(), "look", file)).Files!.Single().Id.ShouldBe(file.Id);
    }

    [Fact]
    public async Task A_picture_is_made_as_anywhere_and_a_voice_message_has_its_waveform()
    {
        var ann = await _server.SignUpAsync();
        var dot = new { name = "dot.png", size = Uploads.Pixel.Length };
        var picture = await PutAndCompleteAsync(ann, Uploads.Pixel, dot).Read<SentFile>(201);
        (picture.Kind, picture.Width, picture.Height).ShouldBe(("image", 1, 1));
        picture.Placeholder.ShouldStartWith("data:image/webp;base64,");
        await ann.Http.SendAsync($"GET {picture.Url}/small").ShouldBe(200);
        byte[] voice = [.. "OggS\0\u0002"u8, .. new byte[22], .. "\u0001\u0013OpusHead"u8, .. new byte[300]];
        var about = new { name = "v.ogg", size = voice.Length, duration = 1.5, waveform = (int[])[0, 50, 100] };
        var sound = await PutAndCompleteAsync(ann, voice, about).Read<SentFile>(201);
        (sound.Kind, sound.Duration).ShouldBe(("audio", 1.5));
        sound.Waveform.ShouldBe([0, 50, 100]);
    }

    [Fact]
    public async Task No_more_and_no_fewer_bytes_can_be_put_than_were_said()
    {
        var ann = await _server.SignUpAsync();
        var upload = await ann.PresignAsync(1000);
        (await _http.PutAsync(upload, Uploads.Pdf(1001))).ShouldBe(403);
        (await _http.PutAsync(upload, Uploads.Pdf(999))).ShouldBe(403);
        (await _http.PutAsync(upload, Uploads.Pdf(1000), "text/html")).ShouldBe(403);
        await ann.CompleteAsync(upload).ShouldRefuse(Problem.Conflict);
        (await _http.PutAsync(upload, Uploads.Pdf(1000))).ShouldBe(200);
        await ann.CompleteAsync(upload).ShouldBe(201);
    }

    [Fact]
    public async Task Limits_of_kinds_the_quota_and_the_rules_of_contents_hold_as_for_every_other_way_in()
    {
        var ann = await _server.SignUpAsync();
        await ann.TryPresignAsync(new { name = "a", size = new FilesOptions().VideoBytes + 1 }).ShouldRefuse(Problem.TooLarge);
        foreach (var (body, field) in ((object, string)[])[
            (new { name = "a" }, "size"), (new { name = "a", size = 0 }, "size"), (new { name = "a", size = 5, duration = -1 }, "duration"),
            (new { name = "a", size = 5, waveform = (int[])[101] }, "waveform"), (new { name = new string('a', 5000), size = 5 }, "name"),
        ])
            (await ann.TryPresignAsync(body).ShouldRefuseFields()).ShouldBe([field]);

        // Its first bytes say a kind of which so many are not taken
        var document = new byte[30_001];
        "%PDF-"u8.CopyTo(document);
        await PutAndCompleteAsync(ann, document, new { size = document.Length }).ShouldRefuse(Problem.TooLarge);
        byte[] lie = [.. Uploads.Pixel.AsSpan(0, 20), .. new byte[1000]];
        var upload = await ann.PresignAsync(lie.Length, "lie.png");
        (await _http.PutAsync(upload, lie)).ShouldBe(200);
        await ann.CompleteAsync(upload).ShouldRefuse(FileProblems.UnsupportedFile);
        await ann.CompleteAsync(upload).ShouldRefuse(Problem.NotFound);

        // What is said counts from the beginning
        await ann.PresignAsync(60_000);
        await ann.TryPresignAsync(new { size = 60_000 }).ShouldRefuse(FileProblems.QuotaExceeded);
    }

    [Fact]
    public async Task An_upload_is_its_users_alone_and_one_in_parts_is_none_of_these()
    {
        var (ann, ben) = (await _server.SignUpAsync("ann"), await _server.SignUpAsync("ben"));
        var upload = await ann.PresignAsync(1000);
        (await _http.PutAsync(upload, Uploads.Pdf(1000))).ShouldBe(200);
        await ben.CompleteAsync(upload).ShouldRefuse(Problem.NotFound);
        var parts = await ann.BeginAsync(1000);
        await ann.Http.SendAsync($"POST /api/files/presigned/{parts.Id}/complete").ShouldRefuse(Problem.NotFound);
        await ann.CompleteAsync(upload).ShouldBe(201);
    }

    [Fact]
    public async Task Of_several_who_complete_at_once_all_are_told_the_one_file()
    {
        var ann = await _server.SignUpAsync();
        var content = TusClient.Content(90_000);
        var upload = await ann.PresignAsync(content.Length);
        (await _http.PutAsync(upload, content)).ShouldBe(200);
        var responses = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ann.CompleteAsync(upload)));
        var statuses = responses.Select(response => (int)response.StatusCode).ToArray();
        foreach (var response in responses) response.Dispose();
        statuses.ShouldContain(201);
        statuses.ShouldAllBe(status => status == 201 || status == 429, "somebody else is at it");
        var file = await ann.CompleteAsync(upload).Read<SentFile>(201);
        (await ann.DownloadAsync(file)).SequenceEqual(content).ShouldBeTrue();
        (await ann.Http.SendAsync("GET /api/me/files").Read<UploadedFilePage>()).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_given_up_refused_or_put_again_afterwards_is_swept()
    {
        var ann = await _server.SignUpAsync();
        var (done, left) = (await ann.PresignAsync(1000), await ann.PresignAsync(1000));
        foreach (var upload in (PresignedUpload[])[done, left]) (await _http.PutAsync(upload, Uploads.Pdf(1000))).ShouldBe(200);
        await ann.CompleteAsync(done).ShouldBe(201);
        (await _http.PutAsync(done, Uploads.Pdf(1000, 7))).ShouldBe(200, "the address is still good");
        (await LeftAsync()).ShouldBe(2);
        await SweepUntilAsync(1, TimeSpan.FromMinutes(40), "what was put again to go");
        await SweepUntilAsync(0, TimeSpan.FromHours(26), "what nobody completed to go");
    }

    [Fact]
    public async Task Where_the_setting_is_off_it_is_not_there_and_says_what_is()
    {
        await _server.RestartAsync("--Maru:Files:S3:PresignedUploads=false");
        var ann = await _server.SignUpAsync("cat");
        var details = await ann.TryPresignAsync(new { name = "a.pdf", size = 10 }).ShouldRefuse(Problem.NotFound);
        details.GetProperty("detail").GetString()!.ShouldContain("POST /api/files");
        await ann.Http.SendAsync("POST /api/files/presigned/1/complete").ShouldRefuse(Problem.NotFound);
    }

    public async ValueTask InitializeAsync()
    {
        _options = await s3.MakeBucketAsync();
        // addresses are judged by the store's clock
        _time.Jump(DateTimeOffset.UtcNow - _time.GetUtcNow());
        _server = await MaruServer.StartAsync(
            _time,
            null,
            [
                .. S3Process.SettingsOf(_options), "--Maru:Files:S3:PresignedUploads=true", "--Maru:Files:DocumentBytes=30000",
                "--Maru:Files:BytesPerUser=100000",
                .. TestContext.Current.TestMethod!.MethodName.StartsWith("Limits", StringComparison.Ordinal)
                    ? Array.Empty<string>()
                    : ["--Maru:Files:DocumentBytes=1000000", "--Maru:Files:BytesPerUser=10000000"],
            ]);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    private async Task<HttpResponseMessage> PutAndCompleteAsync(Person person, byte[] content, object about)
    {
        var upload = await person.TryPresignAsync(about).Read<PresignedUpload>(201);
        (await _http.PutAsync(upload, content)).ShouldBe(200);
        return await person.CompleteAsync(upload);
    }

    private async Task SweepUntilAsync(int left, TimeSpan most, string what)
    {
        for (var passed = TimeSpan.Zero; passed < most; passed += TimeSpan.FromMinutes(10)) _time.Advance(TimeSpan.FromMinutes(10));
        await Deadline.Until(
            async () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                return await LeftAsync() == left;
            },
            what);
    }

    /// <summary>Returns how many parts of uploads are in the bucket.</summary>
    private async Task<int> LeftAsync() =>
        Part().Count(await _http.GetStringAsync(new Uri($"{s3.Address}/{_options.Bucket}?list-type=2"), Ct));

    [GeneratedRegex("<Key>uploads/")]
    private static partial Regex Part();
}
