using System.Text.Json;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Clients;

/// <summary>WebSocket over HTTP/2 (RFC 8441), which a server with a certificate offers, as a browser and as Node use it.</summary>
[Trait("Category", "Clients")]
public sealed class Http2Tests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("Http1AndHttp2", "h2", 200)]
    [InlineData("Http1", "http/1.1", 101)]
    public async Task A_page_in_Chromium_talks_over_the_connection_that_it_came_by(string protocols, string page, int status)
    {
        var seen = await PlayAsync("browser.mjs", protocols, NodeClients.FindChromium());
        Text(seen, "page").ShouldBe(page);
        seen.GetProperty("status").GetInt32().ShouldBe(status);
        Text(seen, "subprotocol").ShouldBe("v12.stomp");
        Text(seen, "text").ShouldBe("from a page");
        (seen.GetProperty("code").GetInt32(), seen.GetProperty("wasClean").GetBoolean()).ShouldBe((3001, true));
    }

    [Fact]
    public async Task Node_talks_over_a_stream()
    {
        var seen = await PlayAsync("http2.mjs", "Http1AndHttp2", null);
        seen.GetProperty("offered").GetBoolean().ShouldBeTrue();
        seen.GetProperty("status").GetInt32().ShouldBe(200);
        Text(seen, "subprotocol").ShouldBe("v12.stomp");
        Text(seen, "text").ShouldBe("over a stream");
        seen.GetProperty("code").GetInt32().ShouldBe(1000);
    }

    private async Task<JsonElement> PlayAsync(string script, string protocols, string? chromium)
    {
        using var certificate = new ServerCertificate();
        string[] settings = [.. certificate.Settings, $"--Kestrel:EndpointDefaults:Protocols={protocols}"];
        await using var server = await MaruServer.StartAsync(settings);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var url = server.AddressOf(Uri.UriSchemeHttps).GetLeftPart(UriPartial.Authority);
        var steps = await NodeClients.PlayAsync(script, new { chromium, url, token = ann.AccessToken, room = room.Id });
        foreach (var step in steps) output.WriteLine(step.ToString());
        return steps.ShouldHaveSingleItem();
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";
}
