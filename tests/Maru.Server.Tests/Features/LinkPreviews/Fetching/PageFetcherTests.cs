using System.IO.Compression;
using System.Net;
using System.Text;
using Maru.Server.Features.LinkPreviews.Fetching;

namespace Maru.Server.Tests.Features.LinkPreviews.Fetching;

/// <summary>Pages of sites that mean harm, or only fail.</summary>
public sealed class PageFetcherTests
{
    private const string Page = "<title>Here</title>";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_is_fetched_without_cookies_or_anything_of_the_person()
    {
        await using var site = new WebSite();
        site.On("/", (stream, ct) => WebSite.WriteAsync(
            stream, $"HTTP/1.1 302 There\r\nSet-Cookie: a=b; Path=/\r\nLocation: /page\r\nContent-Length: 0\r\n\r\n", ct));
        site.Serve("/page", Page);
        (await FetchAsync(site.At("/#part"))).ShouldBe((new FetchedPage("Here", null, null, null), FetchOutcome.Fetched));
        site.Requests.Count.ShouldBe(2);
        foreach (var request in site.Requests)
        {
            request.ShouldContain("User-Agent: Maru/");
            foreach (var header in new[] { "Cookie", "Referer", "Authorization", "traceparent" }) request.ShouldNotContain(header);
        }
    }

    [Fact]
    public async Task Inner_addresses_get_no_connection_however_they_are_written()
    {
        await using var site = new WebSite();
        site.Serve("/", Page);
        using var client = new OutwardClient(new AddressPolicy(new FetchOptions()), Dns.GetHostAddressesAsync);
        foreach (var host in new[] { "127.0.0.1", "localhost", "2130706433", "0x7f.1", "017700000001", "[::1]", "[::ffff:127.0.0.1]", "0" })
        {
            var (response, _, outcome) = await client.GetAsync(new Uri($"http://{host}/"), "text/html", false, Ct);
            response.ShouldBeNull();
            outcome.ShouldBe(FetchOutcome.Refused, host);
            (_, _, outcome) = await client.GetAsync(new Uri($"http://{host}:{site.Port}/"), "text/html", false, Ct);
            outcome.ShouldBe(FetchOutcome.Refused, host);
        }

        site.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("http://user:secret@{0}/")]
    [InlineData("http://user@{0}/")]
    [InlineData("ftp://{0}/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://{0}/_x")]
    public async Task Addresses_of_another_kind_or_with_a_user_are_refused_also_behind_a_redirect(string address)
    {
        await using var site = new WebSite();
        site.Serve("/", Page);
        var uri = new Uri(string.Format(System.Globalization.CultureInfo.InvariantCulture, address, $"127.0.0.1:{site.Port}"));
        (await FetchAsync(uri)).Outcome.ShouldBe(FetchOutcome.Refused);
        site.Connections.ShouldBe(0);
        site.Redirect("/on", uri.OriginalString);
        (await FetchAsync(site.At("/on"))).Outcome.ShouldBe(FetchOutcome.Refused);
        site.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Redirects_inwards_are_refused()
    {
        await using var site = new WebSite("127.0.0.2");
        await using var inner = new WebSite("127.0.0.1", site.Port);
        inner.Serve("/secret", Page);
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            site.Redirect($"/{status}", inner.At("/secret").AbsoluteUri, status);
            (await FetchAsync(site.At($"/{status}"), "127.0.0.2")).Outcome.ShouldBe(FetchOutcome.Refused);
        }

        site.Redirect("/metadata", "http://169.254.169.254/latest/meta-data/");
        (await FetchAsync(site.At("/metadata"), "127.0.0.2")).Outcome.ShouldBe(FetchOutcome.Refused);
        inner.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A_host_that_resolves_to_another_address_the_next_time_is_checked_the_next_time()
    {
        await using var site = new WebSite("127.0.0.2");
        await using var inner = new WebSite("127.0.0.1", site.Port);
        inner.Serve("/secret", Page);
        site.Redirect("/", "/secret");
        var asked = 0;
        var options = new FetchOptions { AllowedNetworks = "127.0.0.2" };
        using var client = new OutwardClient(
            new AddressPolicy(options),
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(Interlocked.Increment(ref asked) == 1 ? "127.0.0.2" : "127.0.0.1")]));
        var fetcher = new PageFetcher(client, options, TimeProvider.System);
        (await fetcher.PageAsync(new Uri($"http://rebinding.example:{site.Port}/"), Ct)).Outcome.ShouldBe(FetchOutcome.Refused);
        asked.ShouldBe(2);      // once a connection: what was checked is what is connected to
        (site.Connections, inner.Connections).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Of_a_hosts_addresses_only_the_allowed_ones_are_connected_to()
    {
        await using var site = new WebSite("127.0.0.2");
        await using var inner = new WebSite("127.0.0.1", site.Port);
        site.Serve("/", Page);
        var options = new FetchOptions { AllowedNetworks = "127.0.0.2" };
        using var client = new OutwardClient(
            new AddressPolicy(options),
            (_, _) => Task.FromResult<IPAddress[]>(
                [IPAddress.Loopback, IPAddress.Parse("::ffff:127.0.0.1"), IPAddress.Parse("127.0.0.2")]));
        var fetcher = new PageFetcher(client, options, TimeProvider.System);
        (await fetcher.PageAsync(new Uri($"http://two.example:{site.Port}/"), Ct)).Page!.Title.ShouldBe("Here");
        inner.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        await using var site = new WebSite();
        site.Redirect("/a", "/b");
        site.Redirect("/b", "/a");
        (await FetchAsync(site.At("/a"))).Outcome.ShouldBe(FetchOutcome.Redirects);
        site.Connections.ShouldBe(6);
        for (var i = 0; i < 5; i++) site.Redirect($"/{i}", $"/{i + 1}");
        site.Serve("/5", Page);
        (await FetchAsync(site.At("/0"))).Outcome.ShouldBe(FetchOutcome.Fetched);
    }

