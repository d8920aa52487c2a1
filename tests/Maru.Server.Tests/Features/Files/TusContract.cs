using System.Net.Sockets;
using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Uploads;
using Maru.Server.Features.Messages;

namespace Maru.Server.Tests.Features.Files;

/// <summary>Uploads in parts, whatever store of files the server has.</summary>
public abstract class TusContract : IAsyncLifetime
{
    private protected MaruServer Server { get; private set; } = null!;

    private protected ManualTime Time { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_comes_in_parts_and_is_sent_as_any_other()
    {
        var ann = await Server.SignUpAsync();
        var content = TusClient.Content(250_000);
        var upload = await ann.BeginAsync(content.Length, "보고서 v2.pdf");
        (upload.Length, upload.Offset, upload.File).ShouldBe((content.Length, 0, null));
        (await ann.AppendAsync(upload, 0, content[..100_000])).ShouldBe(100_000);
        var seen = await ann.SeeAsync(upload);
        (seen.Offset, seen.File).ShouldBe((100_000, null));
        (await ann.AppendAsync(upload, 100_000, content[100_000..100_001])).ShouldBe(100_001);
        (await ann.AppendAsync(upload, 100_001, content[100_001..])).ShouldBe(content.Length);
        var file = (await ann.SeeAsync(upload)).File.ShouldNotBeNull();
        file.ShouldBe(new SentFile(file.Id, "document", "보고서 v2.pdf", "application/pdf", content.Length, $"/api/files/{file.Id}"));
        (await ann.DownloadAsync(file)).SequenceEqual(content).ShouldBeTrue();
        (await LeftAsync()).ShouldBe(0, "the parts are gone");
        (await ann.AppendAsync(upload, content.Length, [])).ShouldBe(content.Length, "a repeat changes nothing");
        (await ann.SeeAsync(upload)).File.ShouldBe(file);
    }

    [Fact]
    public async Task A_picture_is_made_as_in_one_request_and_a_voice_message_has_its_waveform()
    {
        var ann = await Server.SignUpAsync();
        var upload = await ann.BeginAsync(Uploads.Pixel.Length, "dot.png");
        await ann.AppendAsync(upload, 0, Uploads.Pixel);
        var picture = (await ann.SeeAsync(upload)).File.ShouldNotBeNull();
        (picture.Kind, picture.Width, picture.Height).ShouldBe(("image", 1, 1));
        picture.Placeholder.ShouldStartWith("data:image/webp;base64,");

        byte[] voice = [.. "OggS\0\u0002"u8, .. new byte[22], .. "\u0001\u0013OpusHead"u8, .. new byte[300]];
        var metadata = TusClient.Metadata(("filename", "v.ogg"), ("duration", "1.5"), ("waveform", "[0,50,100]"));
        using var begun = await ann.Http.TryBeginAsync(voice.Length, metadata);
        var spoken = await ann.Http.SendAsync($"GET {begun.Headers.Location}").Read<ResumableUpload>();
        await ann.AppendAsync(spoken, 0, voice);
        var sound = (await ann.SeeAsync(spoken)).File.ShouldNotBeNull();
        sound.Kind.ShouldBe("audio");
        sound.Duration.ShouldBe(1.5);
        sound.Waveform.ShouldBe([0, 50, 100]);
    }

    [Fact]
    public async Task Of_two_parts_at_once_one_is_taken_and_the_other_is_told_to_look()
    {
        var ann = await Server.SignUpAsync();
        var content = TusClient.Content(200_000);
        var upload = await ann.BeginAsync(content.Length);
        var responses = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
            ann.Http.TryAppendAsync(upload, 0, content[..(50_000 + i)])));
        responses.Count(response => (int)response.StatusCode == 204).ShouldBe(1);
        responses.Count(response => (int)response.StatusCode == 409).ShouldBe(3);
        foreach (var response in responses) response.Dispose();
        var file = (await ann.Http.ResumeAsync(upload, content)).File.ShouldNotBeNull();
        (await ann.DownloadAsync(file)).SequenceEqual(content).ShouldBeTrue();
        (await LeftAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task What_came_before_a_connection_broke_is_kept()
    {
        var ann = await Server.SignUpAsync();
        var content = TusClient.Content(300_000);
        var upload = await ann.BeginAsync(content.Length);
        await Should.ThrowAsync<Exception>(() => ann.Http.TryAppendAsync(upload, 0, new BrokenBody(content, 123_456)));
        await Deadline.Until(async () => (await ann.SeeAsync(upload)).Offset > 0, "the part to be kept");
        (await ann.SeeAsync(upload)).Offset.ShouldBeInRange(1, 123_456, "a broken connection may lose what nobody has read");
        var file = (await ann.Http.ResumeAsync(upload, content)).File.ShouldNotBeNull();
        (await ann.DownloadAsync(file)).SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_that_crawls_is_cut_off_by_time_and_goes_on_later()
    {
        var ann = await Server.SignUpAsync();
        var content = TusClient.Content(100_000);
        var upload = await ann.BeginAsync(content.Length);
        using var client = new TcpClient();
        await client.ConnectAsync(Server.Address.Host, Server.Address.Port, Ct);
        await using var stream = client.GetStream();
        var head = $"PATCH /api/uploads/{upload.Id} HTTP/1.1\r\nHost: {Server.Address.Authority}\r\n"
            + $"Authorization: Bearer {ann.AccessToken}\r\n"
            + $"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
            + $"Content-Length: {content.Length}\r\n\r\n";
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. content.AsSpan(0, 1000)], Ct);
        await Deadline.Until(() => Time.IsAwaited(new FilesOptions().UploadTimeout), "the server to wait");
        Time.Advance(new FilesOptions().UploadTimeout + TimeSpan.FromSeconds(1));
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync(Ct).AsTask().Within("it to be cut off")).ShouldStartWith("HTTP/1.1 408 ");
        (await ann.SeeAsync(upload)).Offset.ShouldBe(1000, "what came is kept");
        (await ann.Http.ResumeAsync(upload, content)).File.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_upload_expires_a_day_after_its_last_part_and_leaves_nothing()
    {
        var ann = await Server.SignUpAsync();
        var content = TusClient.Content(100_000);
        var (stale, alive) = (await ann.BeginAsync(content.Length), await ann.BeginAsync(content.Length));
        await ann.AppendAsync(stale, 0, content[..1000]);
        await ann.AppendAsync(alive, 0, content[..1000]);
        stale.ExpiresAt.ShouldBe(Time.GetUtcNow().AddDays(1), TimeSpan.FromSeconds(1));
        (await LeftAsync()).ShouldBe(2);
        // as much as an access token lives
        Time.Advance(TimeSpan.FromMinutes(10));
        await ann.AppendAsync(alive, 1000, content[1000..2000]);
        Time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(5));
        ann = await Server.SignInAsync(ann.Handle);
        await ann.Http.SendAsync($"GET /api/uploads/{stale.Id}").ShouldRefuse(Problem.NotFound);
        await ann.Http.TryAppendAsync(stale, 1000, content[1000..]).ShouldRefuse(Problem.NotFound);
        (await ann.SeeAsync(alive)).Offset.ShouldBe(2000);
        await Deadline.Until(
            async () =>
            {
                Time.Advance(TimeSpan.FromMinutes(1));
                return await LeftAsync() == 2;
            },
            "the sweep to remove the part of the one");
    }

    [Fact]
    public async Task An_upload_is_given_up_with_its_parts()
    {
        var ann = await Server.SignUpAsync();
        var upload = await ann.BeginAsync(1000);
        await ann.AppendAsync(upload, 0, TusClient.Content(500));
        using (var gone = await ann.Http.SendAsync(TusClient.Request("DELETE", $"/api/uploads/{upload.Id}"), Ct))
            ((int)gone.StatusCode).ShouldBe(204);
        (await LeftAsync()).ShouldBe(0);
        await ann.Http.SendAsync(TusClient.Request("DELETE", $"/api/uploads/{upload.Id}"), Ct).ShouldRefuse(Problem.NotFound);
        await ann.Http.TryAppendAsync(upload, 500, new byte[500]).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task What_is_no_file_that_we_take_ends_with_its_upload()
    {
        var ann = await Server.SignUpAsync();
        byte[] lie = [.. Uploads.Pixel.AsSpan(0, 20), .. new byte[1000]];
        var upload = await ann.BeginAsync(lie.Length, "lie.png");
        await ann.Http.TryAppendAsync(upload, 0, lie).ShouldRefuse(FileProblems.UnsupportedFile);
        await ann.Http.SendAsync($"GET /api/uploads/{upload.Id}").ShouldRefuse(Problem.NotFound);
        (await LeftAsync()).ShouldBe(0);
    }

    public async ValueTask InitializeAsync() => Server = await MaruServer.StartAsync(Time, null, await SettingsAsync());

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Server.DisposeAsync();
    }

    private protected abstract Task<string[]> SettingsAsync();

    /// <summary>Returns how many parts of uploads are in the store of files.</summary>
    private protected abstract Task<int> LeftAsync();

    /// <summary>A body that says its length, and of which not all comes.</summary>
    private sealed class BrokenBody(byte[] content, int sent) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(content.AsMemory(0, sent), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            throw new IOException("broken");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Length;
            return true;
        }
    }
}
