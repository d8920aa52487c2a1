using System.Net;
using Maru.Server.Configuration;
using Maru.Server.Features.Messages;
using Maru.Server.Platform;
using Maru.Server.Tests.Features.LinkPreviews;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Files;

/// <summary>Files that clients read from the bucket itself.</summary>
public sealed class PresignedTests(S3Process s3) : IClassFixture<S3Process>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_may_see_a_file_is_led_to_the_bucket_which_sends_it_as_the_server_does()
    {
        await using var server = await StartAsync();
        var ann = await server.SignUpAsync();
        SentFile[] files =
        [
            await ann.UploadAsync(Uploads.Pixel, "여름 \"휴가\" (1).png"),
            await ann.UploadAsync(Uploads.Text("<script>'한글'</script>"), "a.html"),
            await ann.UploadAsync(Uploads.Pdf(), "50% + 1 & more; #2.pdf"),
        ];
        string[] addresses = [.. files.Select(file => file.Url), $"{files[0].Url}/small", $"{files[0].Url}/large"];
        var direct = await ReadAsync(server, ann, addresses);
        await server.RestartAsync("--Maru:Files:S3:Presigned=true");
        (await ReadAsync(server, ann, addresses)).ShouldBe(direct);
        (await ReadAsync(server, ann, addresses, "HEAD")).Select(x => x.Type).ShouldBe(direct.Select(x => x.Type));

        using var http = Client(server, redirects: false);
        foreach (var (method, address) in addresses.SelectMany(address => new[] { ("GET", address), ("HEAD", address) }))
        {
            using var response = await AskAsync(http, method, address, ("Authorization", $"Bearer {ann.AccessToken}"));
            response.StatusCode.ShouldBe(HttpStatusCode.Found);
            response.Headers.Location!.GetLeftPart(UriPartial.Authority).ShouldBe(s3.Address);
            response.Headers.CacheControl!.ToString().ShouldBe("max-age=75, private");
            response.Headers.Vary.ShouldBe(["Authorization", "Cookie"], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task The_picture_of_a_preview_is_sent_from_there_to_who_sees_its_message()
    {
        await using var server = await StartAsync();
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync();
        var picture = $"/api/files/previews/pictures/{await server.ShowPictureAsync(room, (await ann.SayAsync(room)).Seq)}";
        var direct = await ReadAsync(server, ann, [picture]);
        await server.RestartAsync("--Maru:Files:S3:Presigned=true");
        (await ReadAsync(server, ann, [picture])).ShouldBe(direct);
        using var http = Client(server, redirects: false);
        using (var led = await AskAsync(http, "GET", picture, ("Authorization", $"Bearer {ann.AccessToken}")))
            led.Headers.Location!.GetLeftPart(UriPartial.Authority).ShouldBe(s3.Address);
        (await StatusAsync(http, "GET", picture, ("Authorization", $"Bearer {ben.AccessToken}"))).ShouldBe(404);
    }

    [Fact]
    public async Task A_page_is_led_there_by_its_cookie_and_ranges_are_those_of_the_bucket()
    {
        await using var server = await StartAsync("--Maru:Files:S3:Presigned=true");
        var ann = await server.SignUpAsync();
        var content = Uploads.Pdf();
        var file = await ann.UploadAsync(content);
        using var http = Client(server, redirects: true);
        using var response = await AskAsync(
            http, "GET", file.Url, ("Cookie", $"{TokenInCookie.Name}={ann.AccessToken}"), ("Range", "bytes=0-99"));
        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await response.Content.ReadAsByteArrayAsync(Ct)).ShouldBe(content[..100]);
    }

    [Fact]
    public async Task Who_may_not_see_a_file_is_led_nowhere_and_what_is_led_to_is_that_alone()
    {
        await using var server = await StartAsync("--Maru:Files:S3:Presigned=true");
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var (file, other) = (await ann.UploadAsync(), await ann.UploadAsync());
        using var http = Client(server, redirects: false);
        using (var stranger = await AskAsync(http, "GET", file.Url, ("Authorization", $"Bearer {ben.AccessToken}")))
            stranger.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using (var nobody = await AskAsync(http, "GET", file.Url)) nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using (var none = await AskAsync(http, "GET", $"{file.Url}/small", ("Authorization", $"Bearer {ann.AccessToken}")))
            none.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        using var led = await AskAsync(http, "GET", file.Url, ("Authorization", $"Bearer {ann.AccessToken}"));
        var address = led.Headers.Location!.OriginalString;
        (await StatusAsync(http, "GET", address)).ShouldBe(200);
        var ofOther = address.Replace($"files/{file.Id}/", $"files/{other.Id}/", StringComparison.Ordinal);
        (await StatusAsync(http, "GET", ofOther)).ShouldBe(403);
        (await StatusAsync(http, "GET", address.Replace("attachment", "inline", StringComparison.Ordinal))).ShouldBe(403);
        (await StatusAsync(http, "PUT", address)).ShouldBe(403);
        (await StatusAsync(http, "DELETE", address)).ShouldBe(403);
    }

    [Fact]
    public async Task An_address_ends_with_its_life()
    {
        var time = new ManualTime();
        time.Jump(DateTimeOffset.UtcNow - time.GetUtcNow() - TimeSpan.FromMinutes(6));
        await using var server = await StartAsync(time, "--Maru:Files:S3:Presigned=true");
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync();
        using var http = Client(server, redirects: true);
        (await StatusAsync(http, "GET", file.Url, ("Authorization", $"Bearer {ann.AccessToken}"))).ShouldBe(403);
        time.Jump(TimeSpan.FromMinutes(6));
        (await StatusAsync(http, "GET", file.Url, ("Authorization", $"Bearer {ann.AccessToken}"))).ShouldBe(200);
    }

    [Theory]
    [InlineData("Presigned", "img-src 'self' data: blob: https://cdn.example.org; media-src 'self' blob: https://cdn.example.org;")]
    [InlineData("PresignedUploads", "img-src 'self' data: blob:; media-src 'self' blob:;")]
    public async Task Pages_may_speak_with_the_buckets_origin_and_show_what_is_there_where_it_is_used(string setting, string shown)
    {
        await using var server = await StartAsync(
            $"--Maru:Files:S3:{setting}=true", "--Maru:Files:S3:PublicEndpoint=https://cdn.example.org");
        using var page = await server.Http.SendAsync("GET /");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain(shown);
        policy.ShouldContain("connect-src 'self' https://cdn.example.org;");
        policy.ShouldContain("script-src 'self';");
    }

    [Theory]
    [InlineData("--Maru:Files:S3:Presigned=true", "need Bucket")]
    [InlineData("--Maru:Files:S3:PresignedUploads=true", "need Bucket")]
    [InlineData("--Maru:Files:S3:PublicEndpoint=https://a.example.org;script-src", "PublicEndpoint must be")]
    public async Task Settings_that_make_no_sense_end_the_start(string setting, string why) =>
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync(setting))).Message.ShouldContain(why);

    private Task<MaruServer> StartAsync(params string[] settings) => StartAsync(null, settings);

    private async Task<MaruServer> StartAsync(ManualTime? time, params string[] settings)
    {
        var options = await s3.MakeBucketAsync();
        return await MaruServer.StartAsync(time, null, [.. S3Process.SettingsOf(options), .. settings]);
    }

    private static HttpClient Client(MaruServer server, bool redirects) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = redirects, UseCookies = false }) { BaseAddress = server.Address };

    private static Task<HttpResponseMessage> AskAsync(
        HttpClient http, string method, string address, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), address);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return http.SendAsync(request, Ct);
    }

    private static async Task<int> StatusAsync(
        HttpClient http, string method, string address, params (string Name, string Value)[] headers)
    {
        using var response = await AskAsync(http, method, address, headers);
        return (int)response.StatusCode;
    }

    /// <summary>Reads as a client that follows redirects: it sends its token to the server alone.</summary>
    private static async Task<(string Type, string? Disposition, string Content)[]> ReadAsync(
        MaruServer server, Person person, string[] addresses, string method = "GET")
    {
        using var http = Client(server, redirects: true);
        var read = new List<(string, string?, string)>();
        foreach (var address in addresses)
        {
            using var response = await AskAsync(http, method, address, ("Authorization", $"Bearer {person.AccessToken}"));
            ((int)response.StatusCode).ShouldBe(200, address);
            var content = response.Content;
            var disposition = content.Headers.GetValues("Content-Disposition").Single();
            read.Add((
                content.Headers.ContentType!.ToString(), disposition, Convert.ToBase64String(await content.ReadAsByteArrayAsync(Ct))));
        }

        return [.. read];
    }
}
