using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Maru.Engine;
using Maru.Server.Cluster;
using Maru.Server.Platform;
using Maru.Server.Platform.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Server.Tests.Platform.Logging;

public sealed class EcsFormatterTests(ITestOutputHelper output)
{
    private readonly EcsFormatter _formatter = new(new ThisNode(), TimeProvider.System);

    [Fact]
    public void Hostile_text_stays_within_its_value()
    {
        const string Hostile = "a\nb\r\n\tc\0\u001b[31m\u007f\u0085\u2028\u202e\"}\\</script>'\ud83d\ude00 한글";
        var text = Format(
            "Maru.Some", Hostile + "\ud800x\udc00", new InvalidOperationException(Hostile), (Hostile, Hostile), ("Lone", "\udfff\ud800"));
        text.ShouldAllBe(c => c == '\n' || (c >= ' ' && c < 0x7f), "ASCII without control characters, in whatever encoding the console is");
        text.IndexOf('\n').ShouldBe(text.Length - 1, "one line");

        var line = JsonDocument.Parse(text).RootElement;
        line.GetProperty("message").GetString().ShouldBe(Hostile + "\ufffdx\ufffd");
        line.GetProperty("error.message").GetString().ShouldBe(Hostile);
        line.GetProperty("labels.lone").GetString().ShouldBe("\ufffd\ufffd");
        line.EnumerateObject().SelectMany(field => field.Name).ShouldAllBe(c => char.IsAsciiLetterOrDigit(c) || "@._".Contains(c));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('\u0001')]
    [InlineData('\ud800')]
    public void A_line_has_16_KiB_at_most_and_says_what_is_cut(char fill)
    {
        var large = new string(fill, 1_000_000);
        var values = Enumerable.Range(0, 200).Select(i => ($"Name{i}{large[..100]}", (object?)large)).ToArray();
        foreach (var text in (string[])[Format(large, large, Thrown(large), values), Format("Maru.Some", large, Thrown(large))])
        {
            text.Length.ShouldBeLessThanOrEqualTo(EcsFormatter.MaxLine);
            var line = JsonDocument.Parse(text).RootElement;
            foreach (var field in (string[])["message", "error.message", "error.stack_trace"])
                line.GetProperty(field).GetString()!.ShouldMatch(@"\.\.\. \([0-9]+ more\)$");
        }

        Format("Maru.Some", large[..2048]).ShouldNotContain("more)");
    }

    [Fact]
    public void Errors_that_quote_a_value_are_told_without_their_message()
    {
        const string Said = "what somebody said";
        Exception[] quoting =
        [
            new FormatException(Said), new ArgumentException(Said), new KeyNotFoundException(Said), new JsonException(Said),
            new DataError(Said), new IOException("disk", new FormatException(Said)),
            new AggregateException(Said, new FormatException(Said)),
        ];
        foreach (var error in quoting) Format("Maru.Some", "It failed", error).ShouldNotContain(Said, customMessage: $"{error.GetType()}");

        var line = JsonDocument.Parse(Format("Maru.Some", "It failed", new IOException("the disk is gone", Thrown("cause")))).RootElement;
        line.GetProperty("error.type").GetString().ShouldBe("System.IO.IOException");
        line.GetProperty("error.message").GetString().ShouldBe("the disk is gone <- cause");
        line.GetProperty("error.stack_trace").GetString()!
            .ShouldStartWith("System.IO.IOException: the disk is gone\nCaused by: System.InvalidOperationException: cause\n   at ");
    }

    [Fact]
    public void Values_are_texts_under_labels_and_each_name_comes_once()
    {
        var text = Format(
            "Other", "x", null,
            ("RoomId", 7L), ("roomId", "twice"), ("Status", 200), ("Rate", 1.5), ("Nothing", null), ("{OriginalFormat}", "x"));
        var labels = JsonDocument.Parse(text).RootElement.EnumerateObject().Where(field => field.Name.StartsWith("labels."));
        labels.Select(field => $"{field.Name}={field.Value.GetString()}")
            .ShouldBe(["labels.room_id=7", "labels.status=200", "labels.rate=1.5"]);
    }

