using System.Net;
using Maru.Engine.Problems;
using Maru.Server.Platform;

namespace Maru.Server.Tests.Features.Files;

/// <summary>How contents are sent: in ranges, and so that nothing of them runs.</summary>
public sealed class FileContentTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Ranges_of_all_kinds_are_those_of_the_standard()
    {
        var ann = await server.SignUpAsync();
        byte[] content = [.. "%PDF-"u8, .. Enumerable.Range(0, 95).Select(i => (byte)i)];
        var file = await ann.UploadAsync(content);
        (string Range, int Status, int From, int Length)[] cases =
        [
            ("bytes=0-9", 206, 0, 10), ("bytes=90-", 206, 90, 10), ("bytes=-5", 206, 95, 5), ("bytes=99-500", 206, 99, 1),
            ("bytes=-500", 206, 0, 100), ("bytes=100-", 416, 0, 0), ("bytes=-0", 416, 0, 0), ("lines=1-2", 200, 0, 100),
            ("bytes=9-3", 200, 0, 100), ("bytes=x", 200, 0, 100), ("bytes=0-1,5-6", 200, 0, 100),
            ("bytes=99999999999999999999-", 200, 0, 100),
        ];
        foreach (var (range, status, from, length) in cases)
        {
            using var response = await AskAsync(ann, file.Url, ("Range", range));
            ((int)response.StatusCode).ShouldBe(status, range);
            if (status == 416) continue;
            (await response.Content.ReadAsByteArrayAsync(Ct)).ShouldBe(content[from..(from + length)], range);
            var told = status == 206 ? $"bytes {from}-{from + length - 1}/100" : null;
            response.Content.Headers.ContentRange?.ToString().ShouldBe(told, range);
        }
    }

    [Fact]
    public async Task A_browser_that_has_it_asks_whether_it_is_the_same_and_may_still_be_seen()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var file = await ann.UploadAsync();
        using var first = await AskAsync(ann, file.Url);
        var tag = first.Headers.ETag!.ToString();
        first.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
        using var again = await AskAsync(ann, file.Url, ("If-None-Match", tag));
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var part = await AskAsync(ann, file.Url, ("If-Range", tag), ("Range", "bytes=0-4"));
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        using var other = await AskAsync(ann, file.Url, ("If-Range", "\"other\""), ("Range", "bytes=0-4"));
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var stranger = await AskAsync(ben, file.Url, ("If-None-Match", tag));
        stranger.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var head = await ann.Http.SendAsync($"HEAD {file.Url}");
        head.Content.Headers.ContentLength.ShouldBe(file.Size);
    }

    [Theory]
    [InlineData("<html><script>alert(1)</script>", "page.html", "text/plain; charset=utf-8")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", "picture.svg", "text/plain; charset=utf-8")]
    [InlineData("%PDF-1.7 <script>", "report.pdf", "application/pdf")]
    [InlineData("PK\u0005\u0006", "photo.jpg", "application/zip")]
    [InlineData("\u0001\u0002\u0003", "photo.png", "application/octet-stream")]
    public async Task Nothing_but_pictures_videos_and_sounds_is_shown_in_place(string content, string name, string type)
    {
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync(Uploads.Text(content), name);
        using var response = await AskAsync(ann, file.Url);
        file.Kind.ShouldBe("document");
        response.Content.Headers.ContentType!.ToString().ShouldBe(type);
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Cross-Origin-Resource-Policy").ShouldBe(["same-origin"]);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("sandbox");
        policy.ShouldContain("default-src 'none'");
        policy.ShouldNotContain("allow-");
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Windows\\system32\\cmd.exe", "cmd.exe")]
    [InlineData("photo\u202Egpj.exe", "photogpj.exe")]
    [InlineData("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x=1.txt")]
    [InlineData("quote\"and;semi.txt", "quote_and;semi.txt")]
    [InlineData("...", "file")]
    [InlineData("", "file")]
    [InlineData(null, "file")]
    [InlineData("CON.txt", "_CON.txt")]
    [InlineData("com1", "_com1")]
    [InlineData(".htaccess", "htaccess")]
    [InlineData("trailing. . ", "trailing")]
    [InlineData("한글 파일 이름.txt", "한글 파일 이름.txt")]
    [InlineData("\u1112\u1161\u11ab.txt", "한.txt")]
    [InlineData("zero\u200Bwidth\u0000nul.txt", "zerowidthnul.txt")]
    public void Names_are_made_safe(string? name, string safe) => Maru.Server.Features.Files.FileNames.Safe(name).ShouldBe(safe);

    [Fact]
    public async Task Long_names_keep_their_ending_and_names_come_back_in_the_header()
    {
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync(name: $"{new string('가', 300)}.pdf");
        System.Text.Encoding.UTF8.GetByteCount(file.Name).ShouldBeInRange(190, 200);
        file.Name.ShouldEndWith("가.pdf");
        var plain = await ann.UploadAsync(name: "여름 \"휴가\".pdf");
        using var response = await AskAsync(ann, plain.Url);
        response.Content.Headers.ContentDisposition!.FileNameStar.ShouldBe("여름 _휴가_.pdf");
    }

    [Fact]
    public async Task A_page_of_this_server_reads_files_by_a_cookie_that_does_nothing_else()
    {
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync(Uploads.Pixel);
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = server.Address };
        var signIn = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { handle = ann.Handle, password = Person.Password, cookie = true }),
        };
        signIn.Headers.Add("Origin", server.Address.GetLeftPart(UriPartial.Authority));
        using var signedIn = await http.SendAsync(signIn, Ct);
        var cookies = signedIn.Headers.GetValues("Set-Cookie").ToArray();
        var cookie = cookies.Single(x => x.StartsWith($"{TokenInCookie.Name}=", StringComparison.Ordinal));
        foreach (var attribute in (string[])["path=/api/files", "samesite=strict", "httponly"]) cookie.ShouldContain(attribute);
        var sent = cookie.Split(';')[0];
        (string, int)[] cases =
        [
            ($"GET {file.Url}", 200), ($"HEAD {file.Url}", 200), ($"GET {file.Url}/small", 200), ($"DELETE {file.Url}", 401),
            ("POST /api/files", 401), ("GET /api/me", 401), ("GET /api/me/files", 401),
        ];
        foreach (var (line, status) in cases)
        {
            var request = new HttpRequestMessage(new HttpMethod(line.Split(' ')[0]), line.Split(' ')[1]);
            request.Headers.Add("Cookie", sent);
            using var response = await http.SendAsync(request, Ct);
            ((int)response.StatusCode).ShouldBe(status, line);
        }

        // Signed out, it is dead.
        await ann.Http.SendAsync("DELETE /api/me/sessions").ShouldBe(204);
        var late = new HttpRequestMessage(HttpMethod.Get, file.Url);
        late.Headers.Add("Cookie", sent);
        using var dead = await http.SendAsync(late, Ct);
        ((int)dead.StatusCode).ShouldBe(Problem.SessionEnded.Status);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<HttpResponseMessage> AskAsync(Person person, string address, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return person.Http.SendAsync(request, Ct);
    }
}
