using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Deploy.Monitoring;

/// <summary>A real Alertmanager with deploy/prometheus/alertmanager.yml, which posts to a Slack of the test's own.</summary>
[Trait("Store", "postgres")]
public sealed partial class AlertmanagerTests : IAsyncLifetime
{
    private readonly Folder _folder = new();
    private readonly ConcurrentQueue<JsonElement> _posts = new();
    private readonly WebApplication _slack;
    private MonitorProcess? _alertmanager;

    public AlertmanagerTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _slack = builder.Build();
        _slack.MapPost("/services/secret", async (HttpRequest request) =>
            _posts.Enqueue((await JsonDocument.ParseAsync(request.Body)).RootElement));
    }

    private MonitorProcess Alertmanager => _alertmanager!;

    /// <summary>The files as they are, but for the place of the webhook's address, and how long it waits for more of the same.</summary>
    public async ValueTask InitializeAsync()
    {
        await _slack.StartAsync();
        await File.WriteAllTextAsync($"{_folder.Path}/slack-url", $"{_slack.Urls.First()}/services/secret");
        var config = Repository.Read("deploy/prometheus/alertmanager.yml");
        config.ShouldContain("api_url_file: /etc/alertmanager/slack-url");
        config = Waits().Replace(config.Replace("/etc/alertmanager", _folder), "$1: 1s");
        await File.WriteAllTextAsync($"{_folder.Path}/alertmanager.yml", config);
        File.Copy(Repository.PathOf("deploy/prometheus/maru.tmpl"), $"{_folder.Path}/maru.tmpl");
        _alertmanager = await MonitorProcess.StartAlertmanagerAsync($"{_folder.Path}/alertmanager.yml");
    }

    public async ValueTask DisposeAsync()
    {
        if (_alertmanager is not null) await _alertmanager.DisposeAsync();
        await _slack.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Slack_shows_what_it_is_how_grave_and_where()
    {
        await PostAsync(
            Alert("MaruDurableSlow", "page", "chat-1:8080", "One in a hundred takes <2s> & \"more\"."),
            Alert("MaruDurableSlow", "page", "chat-2:8080"));
        await Deadline.Until(() => !_posts.IsEmpty, "the message in Slack");
        _posts.TryPeek(out var post);
        post.GetProperty("channel").GetString().ShouldBe("#maru-operations");
        var message = post.GetProperty("attachments")[0];
        message.GetProperty("title").GetString().ShouldBe("[PAGE] Summary of MaruDurableSlow (2)");
        message.GetProperty("fallback").GetString().ShouldBe("[PAGE] Summary of MaruDurableSlow (2)");
        message.GetProperty("color").GetString().ShouldBe("danger");
        message.GetProperty("text").GetString().ShouldBe(
            """
            • `chat-1:8080` One in a hundred takes <2s> & "more".
            • `chat-2:8080` Description.
            MaruDurableSlow, page; what to do: docs/alerts.md#marudurableslow
            """);
    }

    [Fact]
    public async Task What_is_over_is_told_too()
    {
        await PostAsync(Alert("MaruAuditDrift", "ticket", null));
        await Deadline.Until(() => !_posts.IsEmpty, "the alert");
        await PostAsync(Alert("MaruAuditDrift", "ticket", null, endsAt: $"{TimeProvider.System.GetUtcNow():O}"));
        await Deadline.Until(() => _posts.Count == 2, "its end");
        var messages = _posts.Select(post => post.GetProperty("attachments")[0]).ToArray();
        messages.Select(x => x.GetProperty("title").GetString())
            .ShouldBe(["[TICKET] Summary of MaruAuditDrift", "[RESOLVED] Summary of MaruAuditDrift"]);
        messages.Select(x => x.GetProperty("color").GetString()).ShouldBe(["warning", "good"]);
        messages[0].GetProperty("text").GetString().ShouldStartWith("• Description.\n");
    }

    [Fact]
    public async Task A_node_that_is_down_has_no_other_alerts()
    {
        await PostAsync(
            Alert("MaruNodeDown", "page", "chat-1:8080"), Alert("MaruBusAway", "page", "chat-1:8080"),
            Alert("MaruBusAway", "page", "chat-2:8080"), Alert("MaruErrors", "page", "chat-1:8080"));
        string[] told = ["MaruNodeDown chat-1:8080 active", "MaruBusAway chat-1:8080 suppressed", "MaruBusAway chat-2:8080 active",
            "MaruErrors chat-1:8080 suppressed"];
        await Deadline.Until(async () => (await StatesAsync()).Order().SequenceEqual(told.Order()), "two to be suppressed");
        await Deadline.Until(() => _posts.Count == 2, "the others in Slack");
        var titles = _posts.Select(post => post.GetProperty("attachments")[0].GetProperty("title").GetString());
        titles.ShouldBe(["[PAGE] Summary of MaruNodeDown", "[PAGE] Summary of MaruBusAway"], ignoreOrder: true);
    }

    private async Task<IEnumerable<string>> StatesAsync() =>
        (await Alertmanager.GetAsync("/api/v2/alerts")).EnumerateArray().Select(alert =>
            $"{alert.GetProperty("labels").GetProperty("alertname")} {alert.GetProperty("labels").GetProperty("instance")} "
                + $"{alert.GetProperty("status").GetProperty("state")}");

    private Task PostAsync(params object[] alerts) => Alertmanager.Http.SendAsync("POST /api/v2/alerts", alerts).ShouldBe(200);

    private static object Alert(string name, string severity, string? instance, string description = "Description.", string? endsAt = null)
    {
        var labels = new Dictionary<string, string> { ["alertname"] = name, ["severity"] = severity, ["job"] = "maru" };
        if (instance is not null) labels["instance"] = instance;
        var annotations = new { summary = $"Summary of {name}", description, runbook = $"docs/alerts.md#{name.ToLowerInvariant()}" };
        return endsAt is null ? new { labels, annotations } : new { labels, annotations, endsAt };
    }

    [GeneratedRegex("(group_wait|group_interval): [0-9]+[ms]")]
    private static partial Regex Waits();
}
