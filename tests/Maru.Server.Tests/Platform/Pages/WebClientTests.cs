using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Maru.Engine.Problems;
using Maru.Server.Configuration;

namespace Maru.Server.Tests.Platform.Pages;

/// <summary>What browsers get of the web client: what they keep, in which form, and what it may do.</summary>
public sealed class WebClientTests
{
    private const string ForGood = "public, max-age=31536000, immutable";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        + "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    [Theory]
    [InlineData("/", "text/html; charset=utf-8", "no-cache")]
    [InlineData("/index.html", "text/html; charset=utf-8", "no-cache")]
    [InlineData("/app.css", "text/css; charset=utf-8", "no-cache")]
    [InlineData("/sw.js", "text/javascript; charset=utf-8", "no-cache")]
    [InlineData("/manifest.webmanifest", "application/manifest+json", "no-cache")]
    [InlineData("/data.json", "application/json", "no-cache")]
    [InlineData("/icon.svg", "image/svg+xml", "no-cache")]
    [InlineData("/code.wasm", "application/wasm", "no-cache")]
    [InlineData("/favicon.ico", "image/x-icon", "no-cache")]
    [InlineData("/assets/app-0a1b2c.js", "text/javascript; charset=utf-8", ForGood)]
    [InlineData("/assets/app-0a1b2c.css", "text/css; charset=utf-8", ForGood)]
    [InlineData("/assets/text-0a1b2c.woff2", "font/woff2", ForGood)]
    public async Task Each_file_has_its_type_and_its_time_in_caches(string path, string type, string cacheControl)
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync(client.Setting);
        using var answer = await server.Http.SendAsync($"GET {path}");
        ((int)answer.StatusCode).ShouldBe(200);
        (answer.Content.Headers.ContentType?.ToString()).ShouldBe(type);
        Field(answer, "Cache-Control").Split(", ").ShouldBe(cacheControl.Split(", "), ignoreOrder: true);
        answer.Headers.ETag.ShouldNotBeNull().IsWeak.ShouldBeFalse();
        Field(answer, "Content-Security-Policy").ShouldBe(Policy);
        Field(answer, "X-Content-Type-Options").ShouldBe("nosniff");
        Field(answer, "Referrer-Policy").ShouldBe("no-referrer");
        Field(answer, "Cross-Origin-Opener-Policy").ShouldBe("same-origin");
        Field(answer, "Permissions-Policy").ShouldContain("camera=(), ");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("br;q=0.5, gzip;q=0.8", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0", null)]
    [InlineData("br;q=0.001", "br")]
    [InlineData("br;q=0.5, identity", null)]
    [InlineData("*", "br")]
    [InlineData("*;q=0", null)]
    [InlineData("*, br;q=0", "gzip")]
    [InlineData("zstd", null)]
    [InlineData("identity;q=0", null)]
    [InlineData(";;;", null)]
    public async Task The_form_that_the_client_likes_best_is_sent(string? accepted, string? coding)
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync(client.Setting);
        foreach (var path in (string[])["/sw.js", "/assets/app-0a1b2c.js"])
        {
            using var answer = await SendAsync(server, path, "Accept-Encoding", accepted);
            ((int)answer.StatusCode).ShouldBe(200);
            (answer.Content.Headers.ContentEncoding.SingleOrDefault()).ShouldBe(coding);
            (answer.Content.Headers.ContentType?.ToString()).ShouldBe("text/javascript; charset=utf-8");
            Field(answer, "Vary").ShouldBe("Accept-Encoding");
            (await TextAsync(answer)).ShouldBe(WebClient.Script);
        }
    }

    [Fact]
    public async Task A_file_without_other_forms_is_the_same_for_all()
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync(client.Setting);
        foreach (var path in (string[])["/", "/app.css"])
        {
            using var answer = await SendAsync(server, path, "Accept-Encoding", "gzip, br");
            answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
            answer.Headers.Vary.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Each_form_has_a_tag_of_its_own()
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync(client.Setting);
        foreach (var path in (string[])["/sw.js", "/assets/app-0a1b2c.js"])
        {
            var tags = new List<string>();
            foreach (var coding in (string[])["identity", "gzip", "br"])
            {
                using var answer = await SendAsync(server, path, "Accept-Encoding", coding);
                tags.Add(answer.Headers.ETag!.Tag);
            }

            tags.Distinct().Count().ShouldBe(3, path);
        }
    }

