using System.Text.Json;
using Maru.Engine;
using Maru.Engine.People;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Tests.Clients;

/// <summary>
/// Chromium's <c>EventSource</c>, and <c>eventsource</c> (with its older form, which many still have) and <c>event-source-polyfill</c> as
/// they come from npm.
/// </summary>
[Trait("Category", "Clients")]
public sealed class EventSourceTests(ITestOutputHelper output)
{
    private const string Chromium = "chromium";

    [Theory]
    [InlineData("eventsource", "Http1")]
    [InlineData("eventsource2", "Http1")]
    [InlineData("event-source-polyfill", "Http1")]
    [InlineData(Chromium, "Http1")]
    [InlineData(Chromium, "Http1AndHttp2")]
    public async Task It_resumes_a_room_s_log_without_a_gap_and_its_own_events_with_a_snapshot_until_the_session_ends(
        string client, string protocols)
    {
        var steps = await PlayAsync(client, protocols, draining: false);
        var log = steps[0];
        Numbers(log, "seen").ShouldBe(Numbers(log, "said"));
        Numbers(log, "ids").ShouldBe(Numbers(log, "said"));
        var feed = steps[1];
        Texts(feed, "types").ShouldBe(["unread", "room.added", "unread", "session.ended"]);
        Texts(feed, "ids").ShouldAllBe(id => id == "");
        if (client is "eventsource" or "event-source-polyfill") feed.GetProperty("status").GetInt32().ShouldBe(401);
        if (client == Chromium) steps[2].GetProperty("protocol").GetString().ShouldBe(protocols == "Http1" ? "http/1.1" : "h2");
    }

    [Theory]
    [InlineData("eventsource")]
    [InlineData("eventsource2")]
    [InlineData("event-source-polyfill")]
    [InlineData(Chromium)]
    public async Task A_server_that_drains_is_asked_again_instead_of_given_up(string client)
    {
        var step = (await PlayAsync(client, "Http1", draining: true))[0];
        Texts(step, "types").ShouldAllBe(type => type == "shutting-down");
        step.GetProperty("closed").GetBoolean().ShouldBeFalse();
    }

    private async Task<IReadOnlyList<JsonElement>> PlayAsync(string client, string protocols, bool draining)
    {
        using var certificate = new ServerCertificate();
        string[] settings = protocols == "Http1" ? [] : [.. certificate.Settings, $"--Kestrel:EndpointDefaults:Protocols={protocols}"];
        await using var server = await MaruServer.StartAsync(
            null, services => services.Replace(ServiceDescriptor.Singleton<UserSnapshot>((_, _) => new([Unread]))), settings);
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await bob.MakeRoomAsync(members: ann.Id);
        if (draining) server.Service<ChatEngine>().BeginDrain();
        var address = protocols == "Http1" ? server.Address : server.AddressOf(Uri.UriSchemeHttps);
        var cast = new
        {
            client,
            chromium = client == Chromium ? NodeClients.FindChromium() : null,
            url = address.GetLeftPart(UriPartial.Authority),
            ann = ann.AccessToken,
            annId = ann.Id,
            bob = bob.AccessToken,
            room = room.Id,
            draining,
        };
        var steps = await NodeClients.PlayAsync("events.mjs", cast);
        foreach (var step in steps) output.WriteLine(step.ToString());
        steps[0].GetProperty("step").GetString().ShouldNotBe("failed");
        return steps;
    }

    private static UserEvent Unread { get; } = new("""{"type":"unread","roomId":1,"unread":2,"mentions":0,"lastSeq":3}"""u8.ToArray());

    private static long[] Numbers(JsonElement step, string name) =>
        [.. step.GetProperty(name).EnumerateArray().Select(x => x.GetInt64())];

    private static string[] Texts(JsonElement step, string name) =>
        [.. step.GetProperty(name).EnumerateArray().Select(x => x.GetString() ?? "")];
}