    [Fact]
    public async Task A_page_without_an_end_is_read_as_far_as_the_bound()
    {
        await using var site = new WebSite();
        var written = 0L;
        site.On("/", async (stream, ct) =>
        {
            await WebSite.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{Page}", ct);
            while (true)
            {
                await stream.WriteAsync(new byte[64 * 1024], ct);
                written += 64 * 1024;
            }
        });
        (await FetchAsync(site.At("/"))).Page!.Title.ShouldBe("Here");
        written.ShouldBeLessThan(64L * 1024 * 1024);    // what the sockets hold, and no more
    }

    [Fact]
    public async Task Headers_without_an_end_are_refused()
    {
        await using var site = new WebSite();
        site.On("/", async (stream, ct) =>
        {
            await WebSite.WriteAsync(stream, "HTTP/1.1 200 OK\r\n", ct);
            while (true) await WebSite.WriteAsync(stream, $"X-More: {new string('x', 1000)}\r\n", ct);
        });
        (await FetchAsync(site.At("/"))).Outcome.ShouldBe(FetchOutcome.Unreachable);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Here</title>")]
    public async Task A_page_that_drips_costs_the_time_that_it_may(string beginning)
    {
        await using var site = new WebSite();
        var time = new ManualTime();
        var begun = new TaskCompletionSource();
        site.On("/", async (stream, ct) =>
        {
            await WebSite.WriteAsync(stream, beginning, ct);
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        });
        var options = new FetchOptions { AllowedNetworks = "127.0.0.1" };
        using var client = new OutwardClient(new AddressPolicy(options), Dns.GetHostAddressesAsync);
        var fetching = new PageFetcher(client, options, time).PageAsync(site.At("/"), Ct);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        time.Advance(options.Timeout - TimeSpan.FromMilliseconds(1));
        fetching.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        (await fetching.WaitAsync(TimeSpan.FromSeconds(20), Ct)).Outcome.ShouldBe(FetchOutcome.Late);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_packed_page_is_unpacked_as_far_as_the_bound(string coding)
    {
        await using var site = new WebSite();
        var bomb = Pack(coding, [.. Encoding.UTF8.GetBytes(Page), .. new byte[256 * 1024 * 1024]]);
        bomb.Length.ShouldBeLessThan(512 * 1024);
        site.Serve("/", bomb, headers: $"Content-Encoding: {coding}\r\n");
        (await FetchAsync(site.At("/"))).Page!.Title.ShouldBe("Here");
        site.Serve("/broken", [.. Pack(coding, Encoding.UTF8.GetBytes(Page))[..^6], 1, 2, 3], headers: $"Content-Encoding: {coding}\r\n");
        (await FetchAsync(site.At("/broken"))).Outcome.ShouldBeOneOf(FetchOutcome.Fetched, FetchOutcome.Empty);
    }

    [Theory]
    [InlineData("application/pdf", "")]
    [InlineData("image/svg+xml", "")]
    [InlineData("text/plain", "")]
    [InlineData("application/json", "")]
    [InlineData("nonsense", "")]
    [InlineData("text/html", "Content-Encoding: compress\r\n")]
    [InlineData("text/html", "Content-Encoding: gzip, gzip\r\n")]
    public async Task What_is_no_page_is_not_read(string type, string headers)
    {
        await using var site = new WebSite();
        site.Serve("/", Encoding.UTF8.GetBytes(Page), type, headers);
        (await FetchAsync(site.At("/"))).Outcome.ShouldBe(FetchOutcome.Type);
    }

    [Fact]
    public async Task What_fails_says_why()
    {
        await using var site = new WebSite();
        (await FetchAsync(site.At("/none"))).Outcome.ShouldBe(FetchOutcome.Status);
        site.On("/cut", (stream, ct) => WebSite.WriteAsync(
            stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<title>", ct));
        (await FetchAsync(site.At("/cut"))).Outcome.ShouldBe(FetchOutcome.Unreachable);
        site.On("/other", (stream, ct) => WebSite.WriteAsync(stream, "SSH-2.0-OpenSSH_9.9\r\n", ct));
        (await FetchAsync(site.At("/other"))).Outcome.ShouldBe(FetchOutcome.Unreachable);
        site.Redirect("/nowhere", "http://[bad");
        (await FetchAsync(site.At("/nowhere"))).Outcome.ShouldBe(FetchOutcome.Status);
        site.Serve("/empty", "<p>no title</p>");
        (await FetchAsync(site.At("/empty"))).Outcome.ShouldBe(FetchOutcome.Empty);
    }

    private static byte[] Pack(string coding, byte[] content)
    {
        using var packed = new MemoryStream();
        using (Stream packing = coding == "br"
            ? new BrotliStream(packed, CompressionLevel.Fastest)
            : new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            packing.Write(content);
        }

        return packed.ToArray();
    }

    private static async Task<(FetchedPage? Page, FetchOutcome Outcome)> FetchAsync(Uri address, string opened = "127.0.0.1")
    {
        var options = new FetchOptions { AllowedNetworks = opened };
        using var client = new OutwardClient(new AddressPolicy(options), Dns.GetHostAddressesAsync);
        return await new PageFetcher(client, options, TimeProvider.System).PageAsync(address, Ct);
    }
}
