using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Maru.Engine;
using Maru.Server.Platform.Telemetry;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace Maru.Server.Tests.Platform.Telemetry;

/// <summary>Requests and messages that are followed on their way, as a back end for OpenTelemetry gets them.</summary>
public sealed class TracingTests
{
    private const string All = "--Maru:Tracing:Ratio=1";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Sender = "00f067aa0ba902b7";
    private const string Parent = $"00-{Trace}-{Sender}-01";

    [Fact]
    public async Task A_request_is_followed_to_the_store_and_to_the_delivery_in_the_trace_of_its_sender()
    {
        using var folder = new Folder();
        await using var sink = await OtlpSink.StartAsync();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1);
        await using var server = await MaruProcess.StartAsync(folder, [All, .. sink.Settings]);
        await using var ben = await StompSocket.ConnectAsync(server.Address, tokens[1]);
        await ben.SubscribeAsync(rooms[0]);
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[0]);
        http.DefaultRequestHeaders.Add("traceparent", Parent);
        await http.SendAsync($"POST /api/rooms/{rooms[0]}/messages?secret=nasturtium", new { text = "rhododendron" }).ShouldBe(201);

        string[] names = ["POST /api/rooms/{roomId:number}/messages/", "send", "commit", "deliver"];
        await Deadline.Until(() => names.All(name => Spans(sink).Any(span => span.Name == name)), "the spans");
        var (request, send) = (Span(sink, names[0]), Span(sink, "send"));
        request.Parent.ShouldBe(Sender);
        send.Parent.ShouldBe(request.Id);
        foreach (var part in (string[])["commit", "deliver"]) Span(sink, part).Parent.ShouldBe(send.Id, part);
        send.Start.ShouldBeLessThanOrEqualTo(Span(sink, "commit").Start);
        Span(sink, "commit").End.ShouldBeLessThanOrEqualTo(Span(sink, "deliver").End);
        Spans(sink).ShouldContain(span => span.Name == "store read" && span.Tags["db.query.text"].StartsWith("SELECT"));
        send.Tags["maru.transport"].ShouldBe("http");
        send.Tags["maru.room.id"].ShouldBe($"{rooms[0]}");
        request.Tags["url.path"].ShouldBe("/api/rooms/{roomId:number}/messages/");
        foreach (var secret in (string[])["rhododendron", "nasturtium", tokens[0]]) sink.Has(secret).ShouldBeFalse(secret);
    }

    [Fact]
    public async Task A_refused_message_is_followed_to_its_refusal_and_a_problem_names_its_trace()
    {
        using var folder = new Folder();
        await using var sink = await OtlpSink.StartAsync();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1);
        await using var server = await MaruProcess.StartAsync(folder, [All, .. sink.Settings]);
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[0]);
        http.DefaultRequestHeaders.Add("traceparent", Parent);
        using var answer = await http.SendAsync($"POST /api/rooms/{rooms[0]}/messages", new { text = "hello", replyTo = 999_999 });
        ((int)answer.StatusCode).ShouldBe(400);
        var problem = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonDocument.Parse(problem).RootElement.GetProperty("traceId").GetString().ShouldNotBeNull().ShouldContain(Trace);
        await Deadline.Until(() => Spans(sink).Any(span => span.Name == "send"), "the span");
        Span(sink, "send").Tags["error.type"].ShouldBe("invalid");
    }

    [Fact]
    public async Task Nothing_is_followed_that_the_settings_leave_out_whatever_its_sender_wants()
    {
        using var folder = new Folder();
        await using var sink = await OtlpSink.StartAsync();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1);
        await using var server = await MaruProcess.StartAsync(folder, ["--Maru:Tracing:Ratio=0.000000001", .. sink.Settings]);
        await using var ann = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await SayAsync(ann, rooms[0], "hello", Parent);
        await SayAsync(ann, rooms[0], "hello", "a trace that is none");
        const string Chosen = "00-00000000000000000000000000000001-00f067aa0ba902b7-01";    // the least number
        await SayAsync(ann, rooms[0], "hello again", Chosen);
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[0]);
        http.DefaultRequestHeaders.Add("traceparent", Chosen);
        await http.SendAsync($"POST /api/rooms/{rooms[0]}/messages", new { text = "and again" }).ShouldBe(201);
        await Deadline.Until(() => sink.Metrics.Contains("maru.entries.committed"), "the metrics");
        await Deadline.Until(() => sink.Logs.Any(line => line.Contains("Now listening on")), "the log");
        await server.TerminateAsync();      // sends what waits
        sink.Spans.ShouldBeEmpty();
    }

    [Fact]
    public void Chance_decides_at_the_arrival_and_holds_for_all_parts()
    {
        var (dice, number) = (new OwnDice(0.5), ActivityTraceId.CreateFromString(Trace));
        var flags = (ActivityTraceFlags[])[ActivityTraceFlags.None, ActivityTraceFlags.Recorded];
        foreach (var flag in flags)
        {
            var client = new ActivityContext(number, ActivitySpanId.CreateFromString(Sender), flag, isRemote: true);
            var followed = Enumerable.Range(0, 1000).Count(_ => IsFollowed(client, "request"));
            followed.ShouldBeInRange(350, 650, $"{flag}");
            var part = new ActivityContext(number, ActivitySpanId.CreateFromString(Sender), flag, isRemote: false);
            Enumerable.Range(0, 100).Count(_ => IsFollowed(part, "part")).ShouldBe(flag == ActivityTraceFlags.Recorded ? 100 : 0);
            IsFollowed(client, MessageTrace.Name).ShouldBeTrue();
        }

        // A request that is not followed, whose client marked it.
        using var request = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded, IsAllDataRequested = false };
        request.SetIdFormat(ActivityIdFormat.W3C).Start();
        IsFollowed(request.Context, "store read").ShouldBeFalse();

        bool IsFollowed(ActivityContext parent, string name) =>
            dice.ShouldSample(new SamplingParameters(parent, number, name, ActivityKind.Internal)).Decision
            == SamplingDecision.RecordAndSample;
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task A_message_is_followed_to_its_delivery_on_every_node()
    {
        using var folder = new Folder();
        await using var sink = await OtlpSink.StartAsync();
        await using var redis = await RedisProcess.StartAsync();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1);
        string[] settings = [All, $"--Maru:Redis={redis.Address}", .. sink.Settings];
        await using var here = await MaruProcess.StartAsync(folder, settings);
        await using var there = await MaruProcess.StartAsync(folder, settings);
        await using var ann = await StompSocket.ConnectAsync(here.Address, tokens[0]);
        await using var ben = await StompSocket.ConnectAsync(there.Address, tokens[1]);
        await ann.SubscribeAsync(rooms[0]);
        await ben.SubscribeAsync(rooms[0]);
        await SayAsync(ann, rooms[0], "rhododendron", Parent);
        await ben.TakeAsync(frame => frame.Command == "MESSAGE", "the message");

        string[] names = ["bus", "commit", "deliver", "deliver", "send"];
        await Deadline.Until(() => Spans(sink).Select(span => span.Name).Order().SequenceEqual(names), "the spans");
        var send = Span(sink, "send");
        send.Parent.ShouldBe(Sender);
        send.Tags["maru.transport"].ShouldBe("stomp");
        var delivered = Spans(sink).Where(span => span.Name == "deliver").ToArray();
        delivered.ShouldAllBe(span => span.Parent == send.Id);
        delivered.Select(span => span.Node).Distinct().Count().ShouldBe(2);
        sink.Has("rhododendron").ShouldBeFalse();
    }

    [Fact]
    public async Task Errors_in_the_log_that_is_sent_quote_nobody()
    {
        await using var sink = await OtlpSink.StartAsync();
        using (var logs = LoggerFactory.Create(builder => builder.AddOpenTelemetry(options =>
                   options.AddProcessor(new QuietErrors()).AddOtlpExporter(exporter =>
                       (exporter.Endpoint, exporter.Protocol) = (new Uri($"{sink.Address}/v1/logs"), OtlpExportProtocol.HttpProtobuf)))))
            logs.CreateLogger("Any").Log(
                LogLevel.Error, default, "It failed", new FormatException("nasturtium is no number"), (text, _) => text);

        sink.Logs.ShouldBe(["Any: It failed"]);
        sink.Has("System.FormatException").ShouldBeTrue();
        sink.Has("nasturtium").ShouldBeFalse();
    }

    private static async Task SayAsync(StompSocket client, long room, string text, string trace)
    {
        await client.SendAsync(
            "SEND", JsonSerializer.Serialize(new { text }),
            ("destination", $"/app/rooms/{room}/messages"), ("receipt", text), ("traceparent", trace));
        await client.ReceiptAsync(text);
    }

    private static IEnumerable<OtlpSink.Span> Spans(OtlpSink sink) => sink.Spans.Where(span => span.Trace == Trace);

    private static OtlpSink.Span Span(OtlpSink sink, string name) => Spans(sink).Single(span => span.Name == name);
}
