using Maru.Server.Configuration;

namespace Maru.Server.Tests.Platform;

/// <summary>What responses tell browsers. That those of all routes do, <see cref="Http.RoutesTests"/> sees.</summary>
public sealed class ResponseHeadersTests
{
    private const string Strict = "Strict-Transport-Security";

    [Theory]
    [InlineData("GET /", "no-cache")]
    [InlineData("GET /openapi/v1.json", "no-cache")]
    [InlineData("GET /health/live", "no-store")]
    [InlineData("GET /nothing", "no-store")]
    [InlineData("POST /", "no-store")]
    [InlineData("POST /api/auth/login", "no-store")]
    [InlineData("GET /ws", "no-store")]
    public async Task Each_response_is_no_frame_no_other_type_and_no_referrer(string line, string cacheControl)
    {
        await using var server = await MaruServer.StartAsync();
        using var answer = await server.Http.SendAsync(line);
        (answer.Headers.CacheControl?.ToString()).ShouldBe(cacheControl);
        Field(answer, "X-Content-Type-Options").ShouldBe("nosniff");
        Field(answer, "Referrer-Policy").ShouldBe("no-referrer");
        var policy = Field(answer, "Content-Security-Policy").Split("; ");
        var own = line == "GET /" ? "'self'" : "'none'";
        string[] always = ["default-src 'none'", "object-src 'none'", $"base-uri {own}", $"form-action {own}", "frame-ancestors 'none'"];
        always.ShouldBeSubsetOf(policy);
        answer.Headers.Contains(Strict).ShouldBeFalse("it came over plain HTTP");
    }

    [Theory]
    [InlineData("127.0.0.1", "https", true)]
    [InlineData("127.0.0.1", "http", false)]
    [InlineData("", "https", false)]
    public async Task Behind_a_proxy_of_ours_that_does_TLS_browsers_are_told_to_stay_with_it(string proxies, string scheme, bool isTold)
    {
        await using var server = await MaruServer.StartAsync($"--Maru:Limits:Proxies={proxies}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        request.Headers.Add("X-Forwarded-Proto", scheme);
        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.Headers.Contains(Strict).ShouldBe(isTold);
        if (isTold) Field(answer, Strict).ShouldBe("max-age=31536000; includeSubDomains");
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("max-age=60", "max-age=60")]
    public async Task With_TLS_of_its_own_it_says_what_the_setting_says(string setting, string? told)
    {
        using var certificate = new ServerCertificate();
        await using var server = await MaruServer.StartAsync([.. certificate.Settings, $"--Maru:Http:StrictTransport={setting}"]);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = certificate.IsPresented;
        using var http = ApiCheck.Client(server.AddressOf(Uri.UriSchemeHttps), handler);
        using var answer = await http.SendAsync("GET /");
        answer.Headers.TryGetValues(Strict, out var values);
        (values?.Single()).ShouldBe(told);
    }

    [Fact]
    public async Task What_is_no_such_field_ends_the_start() =>
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync("--Maru:Http:StrictTransport=a year")))
            .Message.ShouldContain("StrictTransport must be");

    private static string Field(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).ShouldHaveSingleItem();
}