    /// <summary>A service worker is asked for again and again; two builds may have files of one length, made in one second.</summary>
    [Theory]
    [InlineData("/sw.js", "sw.js")]
    [InlineData("/", "index.html")]
    public async Task Another_build_has_another_tag(string path, string name)
    {
        using var client = new WebClient();
        client.Write(name, "<!-- 1 -->");
        await using var server = await MaruServer.StartAsync(client.Setting);
        using var first = await server.Http.SendAsync($"GET {path}");
        await server.RestartAsync(() =>
        {
            client.Write(name, "<!-- 2 -->");
            return Task.CompletedTask;
        });
        using var second = await SendAsync(server, path, "If-None-Match", first.Headers.ETag!.ToString());
        (await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("<!-- 2 -->");
    }

    [Theory]
    [InlineData("/rooms/1")]
    [InlineData("/rooms/1/threads/7?at=3")]
    [InlineData("/settings/")]
    [InlineData("/apiary")]
    [InlineData("/wsx")]
    [InlineData("/invite/%EC%95%88%EB%85%95")]
    public async Task An_address_of_the_client_survives_a_reload(string path)
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync(client.Setting);
        using var answer = await SendAsync(server, path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        (await Task.FromResult(answer).ShouldBe(200)).ShouldBe(WebClient.Index);
        Field(answer, "Cache-Control").ShouldBe("no-cache");
        Field(answer, "Vary").ShouldBe("Accept");
        using var page = await server.Http.SendAsync("GET /");
        answer.Headers.ETag.ShouldBe(page.Headers.ETag);
    }

    [Theory]
    [InlineData("/rooms/1", "application/json")]
    [InlineData("/rooms/1", "*/*")]
    [InlineData("/rooms/1", "text/html;q=0, */*")]
    [InlineData("/rooms/1", null)]
    [InlineData("/nothing.png", "text/html")]
    [InlineData("/rooms/nothing.js", "text/html")]
    [InlineData("/assets/app-ffffff.js", "text/html")]
    [InlineData("/assets/x", "text/html")]
    [InlineData("/api", "text/html")]
    [InlineData("/api/nothing", "text/html")]
    [InlineData("/API/nothing", "text/html")]
    [InlineData("/ws/x", "text/html")]
    [InlineData("/health/x", "text/html")]
    [InlineData("/metrics", "text/html")]
    [InlineData("/openapi/x", "text/html")]
    [InlineData("/.well-known/x", "text/html")]
    public async Task What_is_for_programs_is_never_a_page(string path, string? accepted)
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync(client.Setting);
        using var answer = await SendAsync(server, path, "Accept", accepted);
        Field(answer, "Cache-Control").ShouldBe("no-store");
        await Task.FromResult(answer).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task An_address_of_the_client_takes_nothing_but_reads()
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync(client.Setting);
        var request = new HttpRequestMessage(HttpMethod.Post, "/rooms/1");
        request.Headers.Add("Accept", "text/html");
        await server.Http.SendAsync(request, TestContext.Current.CancellationToken).ShouldRefuse(Problem.NotFound);
    }

    [Theory]
    [InlineData("--Maru:Http:BasePath=/chat", null, "/chat/")]
    [InlineData("--Maru:Limits:Proxies=127.0.0.1", "/there", "/there/")]
    [InlineData("--Maru:Limits:Proxies=127.0.0.1", null, "/")]
    [InlineData("--Maru:Limits:Proxies=127.0.0.1", "/\"><script>", "/")]
    public async Task The_page_tells_the_path_below_which_it_lies(string setting, string? told, string path)
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync(client.Setting, setting);
        foreach (var address in (string[])["/", "/rooms/1"])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Add("Accept", "text/html");
            request.Headers.Add("X-Forwarded-For", "192.0.2.1");
            if (told is not null) request.Headers.TryAddWithoutValidation("X-Forwarded-Prefix", told);
            using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
            (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
                .ShouldBe(WebClient.Index.Replace("<base href=\"/\">", $"<base href=\"{path}\">", StringComparison.Ordinal));
            using var again = await SendAsync(server, "/", "If-None-Match", answer.Headers.ETag!.ToString());
            ((int)again.StatusCode).ShouldBe(told is null || path == "/" ? 304 : 200, "another page has another tag");
        }
    }

    [Fact]
    public async Task Pictures_of_other_origins_are_loaded_where_the_operator_says_so()
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync(
            client.Setting, "--Maru:Http:ImageOrigins=https://a.example.org, https://b.example.org:8443");
        using var answer = await server.Http.SendAsync("GET /");
        Field(answer, "Content-Security-Policy")
            .ShouldContain("; img-src 'self' data: blob: https://a.example.org https://b.example.org:8443; media-src");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://a.example.org; script-src *")]
    [InlineData("https:")]
    public async Task What_is_no_origin_of_pictures_ends_the_start(string origin) =>
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync($"--Maru:Http:ImageOrigins={origin}")))
            .Message.ShouldContain($"ImageOrigins has {origin}, which is no origin");

    [Theory]
    [InlineData("/")]
    [InlineData("/rooms/1")]
    public async Task Where_the_client_was_not_built_a_page_says_so_and_links_only_to_what_is_there(string path)
    {
        await using var server = await MaruServer.StartAsync();
        using var answer = await SendAsync(server, path, "Accept", "text/html");
        var page = await Task.FromResult(answer).ShouldBe(200);
        page.ShouldContain("it was not built");
        Field(answer, "Content-Security-Policy").ShouldBe(Policy);
        var links = Regex.Matches(page, "<a href=\"([^\":]+)\"").Select(match => match.Groups[1].Value).ToArray();
        links.Length.ShouldBe(2);
        foreach (var link in links) await server.Http.SendAsync($"GET /{link}").ShouldBe(200);
    }

    private static Task<HttpResponseMessage> SendAsync(MaruServer server, string path, string header, string? value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (value is not null) request.Headers.TryAddWithoutValidation(header, value);
        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer)
    {
        var bytes = new MemoryStream(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        await using Stream plain = answer.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(bytes, CompressionMode.Decompress),
            "gzip" => new GZipStream(bytes, CompressionMode.Decompress),
            _ => bytes,
        };
        using var reader = new StreamReader(plain, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string Field(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).ShouldHaveSingleItem();
}
