using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Maru.Server.Configuration;
using Maru.Server.Platform.Alerts;
using Maru.Server.Platform.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Platform.Alerts;

/// <summary>What a server tells Slack of its errors, over HTTP, whatever is at the other end.</summary>
public sealed class AlertTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Action<ILogger, string, Exception?> Failed =
        LoggerMessage.Define<string>(LogLevel.Error, new EventId(7, "Failed"), "The store refused <{Text}> & more");

    [Fact]
    public async Task Errors_of_one_kind_are_one_message_and_then_wait()
    {
        using var slack = new SlackListener();
        var time = new ManualTime();
        await using var server = await StartAsync(
            slack, time, "--Maru:Alerts:Every=01:00:00", "--Maru:Alerts:Link=https://logs.example.org/?a=1&q={trace}");
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        var log = Log(server, "Here");
        for (var i = 0; i < 5; i++) Failed(log, "people's words", new InvalidOperationException("their words, too"));
        Failed(Log(server, "There"), "people's words", null);
        await TellAsync(time, slack, 2);

        slack.CountOf("Here").ShouldBe(5);
        slack.CountOf("There").ShouldBe(1);
        var message = slack.Messages.Single(x => x.Contains("Error in Here\"", StringComparison.Ordinal));
        SlackListener.Field(message, "Exception").ShouldBe("System.InvalidOperationException");
        SlackListener.Field(message, "Event").ShouldBe("Failed");
        SlackListener.Field(message, "Trace").ShouldBe(activity.TraceId.ToString());
        SlackListener.Field(message, "First").ShouldContain("2026-11-20 12:00:0");
        using var json = JsonDocument.Parse(message);
        json.RootElement.GetProperty("text").GetString().ShouldBe("Error in Here: 5 times");
        json.RootElement.GetProperty("blocks")[1].GetProperty("text").GetProperty("text").GetString()
            .ShouldBe("```The store refused &lt;{Text}&gt; &amp; more```");
        json.RootElement.GetProperty("blocks")[3].GetProperty("elements")[0].GetProperty("text").GetString().ShouldNotBeNull()
            .ShouldEndWith($"<https://logs.example.org/?a=1&amp;q={activity.TraceId}|look>");

        for (var i = 0; i < 3; i++) Failed(log, "more words", new InvalidOperationException("and more"));
        time.Sleep(TimeSpan.FromMinutes(30));
        Failed(Log(server, "Later"), "", null);     // it came last, and is told first
        await TellAsync(time, slack, 3);
        slack.CountOf("Here").ShouldBe(5);
        slack.CountOf("Later").ShouldBe(1);
        time.Sleep(TimeSpan.FromMinutes(31));
        await TellAsync(time, slack, 4);
        slack.CountOf("Here").ShouldBe(8);
        slack.Messages.ShouldAllBe(x => !x.Contains("words", StringComparison.Ordinal));
    }

    [Fact]
    public async Task There_are_so_many_messages_in_an_hour_and_the_others_are_counted_on()
    {
        using var slack = new SlackListener();
        var time = new ManualTime();
        await using var server = await StartAsync(slack, time, "--Maru:Alerts:PerHour=3");
        for (var i = 0; i < 6; i++) Failed(Log(server, $"Kind{i}"), "", null);
        await TellAsync(time, slack, 3);
        for (var i = 0; i < 600; i++) time.Advance(Second);
        Failed(Log(server, "Kind5"), "", null);
        slack.Messages.Count.ShouldBe(3);

        time.Sleep(TimeSpan.FromHours(1));
        await TellAsync(time, slack, 6);
        slack.CountOf("Kind5").ShouldBe(2);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(0)]         // it hangs
    [InlineData(-1)]        // nothing listens
    public async Task A_webhook_that_is_away_harms_nothing_and_is_told_later(int status)
    {
        using var slack = new SlackListener();
        slack.Answer = status > 0 ? answer => answer.StatusCode = status : null;
        var book = new LogBook();
        var time = new ManualTime();
        var nowhere = status < 0 ? $"http://{PostgresServer.Nowhere()}/services/T000-B000-open-sesame" : slack.Address;
        await using var server = await StartAsync(nowhere, time, book, "--Maru:Alerts:Timeout=00:00:00.5");
        for (var i = 0; i < 1000; i++) Failed(Log(server, "Here"), "", null);
        await Deadline.Until(
            () =>
            {
                time.Advance(Second);
                return Warnings(book).Length > 0;
            },
            "the log to say so");
        for (var i = 0; i < 30; i++) time.Advance(Second);
        await server.Http.SendAsync("GET /health/ready").ShouldBe(200);
        Warnings(book).ShouldHaveSingleItem("it is said once");
        SlackListener.ShouldNotHaveToldItsSecret(book.Lines);
        if (status < 0) return;

        slack.Answer = _ => { };
        var before = slack.Messages.Count;
        await TellAsync(time, slack, before + 1);
        SlackListener.Field(slack.Messages[^1], "Happened").ShouldBe("1,000 times");
    }

    [Fact]
    public async Task What_Slack_says_about_when_to_come_again_holds()
    {
        using var slack = new SlackListener();
        slack.Answer = answer =>
        {
            answer.StatusCode = 429;
            answer.Headers["Retry-After"] = "1000";
        };
        var book = new LogBook();
        var time = new ManualTime();
        await using var server = await StartAsync(slack.Address, time, book);
        Failed(Log(server, "Here"), "", null);
        await TellAsync(time, slack, 1);
        await Deadline.Until(() => Warnings(book).Length == 1, "the log to say so");
        slack.Answer = _ => { };
        for (var i = 0; i < 900; i++)
        {
            time.Advance(Second);
            if (i % 100 == 0) await server.Http.SendAsync("GET /health/ready").ShouldBe(200);       // others have their turn
        }

        slack.Messages.Count.ShouldBe(1);
        await TellAsync(time, slack, 2);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(400)]
    public async Task A_message_that_is_refused_is_dropped_and_counted(int status)
    {
        using var slack = new SlackListener();
        using var elsewhere = new SlackListener();
        slack.Answer = answer =>
        {
            answer.StatusCode = status;
            answer.RedirectLocation = status == 302 ? elsewhere.Address : null;
        };
        var book = new LogBook();
        var time = new ManualTime();
        await using var server = await StartAsync(slack.Address, time, book);
        using var counts = new Counts(x => x.Name.StartsWith("maru.alerts.", StringComparison.Ordinal));
        Failed(Log(server, "Here"), "", null);
        Failed(Log(server, "Here"), "", null);
        await TellAsync(time, slack, 1);
        await Deadline.Until(() => counts.Of("maru.alerts.dropped") >= 2, "the errors to be counted");
        await Deadline.Until(() => Warnings(book).Length == 1, "the log to say so");
        Warnings(book)[0].ShouldContain($"status {status}");
        slack.Answer = _ => { };
        Failed(Log(server, "There"), "", null);
        await TellAsync(time, slack, 2);
        await Deadline.Until(() => counts.Of("maru.alerts.sent") >= 1, "the message to be counted");
        slack.CountOf("There").ShouldBe(1);
        elsewhere.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_exception_that_nobody_foresaw_keeps_the_next_errors_from_nobody()
    {
        using var slack = new SlackListener();
        var (time, book, failed) = (new ManualTime(), new LogBook(), false);
        await using var server = await StartAsync(slack.Address, time, book);
        using var listener = new MeterListener();
        listener.EnableMeasurementEvents(server.Service<AlertMetrics>().Sent);
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            if (!failed) failed = true;
            else return;
            throw new InvalidOperationException("nobody foresaw it");
        });
        Failed(Log(server, "Here"), "", null);
        await TellAsync(time, slack, 1);
        await Deadline.Until(() => book.Lines.Any(x => x.Contains("Nobody could be told", StringComparison.Ordinal)), "the log to say so");
        Failed(Log(server, "There"), "", null);
        await TellAsync(time, slack, 2);
        slack.CountOf("There").ShouldBe(1);
    }

    [Fact]
    public async Task A_Critical_at_the_end_is_told()
    {
        using var slack = new SlackListener();
        var time = new ManualTime();
        await using (var server = await StartAsync(slack, time))
        {
            Log(server, "Last").Log(LogLevel.Critical, new EventId(1), "The end", null, (text, _) => text);
            Log(server, "Last").Log(LogLevel.Warning, new EventId(2), "No error", null, (text, _) => text);
        }

        slack.Messages.ShouldHaveSingleItem().ShouldContain("Critical in Last\"");
        slack.Messages[0].ShouldContain("(see the log)");       // a text without a template may have anything in it
    }

    [Theory]
    [InlineData(0)]         // it hangs
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(-1)]        // nothing listens
    public async Task A_webhook_that_is_away_keeps_no_server_from_its_end(int status)
    {
        using var slack = new SlackListener();
        slack.Answer = status > 0 ? answer => answer.StatusCode = status : null;
        var nowhere = status < 0 ? $"http://{PostgresServer.Nowhere()}/services/x" : slack.Address;
        var server = await StartAsync(nowhere, new ManualTime(), new LogBook());
        for (var i = 0; i < 50; i++) Failed(Log(server, $"Kind{i}"), "", null);
        await server.DisposeAsync().AsTask().Within("the server to end", TimeSpan.FromSeconds(60));
        slack.Messages.Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Errors_of_too_many_kinds_are_refused_until_some_are_quiet()
    {
        var time = new ManualTime();
        var queue = new AlertQueue(TimeSpan.FromMinutes(5), time);
        for (var i = 0; i < AlertQueue.MostKinds; i++) queue.TryAdd(One($"Kind{i}")).ShouldBeTrue();
        queue.TryAdd(One("More")).ShouldBeFalse();
        queue.TryAdd(One("Kind7")).ShouldBeTrue();
        queue.Take().ShouldNotBeNull();
        queue.TryAdd(One("More")).ShouldBeFalse("it was told a moment ago, and may come again");
        time.Advance(300);
        queue.TryAdd(One("More")).ShouldBeTrue();

        Alert One(string category) =>
            new(new ErrorKind(category, "Failed", null), LogLevel.Error, "", 1, time.GetUtcNow(), time.GetUtcNow(), null);
    }

    [Theory]
    [InlineData("Slack", "http://hooks.example.org/services/open-sesame")]
    [InlineData("Slack", "open-sesame")]
    [InlineData("Link", "ftp://example.org/")]
    public async Task An_address_that_is_none_ends_the_start_and_is_not_repeated(string setting, string value)
    {
        var fault = await Should.ThrowAsync<StartException>(() => MaruServer.StartAsync($"--Maru:Alerts:{setting}={value}"));
        fault.Message.ShouldContain($"{setting} must be an address");
        fault.Message.ShouldNotContain(value);
    }

    private static Task<MaruServer> StartAsync(SlackListener slack, ManualTime time, params string[] settings) =>
        StartAsync(slack.Address, time, new LogBook(), settings);

    private static Task<MaruServer> StartAsync(string slack, ManualTime time, LogBook book, params string[] settings)
    {
        string[] logs = ["--Logging:LogLevel:Default=Warning", "--Logging:Console:LogLevel:Default=None"];
        return MaruServer.StartAsync(
            time, services => services.AddSingleton<ILoggerProvider>(book), [$"--Maru:Alerts:Slack={slack}", .. logs, .. settings]);
    }

    private static ILogger Log(MaruServer server, string category) => server.Service<ILoggerFactory>().CreateLogger(category);

    /// <summary>Lets seconds pass until there are that many messages.</summary>
    private static Task TellAsync(ManualTime time, SlackListener slack, int messages) => Deadline.Until(
        () =>
        {
            time.Advance(Second);
            return slack.Messages.Count >= messages;
        },
        $"{messages} messages");

    private static string[] Warnings(LogBook book) =>
        [.. book.Lines.Where(x => x.Contains("Slack takes no messages", StringComparison.Ordinal))];
}
