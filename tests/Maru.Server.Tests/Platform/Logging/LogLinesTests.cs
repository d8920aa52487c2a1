using System.Text;
using System.Text.Json;

namespace Maru.Server.Tests.Platform.Logging;

/// <summary>Each line that a real server writes is in the Elastic Common Schema.</summary>
[Trait("Store", "sqlite")]
public sealed class LogLinesTests(LoggedServer server) : IClassFixture<LoggedServer>
{
    [Fact]
    public void Each_field_is_in_the_schema_with_its_type_and_each_that_we_know_is_written()
    {
        server.Lines.Count.ShouldBeGreaterThan(10);
        server.Lines.ShouldAllBe(line => Encoding.UTF8.GetByteCount(line) < 16 * 1024);
        server.Read.SelectMany(line => line.EnumerateObject()).Select(LogSchema.FaultOf).OfType<string>().Distinct().ShouldBeEmpty();
        foreach (var line in server.Read)
            line.EnumerateObject().Select(field => field.Name).ShouldBeUnique();
        LogSchema.Types.Keys.Except(server.Fields).ShouldBeEmpty("the extract of the schema has fields that no line has");
    }

    [Fact]
    public void All_lines_say_when_what_and_who()
    {
        foreach (var line in server.Read)
        {
            line.EnumerateObject().Take(3).Select(field => field.Name).ShouldBe(["@timestamp", "log.level", "message"]);
            string[] usual =
                ["ecs.version", "log.logger", "event.dataset", "service.name", "service.version", "service.node.name", "process.pid"];
            foreach (var name in usual) line.TryGetProperty(name, out _).ShouldBeTrue(name);
            Text(line, "event.dataset").ShouldBe("maru");
        }

        server.Read.Select(line => Text(line, "service.node.name")).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public void Nothing_secret_is_in_them()
    {
        foreach (var secret in server.Secrets) string.Join('\n', server.Lines).ShouldNotContain(secret);
    }

    [Fact]
    public void All_lines_of_a_request_have_the_id_of_its_refusal_its_trace_and_its_user()
    {
        var lines = server.Read.Where(line => Text(line, "http.request.id") == server.FailedRequest).ToArray();
        lines.Select(line => Text(line, "log.logger")).ShouldBe(["Maru.Server.Platform.Problems", "Maru.Requests"]);
        foreach (var line in lines)
        {
            Text(line, "user.id").ShouldBe("1");
            server.FailedRequest.ShouldBe($"00-{Text(line, "trace.id")}-{Text(line, "transaction.id")}-00");
        }

        Text(lines[0], "error.type").ShouldBe("Microsoft.Data.Sqlite.SqliteException");
        var request = lines[1];
        Text(request, "log.level").ShouldBe("warn");
        Text(request, "http.request.method").ShouldBe("POST");
        Text(request, "labels.route").ShouldBe("/api/rooms/");
        Text(request, "event.outcome").ShouldBe("failure");
        request.GetProperty("http.response.status_code").GetInt32().ShouldBeGreaterThanOrEqualTo(500);
        request.GetProperty("event.duration").GetInt64().ShouldBeInRange(1_000, 60_000_000_000);
    }

    [Fact]
    public void Security_events_have_the_words_of_the_schema()
    {
        var events = server.Read.Where(line => Text(line, "log.logger") == "Maru.Security").ToArray();
        string Of(string kind, string outcome) => events
            .Where(line => Text(line, "event.action") == kind && Text(line, "labels.outcome") == outcome)
            .Select(line => $"{line.GetProperty("event.category")} {line.GetProperty("event.type")} {Text(line, "event.outcome")}")
            .Distinct().ShouldHaveSingleItem(kind);
        Of("sign-up", "success").ShouldBe("""["iam"] ["user","creation"] success""");
        Of("sign-in", "failure").ShouldBe("""["authentication"] ["start"] failure""");
        Of("sign-in", "success").ShouldBe("""["authentication"] ["start"] success""");
        Of("member-removal", "denied").ShouldBe("""["iam"] ["group","change"] failure""");
        events.ShouldAllBe(line => Text(line, "client.ip") == "127.0.0.1" && Text(line, "event.kind") == "event");
        var denied = events.Single(line => Text(line, "event.action") == "member-removal");
        (Text(denied, "user.id"), Text(denied, "user.target.id")).ShouldBe(("2", "1"));
    }

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
