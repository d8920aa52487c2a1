using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.LinkPreviews;

/// <summary>Pictures of previews: they come from this server, and to nobody who does not see the message.</summary>
public sealed class PreviewPictureTests : IAsyncLifetime
{
    private readonly WebSite _site = new();
    private readonly ManualTime _time = new();
    private MaruServer _server = null!;
    private Person _ann = null!, _ben = null!;
    private Room _room = null!;

    private string Folder => Path.Combine(_server.Folder, "files");

    public async ValueTask InitializeAsync()
    {
        _server = await MaruServer.StartAsync(
            _time, null, "--Maru:LinkPreviews:Enabled=true", "--Maru:LinkPreviews:AllowedNetworks=127.0.0.1",
            "--Maru:LinkPreviews:PictureBytes=100000", "--Maru:LinkPreviews:CacheFor=02:00:00",
            "--Maru:Jwt:AccessTokenLifetime=1.00:00:00");
        (_ann, _ben) = (await _server.SignUpAsync("ann"), await _server.SignUpAsync("ben"));
        _room = await _ann.MakeRoomAsync(members: _ben.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task A_picture_is_made_anew_and_kept_here_for_those_who_see_the_message()
    {
        _site.Serve("/picture", Uploads.Pixel, "image/png");
        var (seq, preview) = await PreviewAsync("/picture");
        preview.Image.ShouldNotBeNull();
        (preview.Image.Width, preview.Image.Height).ShouldBe((1, 1));
        preview.Image.Url.ShouldStartWith("/api/files/previews/pictures/");
        using (var response = await _ben.Http.GetAsync(preview.Image.Url, TestContext.Current.CancellationToken))
        {
            ((int)response.StatusCode).ShouldBe(200);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("image/webp");
            response.Content.Headers.ContentDisposition!.ToString().ShouldBe("inline");
            response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");
            response.Headers.CacheControl!.ToString().ShouldContain("private");
            response.Headers.ETag.ShouldNotBeNull();
            var content = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            content.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeTrue();
        }

        var cho = await _server.SignUpAsync("cho");
        await cho.Http.SendAsync($"GET {preview.Image.Url}").ShouldRefuse(Problem.NotFound);
        await _server.Http.SendAsync($"GET {preview.Image.Url}").ShouldBe(401);
        await cho.JoinAsync(_room);
        await cho.Http.SendAsync($"GET {preview.Image.Url}").ShouldBe(200);
        await _ann.Http.SendAsync($"DELETE /api/rooms/{_room.Id}/messages/{seq}").ShouldBe(204);
        await _ben.Http.SendAsync($"GET {preview.Image.Url}").ShouldRefuse(Problem.NotFound);
        Kept().Length.ShouldBe(1);      // for the next message with the link
        _time.Advance(TimeSpan.FromHours(4));
        await Deadline.Until(() => Kept().Length == 0, "the picture that nothing shows went");
    }

    [Fact]
    public async Task A_picture_of_a_message_stays_and_goes_when_its_preview_is_taken_away()
    {
        _site.Serve("/picture", Uploads.Pixel, "image/png");
        var (seq, preview) = await PreviewAsync("/picture");
        _time.Advance(TimeSpan.FromHours(4));
        (_, var other) = await PreviewAsync("/picture");       // fetched again: the swept cache has forgotten it
        other.Image!.Url.ShouldNotBe(preview.Image!.Url);
        _time.Advance(TimeSpan.FromHours(2));
        await _ben.Http.SendAsync($"GET {preview.Image.Url}").ShouldBe(200);
        await _ann.Http.SendAsync($"DELETE /api/rooms/{_room.Id}/messages/{seq}/previews").ShouldBe(204);
        await _ben.Http.SendAsync($"GET {preview.Image.Url}").ShouldRefuse(Problem.NotFound);
        _time.Advance(TimeSpan.FromHours(2));
        await Deadline.Until(() => Kept().Length == 1, "the picture that nothing shows went");
        await _ben.Http.SendAsync($"GET {other.Image.Url}").ShouldBe(200);
    }

    [Fact]
    public async Task What_is_no_picture_or_too_large_or_elsewhere_leaves_a_preview_without_one()
    {
        _site.Serve("/html", "<script>alert(1)</script>", "image/png");
        _site.Serve("/svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml");
        _site.Serve("/large", [.. Uploads.Pixel, .. new byte[100_000]], "image/png");
        _site.Serve("/broken", Uploads.Pixel[..40], "image/png");
        _site.Redirect("/inner", "http://169.254.169.254/latest/meta-data/");
        _site.On("/endless", async (stream, ct) =>
        {
            await WebSite.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n", ct);
            while (true) await stream.WriteAsync(new byte[64 * 1024], ct);
        });
        foreach (var path in new[] { "/html", "/svg", "/large", "/broken", "/inner", "/endless", "/none" })
        {
            var (_, preview) = await PreviewAsync(path);
            preview.Title.ShouldBe("Page");
            preview.Image.ShouldBeNull(path);
        }

        Kept().ShouldBeEmpty();
        Uploads.Contents(Path.Combine(Folder, "fetching")).ShouldBeEmpty();
    }

    private string[] Kept() => Directory.Exists(Path.Combine(Folder, "previews"))
        ? [.. Directory.EnumerateFiles(Path.Combine(Folder, "previews"), "*", SearchOption.AllDirectories)]
        : [];

    /// <summary>Sends a link to a page that has a picture at the path, and waits for its preview.</summary>
    private async Task<(long Seq, Preview Preview)> PreviewAsync(string picture)
    {
        var page = $"/page{picture}";
        _site.Serve(page, $"<title>Page</title><meta property=og:image content='{picture}'>");
        var sent = await _ann.SayAsync(_room, $"{_site.At(page)}");
        Preview? found = null;
        await Deadline.Until(
            async () => (found = (await _ann.HistoryAsync(_room)).Single(x => x.Seq == sent.Seq).Previews?.Single()) is not null,
            "the preview came");
        return (sent.Seq, found!);
    }
}
