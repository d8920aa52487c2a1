using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Maru.Server.Tests.Deploy.Monitoring;

/// <summary>What the dashboards and rules ask of a real Prometheus that reads two nodes under load.</summary>
[Trait("Store", "postgres")]
public sealed class DashboardDataTests
{
    /// <summary>They have no data in normal operation, and their panels say so.</summary>
    private static readonly string[] Empty =
    [
        "maru-storage: Audit drift", "maru-storage: Age of the audit",  // there was no audit
        "maru-storage: Age of the backup",                              // of SQLite alone, when it is set
    ];

    [Fact]
    public async Task Every_panel_shows_something_and_every_rule_can_be_evaluated()
    {
        using var folder = new Folder();
        await using var redis = await RedisProcess.StartAsync();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1);
        await using var here = await MaruProcess.StartAsync(folder, $"--Maru:Redis={redis.Address}");
        await using var there = await MaruProcess.StartAsync(folder, $"--Maru:Redis={redis.Address}");
        await using var prometheus = await MonitorProcess.StartPrometheusAsync(await ConfigAsync(folder, here, there));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var load = Task.WhenAll(
            TalkAsync(here.Address, tokens[0], rooms[0], end.Token), TalkAsync(there.Address, tokens[1], rooms[0], end.Token));
        try
        {
            var queries = Dashboards.Queries().ToArray();
            Empty.ShouldBeSubsetOf(queries.Select(query => query.Where));
            foreach (var (where, expression) in queries.Where(query => !Empty.Contains(query.Where)))
                await Deadline.Until(() => HasDataAsync(prometheus, expression), $"data of {where}: {expression}");
            foreach (var (where, expression) in queries.Where(query => Empty.Contains(query.Where)))
                (await HasDataAsync(prometheus, expression)).ShouldBeFalse($"{where} is no exception any more");
            await Deadline.Until(async () => (await RulesAsync(prometheus)).All(health => health == "ok"), "all rules to be evaluated");
        }
        finally
        {
            await end.CancelAsync();
            await load.Within("the load to end");
        }
    }

    [Fact]
    public async Task They_ask_for_metrics_and_labels_that_a_server_has()
    {
        var names = await MetricNames.OfServerAsync();
        Dashboards.Queries().SelectMany(query => names.Faults(Fill(query.Expression), ["ALERTS"])).ShouldBeEmpty();
    }

    /// <summary>The configuration of deploy/, reading each second, of these nodes.</summary>
    private static async Task<string> ConfigAsync(Folder folder, params MaruProcess[] nodes)
    {
        var config = Repository.Read("deploy/prometheus/prometheus.yml");
        var targets = string.Join(", ", nodes.Select(node => $"\"{node.Address.Authority}\""));
        config.ShouldContain("\"chat-1:8080\", \"chat-2:8080\", \"chat-3:8080\"");
        config = config.Replace("\"chat-1:8080\", \"chat-2:8080\", \"chat-3:8080\"", targets).Replace(": 15s", ": 1s");
        await File.WriteAllTextAsync($"{folder.Path}/prometheus.yml", config);
        File.Copy(Repository.PathOf("deploy/prometheus/rules.yml"), $"{folder.Path}/rules.yml");
        return $"{folder.Path}/prometheus.yml";
    }

    /// <summary>A person who writes, reads, searches, uploads and errs until the end.</summary>
    private static async Task TalkAsync(Uri node, string token, long room, CancellationToken end)
    {
        using var http = new HttpClient { BaseAddress = node };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await using var socket = await StompSocket.ConnectAsync(node, token);
        await socket.SubscribeAsync(room);
        while (!end.IsCancellationRequested)
        {
            for (var i = 0; i < 10; i++) await socket.SayAndWaitAsync(room, "a sail on the horizon");
            await http.SendAsync($"GET /api/rooms/{room}/messages").ShouldBe(200);
            await http.SendAsync("GET /api/search?q=horizon").ShouldBe(200);
            await http.SendAsync("GET /api/rooms/404404").ShouldBe(404);
            using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[1000]), "file", "chart.bin" } };
            await http.PostAsync(new Uri("/api/files", UriKind.Relative), form, TestContext.Current.CancellationToken).ShouldBe(201);
            using var stranger = new HttpClient { BaseAddress = node };
            await stranger.SendAsync("POST /api/auth/login", new { handle = "nobody", password = "wrong password" }).ShouldBe(401);
        }
    }

    private static async Task<bool> HasDataAsync(MonitorProcess prometheus, string expression)
    {
        var answer = await prometheus.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(Fill(expression))}");
        return answer.GetProperty("data").GetProperty("result").EnumerateArray().Any(HasValue);
    }

    private static bool HasValue(JsonElement sample) =>
        double.IsFinite(double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));

    private static string Fill(string expression) => expression.Replace("$instance", ".*").Replace("$__rate_interval", "10s");

    private static async Task<string[]> RulesAsync(MonitorProcess prometheus) =>
    [
        .. (await prometheus.GetAsync("/api/v1/rules")).GetProperty("data").GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray()).Select(rule => rule.GetProperty("health").GetString()!),
    ];
}