    [Fact]
    public void A_line_within_a_request_has_its_ids_until_its_end()
    {
        using var activity = new Activity("request").Start();
        var context = new DefaultHttpContext();
        var scope = RequestScope.Begin(context);
        var scopes = new LoggerExternalScopeProvider();
        scopes.Push("a scope of others");
        scopes.Push(scope);
        Fields().GetProperty("http.request.id").GetString().ShouldBe(RequestScope.IdOf(context));
        Fields().TryGetProperty("user.id", out _).ShouldBeFalse();
        RequestScope.Know(context, new UserId(42));
        Fields().GetProperty("user.id").GetString().ShouldBe("42");
        using (var child = new Activity("query").Start())
        {
            Fields().GetProperty("span.id").GetString().ShouldBe(child.SpanId.ToHexString());
            Fields().GetProperty("transaction.id").GetString().ShouldBe(activity.SpanId.ToHexString());
            Fields().GetProperty("trace.id").GetString().ShouldBe(activity.TraceId.ToHexString());
        }

        scope.End();
        activity.Stop();
        Activity.Current = activity;    // as work has it that began in the request
        foreach (var field in (string[])["http.request.id", "user.id", "transaction.id", "trace.id", "span.id"])
            Fields().TryGetProperty(field, out _).ShouldBeFalse(field);
        Activity.Current = null;

        JsonElement Fields() => JsonDocument.Parse(Format("Maru.Some", "x", null, scopes)).RootElement;
    }

    [Fact]
    public void A_line_costs_microseconds()
    {
        (string, object?)[] values =
        [
            ("Method", "GET"), ("Route", "/api/rooms/{id:number}"), ("Status", 200), ("Milliseconds", 1.5), ("UserId", 42L),
            ("TraceId", "0af7651916cd43dd8448eb211c80319c"),
        ];
        var (lines, time) = (20_000, TimeProvider.System);
        for (var i = 0; i < lines; i++) Format(EcsFacts.Requests, "GET /api/rooms/{id:number} 200 in 1.5 ms", null, values);
        var (started, before) = (time.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        for (var i = 0; i < lines; i++) Format(EcsFacts.Requests, "GET /api/rooms/{id:number} 200 in 1.5 ms", null, values);
        var (taken, bytes) = (time.GetElapsedTime(started), (GC.GetAllocatedBytesForCurrentThread() - before) / lines);
        output.WriteLine($"{taken.TotalMicroseconds / lines:F2} µs and {bytes} bytes a line");
        bytes.ShouldBeLessThan(6000, "most of it is the test's own writer");
        (taken / lines).ShouldBeLessThan(TimeSpan.FromMilliseconds(0.2));
    }

    private static InvalidOperationException Thrown(string message)
    {
        try
        {
            throw new InvalidOperationException(message);
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }

    private string Format(string logger, string message, Exception? e = null, params (string Name, object? Value)[] values) =>
        Format(logger, message, e, null, values);

    private string Format(
        string logger, string message, Exception? e, IExternalScopeProvider? scopes, params (string Name, object? Value)[] values)
    {
        using var writer = new StringWriter();
        KeyValuePair<string, object?>[] state = [.. values.Select(value => KeyValuePair.Create(value.Name, value.Value))];
        var entry = new LogEntry<KeyValuePair<string, object?>[]>(
            LogLevel.Warning, logger, new EventId(1, "Code"), state, e, (_, _) => message);
        _formatter.Write(entry, scopes, writer);
        return writer.ToString();
    }

    /// <summary>As PostgreSQL says that a text is no number.</summary>
    private sealed class DataError(string message) : DbException(message)
    {
        public override string SqlState => "22P02";
    }
}
