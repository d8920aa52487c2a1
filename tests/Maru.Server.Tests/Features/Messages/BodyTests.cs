using System.Text;
using System.Text.Json;
using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Messages;

/// <summary>A body that is no message is refused for the same reason over REST and over STOMP.</summary>
public sealed class BodyTests(MaruServer server) : IClassFixture<MaruServer>
{
    /// <summary>The body, and the field that is wrong; null: the body cannot be read.</summary>
    public static TheoryData<string, string?> Table => new()
    {
        { "", null },
        { "x", null },
        { "[]", null },
        { "null", null },
        { "\"text\"", null },
        { """{"text":"x""", null },
        { """{"text":"x",}""", null },
        { """{"text":"x"} y""", null },
        { """{"text":"x"}{"text":"x"}""", null },
        { """{"text":"\ud800"}""", null },
        { """{"text":"x","text":"x"}""", null },
        { """{"text":"x","replyTo":1,"replyTo":1}""", null },
        { """{"files":[],"text":"x","files":[]}""", null },
        { new string('[', 100), null },
        { """{}""", "text" },
        { """{"text":null}""", "text" },
        { """{"text":5}""", "text" },
        { """{"text":["x"]}""", "text" },
        { """{"text":""}""", "text" },
        { """{"text":"  \n"}""", "text" },
        { """{"text":"x\u0000"}""", "text" },
        { """{"text":"x","replyTo":"1"}""", "replyTo" },
        { """{"text":"x","replyTo":0}""", "replyTo" },
        { """{"text":"x","replyTo":-1}""", "replyTo" },
        { """{"text":"x","replyTo":1.5}""", "replyTo" },
        { """{"text":"x","replyTo":99999999999999999999}""", "replyTo" },
        { """{"text":"x","replyTo":99}""", "replyTo" },
        { """{"text":"x","files":5}""", "files" },
        { """{"text":"x","files":[1]}""", "files" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public Task A_body_is_refused_for_one_reason_whatever_brings_it(string body, string? field) =>
        ShouldRefuseAsync(body, field is null ? Problem.Malformed : Problem.Invalid, field);

    [Fact]
    public Task So_is_a_text_that_is_too_long() =>
        ShouldRefuseAsync($$"""{"text":"{{new string('x', (16 * 1024) + 1)}}"}""", Problem.TooLarge, null);

    [Theory]
    [InlineData("[]", null)]
    [InlineData("""{"text":"x""", null)]
    [InlineData("""{"text":5}""", "text")]
    [InlineData("{}", "text")]
    public async Task So_is_one_that_changes_a_message(string body, string? field)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room);
        var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/rooms/{room.Id}/messages/1") { Content = Json(body) };
        var changed = await ann.Http.SendAsync(request, TestContext.Current.CancellationToken)
            .ShouldRefuse(field is null ? Problem.Malformed : Problem.Invalid);
        Reason(changed, field).ShouldNotBeNullOrEmpty();
    }

    private async Task ShouldRefuseAsync(string body, Problem problem, string? field)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/rooms/{room.Id}/messages") { Content = Json(body) };
        var posted = await ann.Http.SendAsync(request, TestContext.Current.CancellationToken).ShouldRefuse(problem);

        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await socket.SendAsync("SEND", body, ("destination", $"/app/rooms/{room.Id}/messages"), ("receipt", "r"));
        var sent = await socket.RefusalAsync();

        foreach (var refusal in (JsonElement[])[posted, sent.Json])
        {
            refusal.GetProperty("type").GetString().ShouldBe(problem.Slug);
            refusal.TryGetProperty("errors", out var errors).ShouldBe(field is not null);
            if (field is not null) errors.EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
        }

        Reason(sent.Json, field).ShouldBe(Reason(posted, field));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string? Reason(JsonElement problem, string? field) => field is null
        ? problem.GetProperty("detail").GetString()
        : problem.GetProperty("errors").GetProperty(field)[0].GetString();
}
