using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Platform.Telemetry;

/// <summary>What Prometheus reads, and who else may not.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task A_server_tells_how_much_goes_on()
    {
        using var folder = new Folder();
        await using var server = await MaruProcess.StartAsync(folder);
        using var http = new HttpClient { BaseAddress = server.Address };
        var account = new { handle = "ann", name = "Ann", password = Person.Password };
        var ann = await http.SendAsync("POST /api/auth/signup", account).Read<SignedIn>(201);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ann.AccessToken);
        var room = await http.SendAsync("POST /api/rooms", new { name = "Anniversary", visibility = "private" }).Read<Room>(201);
        await http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { clientMsgId = "1", text = "annotated" }).ShouldBe(201);
        http.DefaultRequestHeaders.Authorization = null;

        string[] lines = [];
        await Deadline.Until(
            async () =>
            {
                lines = await ReadAsync(http);
                // A request is measured once it has ended, which may be after its response has arrived.
                return Series(lines, "http_server_request_duration_seconds_count")
                    .Any(line => line.Contains("http_route=\"/api/rooms/{roomId:number}/messages/\""));
            },
            "the request for the message");
        lines.ShouldContain("# TYPE maru_entries_committed_total counter");
        lines.ShouldContain("# TYPE maru_commit_duration_seconds histogram");
        Series(lines, "maru_commit_duration_seconds_bucket").ShouldContain(line => line.Contains("le=\"0.0005\""));
        Series(lines, "dotnet_process_cpu_time_seconds_total").ShouldNotBeEmpty();
        Series(lines, "target_info").ShouldHaveSingleItem().ShouldContain("service_name=\"maru\"");
        string.Concat(lines).ShouldNotContain("ann", Case.Insensitive);
    }

    /// <summary>Exit code 3 is its opinion on names; what it cannot read is 1.</summary>
    [Fact]
    [Trait("Store", "postgres")]        // where servers are installed
    public async Task Prometheus_own_tool_finds_nothing_wrong_with_them()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1);
        await using var server = await MaruProcess.StartAsync(folder);
        await using var ann = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await ann.SayAndWaitAsync(rooms[0], "hello");
        using var http = new HttpClient { BaseAddress = server.Address };
        var text = string.Join('\n', await ReadAsync(http));
        var (code, lines) = await PrometheusTools.RunAsync("promtool", text, "check", "metrics");
        string[] others = ["dotnet_", "db_client_"];
        lines.ShouldAllBe(line => others.Any(other => line.StartsWith(other, StringComparison.Ordinal)));
        code.ShouldBeOneOf(0, 3);
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Nodes_tell_what_goes_over_their_buses()
    {
        using var folder = new Folder();
        await using var redis = await RedisProcess.StartAsync();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1);
        await using var here = await MaruProcess.StartAsync(folder, $"--Maru:Redis={redis.Address}");
        await using var there = await MaruProcess.StartAsync(folder, $"--Maru:Redis={redis.Address}");
        await using var ann = await StompSocket.ConnectAsync(here.Address, tokens[0]);
        await using var ben = await StompSocket.ConnectAsync(there.Address, tokens[1]);
        await ann.SubscribeAsync(rooms[0]);
        await ben.SubscribeAsync(rooms[0]);
        await ann.SayAndWaitAsync(rooms[0], "hello");
        using var http = new HttpClient { BaseAddress = here.Address };
        using var other = new HttpClient { BaseAddress = there.Address };
        await HasAsync(http, "maru_bus_sent_total{bus=\"redis\"}");
        await HasAsync(http, "maru_bus_lag_seconds_count{bus=\"redis\"}");
        await HasAsync(other, "maru_bus_received_total{bus=\"redis\"}");
        await HasAsync(other, "maru_delivery_duration_seconds_count{origin=\"elsewhere\",transport=\"stomp\"}");
        await HasAsync(http, "maru_bus_connected{bus=\"redis\"} 1");
        await HasAsync(http, "maru_bus_connected{bus=\"postgres\"} 1");
        redis.Kill();
        await HasAsync(http, "maru_bus_connected{bus=\"redis\"} 0");
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task What_a_proxy_passes_on_that_the_settings_do_not_know_is_refused(string header, string value)
    {
        await using var server = await MaruServer.StartAsync("--Maru:Metrics:Enabled=true");
        server.Http.DefaultRequestHeaders.Add(header, value);
        var problem = await server.Http.SendAsync("GET /metrics").ShouldRefuse(Problem.Forbidden);
        problem.GetProperty("detail").GetString().ShouldBe("Metrics are for this machine and for the networks of Maru:Metrics:Networks.");
    }

    [Theory]
    [InlineData("10.1.2.3", 200)]
    [InlineData("10.2.2.3", 403)]
    [InlineData("2001:db8::7", 200)]
    [InlineData("2001:db9::7", 403)]
    [InlineData("::ffff:10.1.2.3", 200)]
    public async Task Those_of_the_networks_of_the_settings_read_them(string address, int status)
    {
        await using var server = await MaruServer.StartAsync(
            "--Maru:Metrics:Enabled=true", "--Maru:Limits:Proxies=127.0.0.1", "--Maru:Metrics:Networks=10.1.0.0/16, 2001:db8::/32");
        server.Http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        await server.Http.SendAsync("GET /metrics").ShouldBe(status);
    }

    [Fact]
    public async Task A_network_that_is_none_ends_the_start()
    {
        var fault = await Should.ThrowAsync<StartException>(() => MaruServer.StartAsync("--Maru:Metrics:Networks=10.0.0.0/8, everybody"));
        fault.Message.ShouldBe("Maru:Metrics:Networks has everybody, which is no address (10.0.0.1) or network (10.0.0.0/8).");
    }

    /// <summary>Returns when a line begins like that, without the label that names its meter.</summary>
    private static Task HasAsync(HttpClient http, string line) => Deadline.Until(
        async () => (await ReadAsync(http)).Any(x => Meter().Replace(x, "").StartsWith(line, StringComparison.Ordinal)), line);

    [GeneratedRegex("""otel_scope_name="[^"]*",?|,otel_scope_name="[^"]*"(?=})""")]
    private static partial Regex Meter();

    private static async Task<string[]> ReadAsync(HttpClient http)
    {
        using var answer = await http.SendAsync("GET /metrics");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType.ShouldBe(MediaTypeHeaderValue.Parse("text/plain; charset=utf-8; version=0.0.4"));
        return (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');
    }

    private static IEnumerable<string> Series(string[] lines, string name) => lines.Where(line => line.Split('{', ' ')[0] == name);
}
